package dev.nescio.sealing.v1;

import dev.nescio.sealing.RejectedException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/// AES-256-GCM of the JDK, on heap arrays (direct buffers run at a third of the speed).
///
/// Looking a `Cipher` up costs more than sealing a short message, and a fresh array for plaintext that is
/// copied and wiped at once as much as opening it. So a few idle ones of both are kept: as many as were ever
/// in use at once. Virtual threads come by the thousand, hence a queue and no thread-local.
final class Gcm {

    static final int TAG = 16;
    static final int NONCE = 12;

    /// Content shorter than this is copied faster than it is encrypted in two calls.
    private static final int PAGE = 4096;

    private static final int KEPT = 64;
    private static final BlockingQueue<Gcm> IDLE = new ArrayBlockingQueue<>(KEPT);

    /// The one given back last; the queue's lock costs more than this.
    private static final AtomicReference<Gcm> LAST = new AtomicReference<>();

    /// Holds the padded content of the most common envelopes: items of up to 64 KiB.
    private static final int SCRATCH = 68 * 1024;

    private final Cipher cipher;
    private byte[] scratch;

    private Gcm(Cipher cipher) {
        this.cipher = cipher;
    }

    /// Encrypts `in[at..at + length)` to `out` and appends the tag. In place, `outAt` must be `at`.
    static void seal(
            byte[] key, byte[] nonce, byte[] associatedData, byte[] in, int at, int length, byte[] out, int outAt) {
        Gcm gcm = take();
        try {
            gcm.start(Cipher.ENCRYPT_MODE, key, nonce, associatedData);
            gcm.cipher.doFinal(in, at, length, out, outAt);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-256-GCM of the JDK failed to encrypt", e);
        }
        giveBack(gcm);
    }

    /// Pads the content to `padded` octets and encrypts it as above. What comes in whole pages is not copied
    /// first; the rest is padded and encrypted in place.
    ///
    /// @param out zeros from `at` on
    static void sealPadded(
            byte[] key, byte[] nonce, byte[] associatedData, byte[] content, int padded, byte[] out, int at) {
        Gcm gcm = take();
        try {
            gcm.start(Cipher.ENCRYPT_MODE, key, nonce, associatedData);
            int pages = content.length & -PAGE;
            int done = pages == 0 ? 0 : gcm.cipher.update(content, 0, pages, out, at);
            System.arraycopy(content, pages, out, at + pages, content.length - pages);
            out[at + content.length] = Padding.MARK;
            gcm.cipher.doFinal(out, at + pages, padded - pages, out, at + done);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-256-GCM of the JDK failed to encrypt", e);
        }
        giveBack(gcm);
    }

    /// Opens the ciphertext and tag at `in[at..at + length)`.
    ///
    /// @param out at least `length - TAG` octets; wiped before a rejection
    /// @return the octets written to `out`
    static int open(byte[] key, byte[] nonce, byte[] associatedData, byte[] in, int at, int length, byte[] out)
            throws RejectedException {
        Gcm gcm = take();
        int opened = gcm.decrypt(key, nonce, associatedData, in, at, length, out);
        giveBack(gcm);
        return opened;
    }

    /// Opens as above and takes the padding off.
    static byte[] openPadded(byte[] key, byte[] nonce, byte[] associatedData, byte[] in, int at, int length)
            throws RejectedException {
        Gcm gcm = take();
        byte[] padded = gcm.scratch(length - TAG);
        int opened = gcm.decrypt(key, nonce, associatedData, in, at, length, padded);
        try {
            return Arrays.copyOf(padded, Padding.contentLength(padded, opened));
        } finally {
            Arrays.fill(padded, 0, opened, (byte) 0);
            giveBack(gcm);
        }
    }

    private byte[] scratch(int length) {
        if (length > SCRATCH) {
            return new byte[length];
        }
        if (scratch == null) {
            scratch = new byte[SCRATCH];
        }
        return scratch;
    }

    private void start(int mode, byte[] key, byte[] nonce, byte[] associatedData) throws GeneralSecurityException {
        cipher.init(mode, new AesKey(key), new GCMParameterSpec(8 * TAG, nonce));
        cipher.updateAAD(associatedData);
    }

    private int decrypt(byte[] key, byte[] nonce, byte[] associatedData, byte[] in, int at, int length, byte[] out)
            throws RejectedException {
        try {
            start(Cipher.DECRYPT_MODE, key, nonce, associatedData);
            return cipher.doFinal(in, at, length, out, 0);
        } catch (AEADBadTagException e) {
            Arrays.fill(out, (byte) 0);
            throw new RejectedException(RejectedException.Reason.DAMAGED);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-256-GCM of the JDK failed to decrypt", e);
        }
    }

    /// Unlike `SecretKeySpec` it keeps no copy of its own, which nobody could wipe.
    @SuppressWarnings("serial") // no key is ever serialized
    private static final class AesKey implements SecretKey {

        private final byte[] octets;

        private AesKey(byte[] octets) {
            this.octets = octets;
        }

        @Override
        public String getAlgorithm() {
            return "AES";
        }

        @Override
        public String getFormat() {
            return "RAW";
        }

        @Override
        public byte[] getEncoded() {
            return octets.clone();
        }
    }

    private static Gcm take() {
        Gcm last = LAST.getAndSet(null);
        Gcm idle = last == null ? IDLE.poll() : last;
        if (idle != null) {
            return idle;
        }
        try {
            return new Gcm(Cipher.getInstance("AES/GCM/NoPadding"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES/GCM/NoPadding", e);
        }
    }

    private static void giveBack(Gcm gcm) {
        if (!LAST.compareAndSet(null, gcm)) {
            IDLE.offer(gcm);
        }
    }
}
