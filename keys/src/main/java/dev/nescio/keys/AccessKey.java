package dev.nescio.keys;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.SlotId;
import dev.nescio.sealing.Bech32m;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.v1.Derivation;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// What a script or a service signs in with (spec, section 3.12): 256 random bits in one line of text,
/// whose beginning says what it is. Close it as soon as it has been shown and its credential derived.
public final class AccessKey implements AutoCloseable {

    private static final String PREFIX = "nescio-access-";
    private static final int OCTETS = 32;

    private final SecretBytes key;

    private AccessKey(SecretBytes key) {
        this.key = key;
    }

    public static AccessKey generate(RandomGenerator random) {
        return new AccessKey(SecretBytes.generate(random, OCTETS));
    }

    /// Reads exactly what [#text] shows. White space before and after it, such as the end of a file's
    /// line, is no part of it.
    ///
    /// @throws IllegalArgumentException with words for the person who gave it
    public static AccessKey parse(String given) {
        return new AccessKey(SecretBytes.taking(Bech32m.decode(PREFIX, bare(given), OCTETS)
                .orElseThrow(() -> new IllegalArgumentException("This is not an access key: it is one line that begins"
                        + " with " + PREFIX + "1 and has 73 characters. A character may be wrong or missing."))));
    }

    private static String bare(String given) {
        int from = 0;
        int to = given.length();
        while (from < to && isSpace(given.charAt(from))) {
            from++;
        }
        while (to > from && isSpace(given.charAt(to - 1))) {
            to--;
        }
        return given.substring(from, to);
    }

    private static boolean isSpace(char character) {
        return " \t\r\n".indexOf(character) >= 0;
    }

    /// The key in one line, to be put where the script finds it, and never shown again.
    public String text() {
        return key.lend(octets -> Bech32m.encode(PREFIX, octets));
    }

    /// The slot that this key belongs to; the key alone tells it.
    public SlotId slot() {
        return new SlotId(Bytes.copyOf(Arrays.copyOf(derivation().derive("access/slot-id"), SlotId.LENGTH)));
    }

    public Credential credential() {
        return Credential.derive(derivation(), "access", slot().toArray());
    }

    private Derivation derivation() {
        return key.lend(Derivation::from);
    }

    @Override
    public void close() {
        key.close();
    }

    @Override
    public String toString() {
        return "AccessKey[redacted]";
    }
}
