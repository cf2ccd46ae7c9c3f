package dev.nescio.sealing;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// Bytes that must not be seen: copied in, lent out for the length of a call, wiped on close.
///
/// Wiping reaches this copy only; the JVM may have moved it before. Safe for use by many threads until
/// closed.
public final class SecretBytes implements AutoCloseable {

    private final byte[] bytes;
    private volatile boolean closed;

    private SecretBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    public static SecretBytes copyOf(byte[] bytes) {
        return new SecretBytes(bytes.clone());
    }

    /// Takes the array over and wipes it on close; the caller must not keep it.
    public static SecretBytes taking(byte[] bytes) {
        return new SecretBytes(bytes);
    }

    /// @param random a cryptographically strong source
    public static SecretBytes generate(RandomGenerator random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return new SecretBytes(bytes);
    }

    /// Lends the bytes to `user`, which must neither change nor keep them.
    ///
    /// @throws IllegalStateException after close
    public <T> T lend(Function<byte[], T> user) {
        if (closed) {
            throw new IllegalStateException("this secret was closed");
        }
        return user.apply(bytes);
    }

    public int length() {
        return bytes.length;
    }

    @Override
    public void close() {
        closed = true;
        Arrays.fill(bytes, (byte) 0);
    }

    /// Compares in constant time.
    @Override
    public boolean equals(Object other) {
        return other instanceof SecretBytes that
                && lend(mine -> that.lend(theirs -> MessageDigest.isEqual(mine, theirs)));
    }

    /// By length only: a hash of the content would tell about it.
    @Override
    public int hashCode() {
        return bytes.length;
    }

    @Override
    public String toString() {
        return "SecretBytes[redacted]";
    }
}
