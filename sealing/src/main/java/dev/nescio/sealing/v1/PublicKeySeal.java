package dev.nescio.sealing.v1;

import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.SecretBytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;
import org.bouncycastle.math.ec.rfc7748.X25519;

/// Sealing to the public key of an account (spec, section 4.2): HPKE (RFC 9180) in mode_base,
/// DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. Whoever has the public key can seal, so what
/// opens says nothing about who sealed it.
public final class PublicKeySeal {

    /// Octets of a key, public or private.
    public static final int KEY = 32;

    /// Octets that a seal adds: the encapsulated key and the tag.
    public static final int OVERHEAD = KEY + Gcm.TAG;

    private static final byte[] INFO = "nescio/v1/to-account\0".getBytes(StandardCharsets.US_ASCII);

    private PublicKeySeal() {}

    private static HPKE suite() {
        return new HPKE(HPKE.mode_base, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
    }

    /// Whether something can be sealed to it. To a point of small order everybody could open it.
    public static boolean isPublicKey(Bytes key) {
        byte[] scalar = new byte[KEY];
        return key.length() == KEY && X25519.calculateAgreement(scalar, 0, key.toArray(), 0, new byte[KEY], 0);
    }

    public static Bytes publicKey(SecretBytes privateKey) {
        return privateKey.lend(octets -> Bytes.copyOf(
                new X25519PrivateKeyParameters(octets).generatePublicKey().getEncoded()));
    }

    /// @throws IllegalArgumentException unless it [is a public key][#isPublicKey]
    public static Bytes seal(Bytes publicKey, AssociatedData associatedData, byte[] content) {
        try {
            HPKEContextWithEncapsulation context =
                    suite().setupBaseS(new X25519PublicKeyParameters(publicKey.toArray()), INFO);
            byte[] ciphertext = context.seal(associatedData.encode(), content);
            return Bytes.copyOf(ByteBuffer.allocate(KEY + ciphertext.length)
                    .put(context.getEncapsulation())
                    .put(ciphertext)
                    .array());
        } catch (IllegalStateException | InvalidCipherTextException e) {
            throw new IllegalArgumentException("no public key", e);
        }
    }

    /// @throws RejectedException if it was not sealed to this key with this associated data, or was
    /// changed
    public static byte[] open(SecretBytes privateKey, AssociatedData associatedData, Bytes sealed)
            throws RejectedException {
        if (sealed.length() < OVERHEAD) {
            throw new RejectedException(RejectedException.Reason.MALFORMED);
        }
        byte[] octets = sealed.toArray();
        X25519PrivateKeyParameters key = privateKey.lend(X25519PrivateKeyParameters::new);
        try {
            return suite().setupBaseR(
                            Arrays.copyOf(octets, KEY), new AsymmetricCipherKeyPair(key.generatePublicKey(), key), INFO)
                    .open(associatedData.encode(), Arrays.copyOfRange(octets, KEY, octets.length));
        } catch (IllegalStateException | InvalidCipherTextException e) {
            throw new RejectedException(RejectedException.Reason.DAMAGED);
        }
    }
}
