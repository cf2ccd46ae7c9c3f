package dev.nescio.keys;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Limits;
import dev.nescio.protocol.Pairings;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// What the signed-in device hands to the new one (spec, section 3.10): the account's key, and what lets a device that
/// has seen nothing yet notice an older state of the account. Whoever has the master key closes it.
///
/// @param directoryCounter of the slot directory, as the signed-in device has checked it
/// @param directoryHash SHA-256 of its envelope
/// @param address normalised
public record PairingGrant(MasterKey masterKey, long directoryCounter, Bytes directoryHash, String address) {

    private static final byte VERSION = 1;
    private static final int KEY = 32;
    private static final int MOST_ADDRESS = 254;
    private static final int LENGTH = 1 + KEY + 8 + Sha256.LENGTH + 1 + MOST_ADDRESS;

    /// @throws RejectedException if the new device's public key is none
    public Bytes seal(PairingCode code, PairingTranscript transcript) throws RejectedException {
        byte[] plaintext = encode();
        try {
            return Bytes.copyOf(PairingHpke.seal(plaintext, code, transcript));
        } finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    /// Of one length, so that nothing tells how long the address is.
    byte[] encode() {
        byte[] utf8 = address.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(LENGTH).put(VERSION);
        try (SecretBytes key = masterKey.insecureExport()) {
            key.lend(out::put);
        }
        return out.putLong(directoryCounter)
                .put(directoryHash.toArray())
                .put((byte) utf8.length)
                .put(utf8)
                .array();
    }

    /// @param key the new device's
    public static PairingGrant open(Bytes sealed, PairingKey key, PairingCode code, PairingTranscript transcript)
            throws RejectedException {
        if (sealed.length() != Pairings.SEALED) {
            throw new RejectedException(RejectedException.Reason.MALFORMED);
        }
        byte[] plaintext = key.open(sealed.toArray(), code, transcript);
        try {
            return decode(plaintext, transcript.account());
        } finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    static PairingGrant decode(byte[] plaintext, AccountId account) throws RejectedException {
        if (plaintext.length != LENGTH) {
            throw new RejectedException(RejectedException.Reason.MALFORMED);
        }
        if (plaintext[0] != VERSION) {
            throw new RejectedException(RejectedException.Reason.UNSUPPORTED_VERSION);
        }
        ByteBuffer in = ByteBuffer.wrap(plaintext, 1, LENGTH - 1);
        byte[] masterKey = next(in, KEY);
        long counter = in.getLong();
        Bytes hash = Bytes.copyOf(next(in, Sha256.LENGTH));
        int length = Byte.toUnsignedInt(in.get());
        try {
            if (counter < 1 || counter > Limits.MAX_NUMBER || length < 1 || length > MOST_ADDRESS) {
                throw new RejectedException(RejectedException.Reason.MALFORMED);
            }
            String address = text(next(in, length));
            if (!Arrays.equals(next(in, in.remaining()), new byte[MOST_ADDRESS - length])) {
                throw new RejectedException(RejectedException.Reason.MALFORMED);
            }
            MasterKey owned = MasterKey.insecureImport(account, SecretBytes.copyOf(masterKey));
            return new PairingGrant(owned, counter, hash, address);
        } finally {
            Arrays.fill(masterKey, (byte) 0);
        }
    }

    private static byte[] next(ByteBuffer in, int length) {
        byte[] octets = new byte[length];
        in.get(octets);
        return octets;
    }

    private static String text(byte[] utf8) throws RejectedException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new RejectedException(RejectedException.Reason.MALFORMED);
        }
    }

    @Override
    public String toString() {
        return "PairingGrant[redacted]";
    }
}
