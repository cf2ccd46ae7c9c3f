package dev.nescio.keys;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// SHA-256 of several byte strings after one another.
final class Sha256 {

    static final int LENGTH = 32;

    private Sha256() {}

    static byte[] of(byte[]... parts) {
        MessageDigest digest = digest();
        for (byte[] part : parts) {
            digest.update(part);
        }
        return digest.digest();
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
