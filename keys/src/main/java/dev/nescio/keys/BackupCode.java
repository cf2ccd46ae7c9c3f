package dev.nescio.keys;

import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.v1.Derivation;
import java.util.random.RandomGenerator;

/// A code that stands in for the authenticator, once (spec, section 3.7). The server is given only its
/// hash.
public final class BackupCode implements AutoCloseable {

    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int OCTETS = 10;
    private static final int CHARACTERS = 16;
    private static final int GROUP = 4;

    private final SecretBytes code;

    private BackupCode(SecretBytes code) {
        this.code = code;
    }

    public static BackupCode generate(RandomGenerator random) {
        return new BackupCode(SecretBytes.generate(random, OCTETS));
    }

    /// @throws IllegalArgumentException with words for the person who typed it
    public static BackupCode parse(String typed) {
        String bare = typed.replaceAll("[- ]", "");
        if (bare.length() != CHARACTERS || !bare.chars().allMatch(c -> value(c) >= 0)) {
            throw new IllegalArgumentException("A backup code is 16 letters and digits, such as 7K2M-9QXA-0F4T-BZ5C.");
        }
        byte[] octets = new byte[OCTETS];
        for (int i = 0; i < CHARACTERS; i++) {
            int value = value(bare.charAt(i));
            for (int bit = 0; bit < 5; bit++) {
                int at = 5 * i + bit;
                octets[at / 8] |= (byte) (((value >> (4 - bit)) & 1) << (7 - at % 8));
            }
        }
        return new BackupCode(SecretBytes.taking(octets));
    }

    /// Case is ignored in ASCII only: elsewhere it changes the number of characters.
    private static int value(int character) {
        return switch (character) {
            case 'O', 'o' -> 0;
            case 'I', 'i', 'L', 'l' -> 1;
            default -> ALPHABET.indexOf(character >= 'a' && character <= 'z' ? character - 'a' + 'A' : character);
        };
    }

    /// The code in four groups, to be written down.
    public String text() {
        return code.lend(octets -> {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < CHARACTERS; i++) {
                int value = 0;
                for (int at = 5 * i; at < 5 * i + 5; at++) {
                    value = 2 * value + ((octets[at / 8] >> (7 - at % 8)) & 1);
                }
                text.append(i > 0 && i % GROUP == 0 ? "-" : "").append(ALPHABET.charAt(value));
            }
            return text.toString();
        });
    }

    public Bytes hash(Address address) {
        byte[] hashedAddress = address.hashed().toArray();
        return code.lend(octets -> Bytes.copyOf(Derivation.from(octets).derive("backup-code", hashedAddress)));
    }

    @Override
    public void close() {
        code.close();
    }

    @Override
    public String toString() {
        return "BackupCode[redacted]";
    }
}
