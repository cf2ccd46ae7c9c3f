package dev.nescio.keys.vectors;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.SlotId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// The inputs of the vectors that would be random elsewhere: the first bytes of SHA-256 of a few words.
final class Fixed {

    private Fixed() {}

    static Bytes bytes(String words, int length) {
        return Bytes.copyOf(Arrays.copyOf(sha256(words.getBytes(StandardCharsets.UTF_8)), length));
    }

    static Bytes key(String words) {
        return bytes("key " + words, 32);
    }

    static Bytes salt(String words) {
        return bytes("salt " + words, 24);
    }

    static AccountId account(String words) {
        return new AccountId(bytes("account " + words, 16));
    }

    static ContainerId container(String words) {
        return new ContainerId(bytes("container " + words, 16));
    }

    static ItemId item(String words) {
        return new ItemId(bytes("item " + words, 16));
    }

    static SessionId session(String words) {
        return new SessionId(bytes("session " + words, 16));
    }

    static SlotId slot(String words) {
        return new SlotId(bytes("slot " + words, 16));
    }

    /// Bytes of the smallest size that an envelope has, for what only their hash matters.
    static Bytes envelope() {
        return Bytes.parseHex("01".repeat(137));
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
