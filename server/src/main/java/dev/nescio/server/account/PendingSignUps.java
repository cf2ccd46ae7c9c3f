package dev.nescio.server.account;

import dev.nescio.protocol.Bytes;
import dev.nescio.server.ephemeral.EphemeralStore;
import dev.nescio.server.http.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// The sign-ups that wait for their first code: outside the database, for a quarter of an hour, for five
/// tries.
public final class PendingSignUps {

    static final Duration LIFE = Duration.ofMinutes(15);

    private static final int TRIES = 5;
    private static final int TOKEN = 32;
    private static final Duration TRY_AGAIN = Duration.ofMinutes(1);

    private final EphemeralStore store;
    private final RandomGenerator random;

    /// @param random a cryptographically strong source
    public PendingSignUps(EphemeralStore store, RandomGenerator random) {
        this.store = store;
        this.random = random;
    }

    /// One try that was counted.
    ///
    /// @param left how many are left after it
    record Try(PendingSignUp signUp, int left) {}

    /// @return the only handle to it
    Bytes add(PendingSignUp signUp) {
        byte[] bytes = new byte[TOKEN];
        random.nextBytes(bytes);
        Bytes token = Bytes.copyOf(bytes);
        if (!store.put(hash("signup", token), signUp.stored(), LIFE)) {
            throw Refusal.unavailable(TRY_AGAIN);
        }
        return token;
    }

    /// Counts the try before its code is looked at, so that tries at the same moment count as well.
    Optional<Try> attempt(Bytes token) {
        Optional<Bytes> stored = store.get(hash("signup", token));
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        long tries = store.add(hash("signup-tries", token), 1, LIFE).value();
        if (tries > TRIES) {
            discard(token);
            return Optional.empty();
        }
        return Optional.of(new Try(PendingSignUp.parse(stored.get()), (int) (TRIES - tries)));
    }

    void discard(Bytes token) {
        store.take(hash("signup", token));
    }

    private static Bytes hash(String space, Bytes token) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(space.getBytes(StandardCharsets.US_ASCII));
            return Bytes.copyOf(sha256.digest(token.toArray()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
