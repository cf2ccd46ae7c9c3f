package dev.nescio.keys;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.PairingId;
import dev.nescio.protocol.Pairings;
import dev.nescio.sealing.Sha256;
import dev.nescio.sealing.v1.Derivation;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;

/// All that two devices have told each other by way of the server (spec, section 3.10). Where the server changed any
/// of it, the digits of the two devices differ.
///
/// @param answer what the signed-in device contributed
/// @param revealed what the new device contributed, as committed to before the answer
public record PairingTranscript(
        PairingId pairing, Bytes commitment, Pairings.Share answer, Pairings.Share revealed, AccountId account) {

    private static final byte[] VERSION = {1};
    private static final byte[] PREFIX = "nescio/v1/pairing-transcript".getBytes(US_ASCII);
    private static final byte[] COMMIT = "nescio/v1/pairing-commit\0".getBytes(US_ASCII);
    private static final byte[] INFO = "nescio/v1/pairing\0".getBytes(US_ASCII);
    private static final int DIGITS = 1_000_000;

    /// What the new device is bound to before it sees the answer.
    public static Bytes commitment(Pairings.Share share) {
        return Bytes.copyOf(
                Sha256.of(COMMIT, share.publicKey().toArray(), share.nonce().toArray()));
    }

    /// Whether what was revealed is what was committed to.
    public boolean keepsItsCommitment() {
        return commitment(revealed).equals(commitment);
    }

    public Bytes hash() {
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        encoded.writeBytes(PREFIX);
        for (byte[] part : List.of(
                VERSION,
                pairing.toArray(),
                commitment.toArray(),
                answer.publicKey().toArray(),
                answer.nonce().toArray(),
                revealed.publicKey().toArray(),
                revealed.nonce().toArray(),
                account.toArray())) {
            encoded.writeBytes(ByteBuffer.allocate(4).putInt(part.length).array());
            encoded.writeBytes(part);
        }
        return Bytes.copyOf(Sha256.of(encoded.toByteArray()));
    }

    /// Six digits, which the new device shows and the person types into the other.
    public String digits() {
        byte[] derived = Derivation.from(hash().toArray()).derive("pairing/digits");
        long number = ByteBuffer.wrap(derived).getLong();
        return String.format(Locale.ROOT, "%06d", Long.remainderUnsigned(number, DIGITS));
    }

    /// Compares in constant time.
    ///
    /// @param typed six digits, in groups or not
    /// @throws IllegalArgumentException with words for the person, if it is anything else
    public boolean hasDigits(String typed) {
        String bare = typed.replaceAll("[- ]", "");
        if (!bare.matches("[0-9]{6}")) {
            throw new IllegalArgumentException("The new device shows six digits, such as 123 456. Type those.");
        }
        return MessageDigest.isEqual(bare.getBytes(US_ASCII), digits().getBytes(US_ASCII));
    }

    byte[] info() {
        byte[] hash = hash().toArray();
        return ByteBuffer.allocate(INFO.length + hash.length)
                .put(INFO)
                .put(hash)
                .array();
    }
}
