package dev.nescio.sealing.v1;

import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.RejectedException.Reason;
import java.nio.ByteBuffer;

/// Measures of a stream (spec, section 7).
final class StreamFormat {

    /// Octets of content in every chunk but the last.
    static final int CHUNK = 65536;

    static final int SEALED_CHUNK = CHUNK + Gcm.TAG;
    static final int LEAST_LAST_CHUNK = Padding.LEAST + Gcm.TAG;
    static final long MOST_CHUNKS = 1L << 32;

    private StreamFormat() {}

    /// The chunk's index as 11 octets, then whether it is the last.
    static byte[] nonce(long index, boolean last) {
        if (index < 0 || index >= MOST_CHUNKS) {
            throw new IllegalStateException("a stream has at most 2^32 chunks");
        }
        return ByteBuffer.allocate(Gcm.NONCE)
                .putLong(3, index)
                .put(Gcm.NONCE - 1, (byte) (last ? 1 : 0))
                .array();
    }

    /// @return the number of chunks in a stream of `length` octets, the last one included
    static long chunks(long length) throws RejectedException {
        long body = length - SealingKey.HEADER;
        if (body < LEAST_LAST_CHUNK) {
            throw new RejectedException(Reason.MALFORMED);
        }
        long chunks = (body + SEALED_CHUNK - 1) / SEALED_CHUNK;
        long last = body - (chunks - 1) * SEALED_CHUNK;
        if (last < LEAST_LAST_CHUNK || chunks > MOST_CHUNKS) {
            throw new RejectedException(Reason.DAMAGED);
        }
        return chunks;
    }
}
