package dev.nescio.cli.proof;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import java.security.InvalidKeyException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;

/// Plays the authenticator app: it was given the secret, and shows codes, each of them once (spec, section 3.6): a
/// server refuses a second use.
public final class Authenticator {

    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final long STEP_MILLIS = 30_000;
    private static final long SPARE_MILLIS = 10_000;

    private final TimeBasedOneTimePasswordGenerator generator = new TimeBasedOneTimePasswordGenerator();
    private final byte[] secret;
    private long lastStep;

    /// @param base32 as it is typed in
    public Authenticator(String base32) {
        secret = new byte[base32.length() * 5 / 8];
        for (int bit = 0; bit < 8 * secret.length; bit++) {
            int value = BASE32.indexOf(base32.charAt(bit / 5));
            secret[bit / 8] |= (byte) (((value >> (4 - bit % 5)) & 1) << (7 - bit % 8));
        }
    }

    public byte[] secret() {
        return secret.clone();
    }

    /// The next code that the server will accept: that of the step before, of the present or of the next
    /// one. Waits where those are used up.
    public String code() throws InterruptedException {
        long now = System.currentTimeMillis();
        boolean stepEndsSoon = STEP_MILLIS - now % STEP_MILLIS < SPARE_MILLIS;
        long step = Math.max(lastStep + 1, now / STEP_MILLIS - (stepEndsSoon ? 0 : 1));
        while (step > System.currentTimeMillis() / STEP_MILLIS + 1) {
            Thread.sleep(STEP_MILLIS / 10);
        }
        lastStep = step;
        return at(step);
    }

    /// Six digits that are wrong now, and were and will be for a minute.
    public String wrongCode() {
        long now = System.currentTimeMillis() / STEP_MILLIS;
        Set<String> right = new HashSet<>();
        for (long step = now - 2; step <= now + 2; step++) {
            right.add(at(step));
        }
        int guess = 123456;
        while (right.contains(Integer.toString(guess))) {
            guess++;
        }
        return Integer.toString(guess);
    }

    private String at(long step) {
        try {
            return generator.generateOneTimePasswordString(
                    new SecretKeySpec(secret, "RAW"), Instant.ofEpochMilli(step * STEP_MILLIS), Locale.ROOT);
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("a random secret is a good key", e);
        }
    }
}
