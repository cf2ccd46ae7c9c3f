package dev.nescio.keys;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Id;
import dev.nescio.protocol.PairingId;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.v1.Derivation;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// What a new device shows and a person carries to the device that is signed in (spec, section 3.10): 80 random bits.
/// The server is given only the id that is derived from them, so it cannot seal a grant of its own making.
public final class PairingCode implements AutoCloseable {

    private static final String QR_PREFIX = "nescio-pair:";

    private final SecretBytes code;

    private PairingCode(SecretBytes code) {
        this.code = code;
    }

    public static PairingCode generate(RandomGenerator random) {
        return new PairingCode(SecretBytes.generate(random, Crockford.OCTETS));
    }

    /// @param typed the four groups, or the content of the QR code
    /// @throws IllegalArgumentException with words for the person who typed it
    public static PairingCode parse(String typed) {
        String text = typed.startsWith(QR_PREFIX) ? typed.substring(QR_PREFIX.length()) : typed;
        return new PairingCode(SecretBytes.taking(Crockford.decode(text)
                .orElseThrow(() -> new IllegalArgumentException("A pairing code is 16 letters and digits, such as"
                        + " 7K2M-9QXA-0F4T-BZ5C. The new device shows it."))));
    }

    /// The code in four groups, to be typed.
    public String text() {
        return code.lend(Crockford::encode);
    }

    /// The code as the content of a QR code.
    public String qr() {
        return QR_PREFIX + text().replace("-", "");
    }

    /// Names the pairing to the server, and tells it nothing else.
    public PairingId id() {
        return new PairingId(Bytes.copyOf(Arrays.copyOf(derivation().derive("pairing/id"), Id.LENGTH)));
    }

    /// @return to be wiped by the caller
    byte[] psk() {
        return derivation().derive("pairing/psk");
    }

    private Derivation derivation() {
        return code.lend(Derivation::from);
    }

    @Override
    public void close() {
        code.close();
    }

    @Override
    public String toString() {
        return "PairingCode[redacted]";
    }
}
