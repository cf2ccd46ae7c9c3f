package dev.nescio.keys;

import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.Bech32m;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.v1.Derivation;
import java.util.List;
import java.util.random.RandomGenerator;

/// What an account can be begun anew with when every way in is lost, once (spec, section 3.13): 160 random bits that
/// the operator hands to the person, or the server mails. It opens nothing; it destroys. Close it as soon as it has
/// been shown or hashed.
public final class ResetCode implements AutoCloseable {

    private static final String PREFIX = "reset";
    private static final int OCTETS = 20;
    private static final int CHARACTERS = 44;

    private final SecretBytes code;

    private ResetCode(SecretBytes code) {
        this.code = code;
    }

    public static ResetCode generate(RandomGenerator random) {
        return new ResetCode(SecretBytes.generate(random, OCTETS));
    }

    /// @throws IllegalArgumentException with words for the person who typed it
    public static ResetCode parse(String typed) {
        String bare = Bech32m.bare(typed);
        if (bare.length() != CHARACTERS) {
            throw new IllegalArgumentException("A reset code is 11 groups of four letters and digits, and begins with"
                    + " RESE-T1. This has " + bare.length() + " characters instead of " + CHARACTERS + ".");
        }
        return new ResetCode(SecretBytes.taking(Bech32m.decode(PREFIX, bare, OCTETS)
                .orElseThrow(() -> new IllegalArgumentException(
                        "This is not a reset code: a character is wrong, or two have changed places."
                                + " Compare it with what the operator gave you, or with the mail."))));
    }

    /// The code in eleven groups joined by hyphens.
    public String text() {
        List<String> groups = code.lend(octets -> Bech32m.groups(PREFIX, octets));
        return String.join("-", groups);
    }

    /// What the server knows it by. That of another address is another one.
    public Bytes hash(Address address) {
        byte[] hashedAddress = address.hashed().toArray();
        return code.lend(octets -> Bytes.copyOf(Derivation.from(octets).derive("reset-code", hashedAddress)));
    }

    @Override
    public void close() {
        code.close();
    }

    @Override
    public String toString() {
        return "ResetCode[redacted]";
    }
}
