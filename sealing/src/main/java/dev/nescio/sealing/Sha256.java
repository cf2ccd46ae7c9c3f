package dev.nescio.sealing;

import dev.nescio.protocol.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// SHA-256 of the JDK.
public final class Sha256 {

    /// Octets of a hash.
    public static final int LENGTH = 32;

    private Sha256() {}

    public static Bytes of(Bytes content) {
        return Bytes.copyOf(of(content.toArray()));
    }

    /// @param parts hashed after one another
    public static byte[] of(byte[]... parts) {
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
