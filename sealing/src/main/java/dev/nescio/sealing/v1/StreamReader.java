package dev.nescio.sealing.v1;

import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.RejectedException.Reason;
import java.io.IOException;
import java.util.Arrays;

/// Random access to a stream (spec, section 7.1). The last chunk is opened first, so that a cut stream is
/// refused before anything is released. For one thread.
public final class StreamReader implements AutoCloseable {

    /// Where the sealed octets are.
    public interface Source {
        /// @return exactly `length` octets from `offset` on
        byte[] read(long offset, int length) throws IOException;
    }

    private final Source source;
    private final byte[] key;
    private final byte[] associatedData;
    private final long chunks;
    private final byte[] lastChunk;

    /// @param length octets of the whole stream
    public StreamReader(SealingKey key, AssociatedData associatedData, long length, Source source)
            throws IOException, RejectedException {
        this.chunks = StreamFormat.chunks(length);
        this.source = source;
        this.key = key.streamKey(exactly(source, 0, SealingKey.HEADER));
        this.associatedData = associatedData.encode();
        this.lastChunk = Padding.unpad(open(chunks - 1, (int) (length - offset(chunks - 1))));
    }

    /// @return octets of content in the whole stream
    public long length() {
        return (chunks - 1) * StreamFormat.CHUNK + lastChunk.length;
    }

    /// @return up to `length` octets of content from `position` on; fewer only at the end, none past it
    public byte[] read(long position, int length) throws IOException, RejectedException {
        if (position < 0 || length < 0) {
            throw new IllegalArgumentException("position and length are not negative");
        }
        int wanted = Math.clamp(length() - position, 0, length);
        byte[] out = new byte[wanted];
        int filled = 0;
        while (filled < wanted) {
            long at = position + filled;
            byte[] chunk = chunk(at / StreamFormat.CHUNK);
            int from = (int) (at % StreamFormat.CHUNK);
            int some = Math.min(wanted - filled, chunk.length - from);
            System.arraycopy(chunk, from, out, filled, some);
            filled += some;
        }
        return out;
    }

    private byte[] chunk(long index) throws IOException, RejectedException {
        return index == chunks - 1 ? lastChunk : open(index, StreamFormat.SEALED_CHUNK);
    }

    private byte[] open(long index, int length) throws IOException, RejectedException {
        byte[] sealed = exactly(source, offset(index), length);
        byte[] opened = new byte[length - Gcm.TAG];
        Gcm.open(key, StreamFormat.nonce(index, index == chunks - 1), associatedData, sealed, 0, length, opened);
        return opened;
    }

    private static byte[] exactly(Source source, long offset, int length) throws IOException, RejectedException {
        byte[] octets = source.read(offset, length);
        if (octets.length != length) {
            throw new RejectedException(Reason.DAMAGED);
        }
        return octets;
    }

    private static long offset(long index) {
        return SealingKey.HEADER + index * StreamFormat.SEALED_CHUNK;
    }

    @Override
    public void close() {
        Arrays.fill(key, (byte) 0);
        Arrays.fill(lastChunk, (byte) 0);
    }
}
