package dev.nescio.keys;

import java.util.Optional;

/// Ten octets as sixteen characters that can be read out and typed: Crockford's base32 in four groups (spec, section
/// 3.7).
final class Crockford {

    static final int OCTETS = 10;

    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int CHARACTERS = 16;
    private static final int GROUP = 4;

    private Crockford() {}

    /// @return nothing unless it is sixteen characters of the alphabet, whatever their case and grouping
    static Optional<byte[]> decode(String typed) {
        String bare = typed.replaceAll("[- ]", "");
        if (bare.length() != CHARACTERS || !bare.chars().allMatch(c -> value(c) >= 0)) {
            return Optional.empty();
        }
        byte[] octets = new byte[OCTETS];
        for (int i = 0; i < CHARACTERS; i++) {
            int value = value(bare.charAt(i));
            for (int bit = 0; bit < 5; bit++) {
                int at = 5 * i + bit;
                octets[at / 8] |= (byte) (((value >> (4 - bit)) & 1) << (7 - at % 8));
            }
        }
        return Optional.of(octets);
    }

    /// Case is ignored in ASCII only: elsewhere it changes the number of characters.
    private static int value(int character) {
        return switch (character) {
            case 'O', 'o' -> 0;
            case 'I', 'i', 'L', 'l' -> 1;
            default -> ALPHABET.indexOf(character >= 'a' && character <= 'z' ? character - 'a' + 'A' : character);
        };
    }

    /// Four groups, joined by hyphens.
    static String encode(byte[] octets) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < CHARACTERS; i++) {
            int value = 0;
            for (int at = 5 * i; at < 5 * i + 5; at++) {
                value = 2 * value + ((octets[at / 8] >> (7 - at % 8)) & 1);
            }
            text.append(i > 0 && i % GROUP == 0 ? "-" : "").append(ALPHABET.charAt(value));
        }
        return text.toString();
    }
}
