package dev.nescio.server.credential;

import com.eatthepath.otp.HmacOneTimePasswordGenerator;
import dev.nescio.protocol.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import javax.crypto.spec.SecretKeySpec;

/// Codes of an authenticator (spec, section 3.6; RFC 6238). Safe for use by many threads.
public final class Totp {

    private static final int SECRET = 20;
    private static final long STEP_MILLIS = 30_000;
    private static final int STEPS_AROUND = 1;

    private final Clock clock;
    private final RandomGenerator random;
    private final HmacOneTimePasswordGenerator codes = new HmacOneTimePasswordGenerator(6);

    /// @param random a cryptographically strong source
    public Totp(Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    public Bytes generateSecret() {
        byte[] secret = new byte[SECRET];
        random.nextBytes(secret);
        return Bytes.copyOf(secret);
    }

    /// Computes all accepted codes, whichever is given, so that the time tells nothing.
    ///
    /// @return the time step of the code, the latest where several have the same one; empty for a wrong code
    public OptionalLong stepOf(Bytes secret, String code) {
        SecretKeySpec key = new SecretKeySpec(secret.toArray(), codes.getAlgorithm());
        long now = clock.millis() / STEP_MILLIS;
        OptionalLong found = OptionalLong.empty();
        for (long step = now - STEPS_AROUND; step <= now + STEPS_AROUND; step++) {
            if (MessageDigest.isEqual(ascii(code), ascii(codeAt(key, step)))) {
                found = OptionalLong.of(step);
            }
        }
        return found;
    }

    private String codeAt(SecretKeySpec key, long step) {
        try {
            return codes.generateOneTimePasswordString(key, step, Locale.ROOT);
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("any bytes are an HMAC key", e);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
