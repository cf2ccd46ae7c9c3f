package dev.nescio.sealing.v1;

import dev.nescio.sealing.RejectedException;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// AES-256-GCM of the JDK, on heap arrays (direct buffers run at a third of the speed).
///
/// Looking a `Cipher` up costs more than sealing a short message, so a few idle ones are kept: as many as
/// were ever in use at once. Virtual threads come by the thousand, hence a queue and no thread-local.
final class Gcm {

    static final int TAG = 16;
    static final int NONCE = 12;

    private static final int KEPT = 64;
    private static final java.util.concurrent.BlockingQueue<Cipher> IDLE =
            new java.util.concurrent.ArrayBlockingQueue<>(KEPT);

    private Gcm() {}

    /// Encrypts `length` octets of `in` to `out` and appends the tag.
    static void seal(byte[] key, byte[] nonce, byte[] associatedData, byte[] in, int length, byte[] out, int outAt) {
        Cipher cipher = take();
        try {
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(8 * TAG, nonce));
            cipher.updateAAD(associatedData);
            cipher.doFinal(in, 0, length, out, outAt);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-256-GCM of the JDK failed to encrypt", e);
        }
        IDLE.offer(cipher);
    }

    /// @return the octets that the ciphertext and tag at `in[at..at + length)` hold
    static byte[] open(byte[] key, byte[] nonce, byte[] associatedData, byte[] in, int at, int length)
            throws RejectedException {
        Cipher cipher = take();
        byte[] opened;
        try {
            cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(8 * TAG, nonce));
            cipher.updateAAD(associatedData);
            opened = cipher.doFinal(in, at, length);
        } catch (AEADBadTagException e) {
            throw new RejectedException(RejectedException.Reason.DAMAGED);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-256-GCM of the JDK failed to decrypt", e);
        }
        IDLE.offer(cipher);
        return opened;
    }

    private static Cipher take() {
        Cipher idle = IDLE.poll();
        if (idle != null) {
            return idle;
        }
        try {
            return Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES/GCM/NoPadding", e);
        }
    }
}
