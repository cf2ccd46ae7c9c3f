package dev.nescio.client;

import dev.nescio.protocol.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// SHA-256 of an envelope.
final class Hash {

    private Hash() {}

    static Bytes of(Bytes envelope) {
        try {
            return Bytes.copyOf(MessageDigest.getInstance("SHA-256").digest(envelope.toArray()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
