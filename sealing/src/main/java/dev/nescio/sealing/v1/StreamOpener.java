package dev.nescio.sealing.v1;

import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.RejectedException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// Opens a stream (spec, section 7) from its start, in constant memory. For one thread.
///
/// A chunk's octets are released only after its tag was verified. The end of the input without a final
/// chunk is a failure.
public final class StreamOpener implements AutoCloseable {

    private static final byte[] NONE = {};

    private final InputStream in;
    private final byte[] key;
    private final byte[] associatedData;
    private byte[] next;
    private long index;
    private boolean ended;
    private boolean failed;

    /// Reads the header and the first chunk.
    public StreamOpener(SealingKey key, AssociatedData associatedData, InputStream in)
            throws IOException, RejectedException {
        byte[] header = in.readNBytes(SealingKey.HEADER);
        this.in = in;
        this.next = in.readNBytes(StreamFormat.SEALED_CHUNK);
        if (header.length < SealingKey.HEADER || next.length < StreamFormat.LEAST_LAST_CHUNK) {
            throw new RejectedException(Reason.MALFORMED);
        }
        this.key = key.streamKey(header);
        this.associatedData = associatedData.encode();
    }

    /// @return the content of the next chunk, or null after the final chunk was verified
    /// @throws RejectedException if the stream was changed, cut, spliced or reordered; nothing more is
    /// released then
    public byte[] readChunk() throws IOException, RejectedException {
        if (failed) {
            throw new RejectedException(Reason.DAMAGED);
        }
        if (ended) {
            return null;
        }
        byte[] current = next;
        next = current.length < StreamFormat.SEALED_CHUNK ? NONE : in.readNBytes(StreamFormat.SEALED_CHUNK);
        boolean last = next.length == 0;
        try {
            byte[] opened = Gcm.open(key, StreamFormat.nonce(index, last), associatedData, current, 0, current.length);
            index++;
            if (!last) {
                return opened;
            }
            end();
            return Padding.unpad(opened);
        } catch (RejectedException e) {
            end();
            failed = true;
            throw e;
        }
    }

    private void end() {
        ended = true;
        Arrays.fill(key, (byte) 0);
    }

    /// Wipes the key. Does not close the stream below.
    @Override
    public void close() {
        failed |= !ended;
        end();
    }
}
