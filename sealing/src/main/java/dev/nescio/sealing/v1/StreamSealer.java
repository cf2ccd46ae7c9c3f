package dev.nescio.sealing.v1;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Seals content of any size as a stream (spec, section 7) in constant memory: one chunk of plaintext, one
/// of ciphertext.
///
/// Only [#finish] writes the last chunk. Closing without it leaves a stream that no reader accepts, so that
/// content whose source failed half way never looks whole. A failed write ends the stream. For one thread.
public final class StreamSealer extends OutputStream {

    private final OutputStream out;
    private final byte[] key;
    private final byte[] associatedData;
    private final byte[] plaintext = new byte[StreamFormat.CHUNK];
    private final byte[] ciphertext = new byte[StreamFormat.SEALED_CHUNK];
    private int filled;
    private long index;
    private boolean ended;

    /// Writes the header at once, under a fresh salt: every attempt to seal is a new stream.
    ///
    /// @param random a cryptographically strong source
    public StreamSealer(SealingKey key, AssociatedData associatedData, RandomGenerator random, OutputStream out)
            throws IOException {
        byte[] header = key.streamHeader(random);
        try {
            this.key = key.streamKey(header);
        } catch (dev.nescio.sealing.RejectedException e) {
            throw new IllegalStateException("a key rejects the header that it made", e);
        }
        this.associatedData = associatedData.encode();
        this.out = out;
        out.write(header);
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (ended) {
            throw new IOException("this stream has ended");
        }
        int at = offset;
        int left = length;
        while (left > 0) {
            int some = Math.min(left, StreamFormat.CHUNK - filled);
            if (some == StreamFormat.CHUNK) {
                writeChunk(bytes, at, some, false);
            } else {
                System.arraycopy(bytes, at, plaintext, filled, some);
                filled += some;
            }
            at += some;
            left -= some;
            if (filled == StreamFormat.CHUNK) {
                writeChunk(plaintext, 0, filled, false);
                filled = 0;
            }
        }
    }

    /// Writes the last chunk. Does not close the stream below.
    public void finish() throws IOException {
        if (ended) {
            throw new IOException("this stream has ended");
        }
        int padded = Padding.paddedLength(filled);
        Arrays.fill(plaintext, filled, padded, (byte) 0);
        plaintext[filled] = Padding.MARK;
        writeChunk(plaintext, 0, padded, true);
        end();
        out.flush();
    }

    private void writeChunk(byte[] from, int at, int length, boolean last) throws IOException {
        boolean written = false;
        try {
            Gcm.seal(key, StreamFormat.nonce(index, last), associatedData, from, at, length, ciphertext, 0);
            out.write(ciphertext, 0, length + Gcm.TAG);
            index++;
            written = true;
        } finally {
            if (!written) { // Trying again would seal something else under the same nonce.
                end();
            }
        }
    }

    private void end() {
        ended = true;
        Arrays.fill(plaintext, (byte) 0);
        Arrays.fill(key, (byte) 0);
    }

    /// Wipes what is held. Without [#finish] before, the stream stays cut off and does not open. Does not
    /// close the stream below.
    @Override
    public void close() {
        if (!ended) {
            end();
        }
    }
}
