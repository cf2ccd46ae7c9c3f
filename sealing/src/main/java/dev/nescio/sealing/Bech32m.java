package dev.nescio.sealing;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/// Bech32m (BIP 350): octets as letters and digits that are hard to confuse, with a checksum that notices any four
/// wrong characters, and so any two that changed places.
///
/// Works on text of one case; what a person typed is brought to lower case by [#bare].
public final class Bech32m {

    private static final String ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private static final int[] GENERATOR = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    private static final int CONSTANT = 0x2bc830a3;
    private static final int CHECKSUM = 6;
    private static final int GROUP = 4;

    private Bech32m() {}

    /// @param prefix lower-case letters that say what it is; with the octets at most 90 characters
    public static String encode(String prefix, byte[] octets) {
        int[] data = new int[(8 * octets.length + 4) / 5];
        for (int at = 0; at < 8 * octets.length; at++) {
            data[at / 5] |= ((octets[at / 8] >> (7 - at % 8)) & 1) << (4 - at % 5);
        }
        return encodeDigits(prefix, data);
    }

    /// The same in upper case, in groups of four to be written down; their characters have to be a multiple of that.
    public static List<String> groups(String prefix, byte[] octets) {
        String text = encode(prefix, octets).toUpperCase(Locale.ROOT);
        return IntStream.range(0, text.length() / GROUP)
                .mapToObj(i -> text.substring(GROUP * i, GROUP * i + GROUP))
                .toList();
    }

    /// @param data digits of five bits
    public static String encodeDigits(String prefix, int[] data) {
        int check = polymod(prefix, data, new int[CHECKSUM]) ^ CONSTANT;
        StringBuilder text = new StringBuilder(prefix).append('1');
        for (int value : data) {
            text.append(ALPHABET.charAt(value));
        }
        for (int i = 0; i < CHECKSUM; i++) {
            text.append(ALPHABET.charAt((check >> (5 * (CHECKSUM - 1 - i))) & 31));
        }
        return text.toString();
    }

    /// @param length in octets
    /// @return empty where the checksum, a character or the length is wrong
    public static Optional<byte[]> decode(String prefix, String text, int length) {
        int digits = (8 * length + 4) / 5;
        String start = prefix + "1";
        if (!text.startsWith(start) || text.length() != start.length() + digits + CHECKSUM) {
            return Optional.empty();
        }
        int[] values =
                text.substring(start.length()).chars().map(ALPHABET::indexOf).toArray();
        boolean known = true;
        for (int value : values) {
            known &= value >= 0;
        }
        if (!known || polymod(prefix, values) != CONSTANT) {
            return Optional.empty();
        }
        byte[] octets = new byte[length];
        int loose = 0;
        for (int at = 0; at < 5 * digits; at++) {
            int bit = (values[at / 5] >> (4 - at % 5)) & 1;
            if (at < 8 * length) {
                octets[at / 8] |= (byte) (bit << (7 - at % 8));
            } else {
                loose |= bit;
            }
        }
        return loose == 0 ? Optional.of(octets) : Optional.empty();
    }

    /// What a person typed, in lower case and without what only divides it. Case is ignored in ASCII only: elsewhere it
    /// changes the number of characters.
    public static String bare(String typed) {
        StringBuilder bare = new StringBuilder();
        typed.chars()
                .filter(c -> "- \t\r\n".indexOf(c) < 0)
                .map(c -> c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c)
                .forEach(c -> bare.append((char) c));
        return bare.toString();
    }

    private static int polymod(String prefix, int[]... parts) {
        int check = 1;
        for (int i = 0; i < prefix.length(); i++) {
            check = step(check, prefix.charAt(i) >> 5);
        }
        check = step(check, 0);
        for (int i = 0; i < prefix.length(); i++) {
            check = step(check, prefix.charAt(i) & 31);
        }
        for (int[] part : parts) {
            for (int value : part) {
                check = step(check, value);
            }
        }
        return check;
    }

    private static int step(int check, int value) {
        int top = check >>> 25;
        int next = (check & 0x1ffffff) << 5 ^ value;
        for (int i = 0; i < GENERATOR.length; i++) {
            if (((top >> i) & 1) == 1) {
                next ^= GENERATOR[i];
            }
        }
        return next;
    }
}
