package dev.nescio.keys;

import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.v1.Derivation;
import java.util.random.RandomGenerator;

/// A code that stands in for the authenticator, once (spec, section 3.7). The server is given only its
/// hash.
public final class BackupCode implements AutoCloseable {

    private final SecretBytes code;

    private BackupCode(SecretBytes code) {
        this.code = code;
    }

    public static BackupCode generate(RandomGenerator random) {
        return new BackupCode(SecretBytes.generate(random, Crockford.OCTETS));
    }

    /// @throws IllegalArgumentException with words for the person who typed it
    public static BackupCode parse(String typed) {
        return new BackupCode(SecretBytes.taking(Crockford.decode(typed)
                .orElseThrow(() -> new IllegalArgumentException(
                        "A backup code is 16 letters and digits, such as 7K2M-9QXA-0F4T-BZ5C."))));
    }

    /// The code in four groups, to be written down.
    public String text() {
        return code.lend(Crockford::encode);
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
