package dev.nescio.server.passkey;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.Sha256;
import dev.nescio.server.ephemeral.EphemeralStore;
import dev.nescio.server.http.Refusal;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// What an authenticator has to sign, so that nothing that it signed before is accepted: each works once, for five
/// minutes.
///
/// A challenge carries its own time under a code that only this process can make (spec, section 12), so handing one out
/// keeps nothing, and no flood of them takes anything from anybody. Only what was accepted is remembered, for as long
/// as it could be sent again.
public final class Challenges {

    static final Duration LIFE = Duration.ofMinutes(5);

    private static final String HMAC = "HmacSHA256";
    private static final int RANDOM = 8;
    private static final int CODE = 16;
    private static final Bytes USED = Bytes.copyOf(new byte[1]);
    private static final Duration TRY_AGAIN = Duration.ofMinutes(1);

    private final EphemeralStore used;
    private final RandomGenerator random;
    private final Ticker ticker;
    private final SecretKeySpec key;

    /// Added to the time, so that a challenge does not tell how long this machine runs.
    private final long shift;

    /// @param used for nothing else, and by the same ticker
    /// @param random a cryptographically strong source
    /// @param ticker nanoseconds that only go forward
    public Challenges(EphemeralStore used, RandomGenerator random, Ticker ticker) {
        this.used = used;
        this.random = random;
        this.ticker = ticker;
        this.key = new SecretKeySpec(drawn(32), HMAC);
        this.shift = random.nextLong();
    }

    Bytes draw() {
        byte[] content = ByteBuffer.allocate(Long.BYTES + RANDOM)
                .putLong(now())
                .put(drawn(RANDOM))
                .array();
        return Bytes.copyOf(ByteBuffer.allocate(content.length + CODE)
                .put(content)
                .put(code(content))
                .array());
    }

    /// @return whether it was drawn here, in time, and was not used yet
    boolean isValid(Bytes challenge) {
        byte[] given = challenge.toArray();
        byte[] content = Arrays.copyOf(given, Long.BYTES + RANDOM);
        byte[] code = Arrays.copyOfRange(given, content.length, given.length);
        long age = now() - ByteBuffer.wrap(content).getLong();
        return MessageDigest.isEqual(code(content), code)
                && age < LIFE.toNanos()
                && used.get(Sha256.of(challenge)).isEmpty();
    }

    /// Uses a valid one up.
    ///
    /// @return whether it is used for the first time; of several concurrent callers one is told so
    /// @throws Refusal where no more can be remembered now
    boolean use(Bytes challenge) {
        Bytes hash = Sha256.of(challenge);
        if (used.put(hash, USED, LIFE)) {
            return true;
        }
        if (used.get(hash).isPresent()) {
            return false;
        }
        throw Refusal.unavailable(TRY_AGAIN);
    }

    private long now() {
        return ticker.read() + shift;
    }

    private byte[] drawn(int length) {
        byte[] drawn = new byte[length];
        random.nextBytes(drawn);
        return drawn;
    }

    private byte[] code(byte[] content) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            return Arrays.copyOf(mac.doFinal(content), CODE);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
        }
    }
}
