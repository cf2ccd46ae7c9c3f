package dev.nescio.server.passkey;

import dev.nescio.protocol.Bytes;
import dev.nescio.server.ephemeral.EphemeralStore;
import dev.nescio.server.http.Refusal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.random.RandomGenerator;

/// What an authenticator has to sign, so that nothing that it signed before is accepted: each works once, for five
/// minutes.
public final class Challenges {

    static final Duration LIFE = Duration.ofMinutes(5);

    private static final int LENGTH = 32;
    private static final Bytes THERE = Bytes.copyOf(new byte[1]);
    private static final Duration TRY_AGAIN = Duration.ofMinutes(1);

    private final EphemeralStore store;
    private final RandomGenerator random;

    /// @param store for nothing else, so that no flood of challenges takes another's place
    /// @param random a cryptographically strong source
    public Challenges(EphemeralStore store, RandomGenerator random) {
        this.store = store;
        this.random = random;
    }

    Bytes draw() {
        byte[] drawn = new byte[LENGTH];
        random.nextBytes(drawn);
        Bytes challenge = Bytes.copyOf(drawn);
        if (!store.put(hash(challenge), THERE, LIFE)) {
            throw Refusal.unavailable(TRY_AGAIN);
        }
        return challenge;
    }

    /// @return whether it was drawn here, and is used for the first time and in time
    boolean use(Bytes challenge) {
        return store.take(hash(challenge)).isPresent();
    }

    private static Bytes hash(Bytes challenge) {
        try {
            return Bytes.copyOf(MessageDigest.getInstance("SHA-256").digest(challenge.toArray()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
