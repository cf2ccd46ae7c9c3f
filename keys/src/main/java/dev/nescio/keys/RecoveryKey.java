package dev.nescio.keys;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.SlotId;
import dev.nescio.sealing.Bech32m;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.v1.Derivation;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/// The way back when everything else is lost (spec, section 3.9): 256 random bits on paper. It opens the account by
/// itself, without address, password or code. Close it as soon as it has been shown and its credential derived.
public final class RecoveryKey implements AutoCloseable {

    private static final String PREFIX = "r";
    private static final int OCTETS = 32;
    private static final int CHARACTERS = 60;

    private final SecretBytes key;

    private RecoveryKey(SecretBytes key) {
        this.key = key;
    }

    public static RecoveryKey generate(RandomGenerator random) {
        return new RecoveryKey(SecretBytes.generate(random, OCTETS));
    }

    /// @throws IllegalArgumentException with words for the person who typed it
    public static RecoveryKey parse(String typed) {
        String bare = Bech32m.bare(typed);
        if (bare.length() != CHARACTERS) {
            throw new IllegalArgumentException("A recovery key is 15 groups of four letters and digits, and begins with"
                    + " R1. This has " + bare.length() + " characters instead of " + CHARACTERS + ".");
        }
        return new RecoveryKey(SecretBytes.taking(Bech32m.decode(PREFIX, bare, OCTETS)
                .orElseThrow(() -> new IllegalArgumentException(
                        "This is not a recovery key: a character is wrong, or two have changed places."
                                + " Compare it with what you wrote down."))));
    }

    /// The key in its fifteen groups, to be written down. Asking for some of them again shows that it was.
    public List<String> groups() {
        return key.lend(octets -> Bech32m.groups(PREFIX, octets));
    }

    /// The groups joined by hyphens.
    public String text() {
        return String.join("-", groups());
    }

    /// The slot that this key belongs to; the key alone tells it.
    public SlotId slot() {
        return new SlotId(Bytes.copyOf(Arrays.copyOf(derivation().derive("recovery/slot-id"), SlotId.LENGTH)));
    }

    public Credential credential() {
        return Credential.derive(derivation(), "recovery", slot().toArray());
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
        return "RecoveryKey[redacted]";
    }
}
