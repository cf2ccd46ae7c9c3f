package dev.nescio.protocol;

import java.util.random.RandomGenerator;

/// What all identifiers share (spec, section 1.3): 16 random bytes, written as 32 lower-case hexadecimal
/// digits.
public sealed interface Id permits AccountId, ContainerId, ItemId, PairingId, RotationId, SessionId, SlotId {

    int LENGTH = 16;

    Bytes bytes();

    default String hex() {
        return bytes().hex();
    }

    default byte[] toArray() {
        return bytes().toArray();
    }

    /// Enough to find a line in a log, too little to be used.
    default String shortened() {
        return hex().substring(0, 8);
    }

    static Bytes parse(String hex) {
        if (hex.length() != 2 * LENGTH
                || !hex.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
            throw new InvalidField("an id must be 32 lower-case hexadecimal digits");
        }
        return Bytes.parseHex(hex);
    }

    static Bytes generate(RandomGenerator random) {
        byte[] bytes = new byte[LENGTH];
        random.nextBytes(bytes);
        return Bytes.copyOf(bytes);
    }

    static Bytes checked(Bytes bytes) {
        if (bytes.length() != LENGTH) {
            throw new InvalidField("an id must be 16 bytes");
        }
        return bytes;
    }
}
