package dev.nescio.keys;

import dev.nescio.sealing.RejectedException;
import java.util.Arrays;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;

/// HPKE (RFC 9180) as a pairing uses it: mode_psk, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM (spec, section
/// 3.10). One message, so a sequence number of 0.
final class PairingHpke {

    static final int ENCAPSULATED = 32;
    static final int TAG = 16;

    private static final byte[] NO_ASSOCIATED_DATA = {};

    private PairingHpke() {}

    private static HPKE suite() {
        return new HPKE(HPKE.mode_psk, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
    }

    /// @return the encapsulated key, then the ciphertext with its tag
    static byte[] seal(byte[] plaintext, PairingCode code, PairingTranscript transcript) throws RejectedException {
        byte[] psk = code.psk();
        try {
            HPKEContextWithEncapsulation context = suite().SetupPSKS(
                            new X25519PublicKeyParameters(
                                    transcript.revealed().publicKey().toArray()),
                            transcript.info(),
                            psk,
                            code.id().toArray());
            byte[] ciphertext = context.seal(NO_ASSOCIATED_DATA, plaintext);
            byte[] sealed = Arrays.copyOf(context.getEncapsulation(), ENCAPSULATED + ciphertext.length);
            System.arraycopy(ciphertext, 0, sealed, ENCAPSULATED, ciphertext.length);
            return sealed;
        } catch (IllegalStateException | InvalidCipherTextException e) {
            // A public key of small order: X25519 gives zeros.
            throw new RejectedException(RejectedException.Reason.MALFORMED);
        } finally {
            Arrays.fill(psk, (byte) 0);
        }
    }

    /// @param sealed at least the encapsulated key
    static byte[] open(
            X25519PrivateKeyParameters recipient, byte[] sealed, PairingCode code, PairingTranscript transcript)
            throws RejectedException {
        byte[] psk = code.psk();
        try {
            return suite().setupPSKR(
                            Arrays.copyOf(sealed, ENCAPSULATED),
                            new AsymmetricCipherKeyPair(recipient.generatePublicKey(), recipient),
                            transcript.info(),
                            psk,
                            code.id().toArray())
                    .open(NO_ASSOCIATED_DATA, Arrays.copyOfRange(sealed, ENCAPSULATED, sealed.length));
        } catch (IllegalStateException | InvalidCipherTextException e) {
            throw new RejectedException(RejectedException.Reason.DAMAGED);
        } finally {
            Arrays.fill(psk, (byte) 0);
        }
    }
}
