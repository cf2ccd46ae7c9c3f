package dev.nescio.cli.demo;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import java.security.InvalidKeyException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;

/// Plays the authenticator app: it was given the secret, and shows codes.
final class Authenticator {

    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final Duration STEP = Duration.ofSeconds(30);

    private final TimeBasedOneTimePasswordGenerator generator = new TimeBasedOneTimePasswordGenerator();
    private final byte[] secret;

    private Authenticator(byte[] secret) {
        this.secret = secret;
    }

    /// @param base32 as it is typed in
    static Authenticator withSecret(String base32) {
        byte[] secret = new byte[base32.length() * 5 / 8];
        for (int bit = 0; bit < 8 * secret.length; bit++) {
            int value = BASE32.indexOf(base32.charAt(bit / 5));
            secret[bit / 8] |= (byte) (((value >> (4 - bit % 5)) & 1) << (7 - bit % 8));
        }
        return new Authenticator(secret);
    }

    byte[] secret() {
        return secret.clone();
    }

    String code() {
        return at(Instant.now());
    }

    /// Six digits that are wrong now, and were and will be for a minute.
    String wrongCode() {
        Set<String> right = new HashSet<>();
        for (int step = -2; step <= 2; step++) {
            right.add(at(Instant.now().plus(STEP.multipliedBy(step))));
        }
        int guess = 123456;
        while (right.contains(Integer.toString(guess))) {
            guess++;
        }
        return Integer.toString(guess);
    }

    private String at(Instant instant) {
        try {
            return generator.generateOneTimePasswordString(new SecretKeySpec(secret, "RAW"), instant, Locale.ROOT);
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("a random secret is a good key", e);
        }
    }
}
