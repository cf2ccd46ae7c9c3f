package dev.nescio.server.account;

import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.Sha256;
import dev.nescio.server.ephemeral.EphemeralStore;
import dev.nescio.server.http.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// What waits for a code, of a new authenticator or of a mail: outside the database, for a quarter of
/// an hour, for five tries.
public final class Pending {

    /// Wrong codes: the last of them discards it.
    public static final int TRIES = 5;

    static final Duration LIFE = Duration.ofMinutes(15);

    private static final int TOKEN = 32;
    private static final Duration TRY_AGAIN = Duration.ofMinutes(1);

    private final String space;
    private final EphemeralStore store;
    private final RandomGenerator random;

    private Pending(String space, EphemeralStore store, RandomGenerator random) {
        this.space = space;
        this.store = store;
        this.random = random;
    }

    /// @param random a cryptographically strong source
    public static Pending signUps(EphemeralStore store, RandomGenerator random) {
        return new Pending("signup", store, random);
    }

    /// @param random a cryptographically strong source
    public static Pending resets(EphemeralStore store, RandomGenerator random) {
        return new Pending("reset", store, random);
    }

    /// @param random a cryptographically strong source
    public static Pending authenticators(EphemeralStore store, RandomGenerator random) {
        return new Pending("totp", store, random);
    }

    /// @param random a cryptographically strong source
    public static Pending passwords(EphemeralStore store, RandomGenerator random) {
        return new Pending("password", store, random);
    }

    /// @param random a cryptographically strong source
    static Pending mailedCodes(EphemeralStore store, RandomGenerator random) {
        return new Pending("mailed-code", store, random);
    }

    /// One try that was counted.
    ///
    /// @param left how many are left after it
    record Try(Bytes waiting, int left) {}

    /// @param waiting already hashed and sealed
    /// @return the only handle to it
    Bytes add(Bytes waiting) {
        byte[] bytes = new byte[TOKEN];
        random.nextBytes(bytes);
        Bytes token = Bytes.copyOf(bytes);
        if (!store.put(hash(space, token), waiting, LIFE)) {
            throw Refusal.unavailable(TRY_AGAIN);
        }
        return token;
    }

    /// Counts the try before its code is looked at, so that tries at the same moment count as well.
    Optional<Try> attempt(Bytes token) {
        Optional<Bytes> stored = store.get(hash(space, token));
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        long tries = store.add(hash(space + "-tries", token), 1, LIFE).value();
        if (tries > TRIES) {
            discard(token);
            return Optional.empty();
        }
        return Optional.of(new Try(stored.get(), (int) (TRIES - tries)));
    }

    /// After a wrong code: the last try takes what waits with it.
    ///
    /// @return what to answer
    Refusal wrongCode(Bytes token, Try attempt) {
        if (attempt.left() == 0) {
            discard(token);
        }
        return Refusal.wrongCode(attempt.left());
    }

    /// @return what waited; of several concurrent callers one gets it
    Optional<Bytes> take(Bytes token) {
        return store.take(hash(space, token));
    }

    /// It was right, and what waits goes on waiting.
    void giveBack(Bytes token) {
        store.add(hash(space + "-tries", token), -1, LIFE);
    }

    /// What waits is kept under it; it is no handle.
    Bytes key(Bytes token) {
        return hash(space, token);
    }

    void discardKey(Bytes key) {
        store.take(key);
    }

    void discard(Bytes token) {
        store.take(hash(space, token));
    }

    private static Bytes hash(String space, Bytes token) {
        return Bytes.copyOf(Sha256.of(space.getBytes(StandardCharsets.US_ASCII), token.toArray()));
    }
}
