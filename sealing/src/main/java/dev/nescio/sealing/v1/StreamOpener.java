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

    /// Octets of content that a chunk has at most.
    public static final int CHUNK = StreamFormat.CHUNK;

    private final InputStream in;
    private final byte[] key;
    private final byte[] associatedData;
    private byte[] current = new byte[StreamFormat.SEALED_CHUNK];
    private byte[] next = new byte[StreamFormat.SEALED_CHUNK];
    private int nextLength;
    private long index;
    private boolean ended;
    private boolean failed;

    /// Reads the header and the first chunk.
    public StreamOpener(SealingKey key, AssociatedData associatedData, InputStream in)
            throws IOException, RejectedException {
        byte[] header = in.readNBytes(SealingKey.HEADER);
        this.in = in;
        this.nextLength = in.readNBytes(next, 0, next.length);
        if (header.length < SealingKey.HEADER || nextLength < StreamFormat.LEAST_LAST_CHUNK) {
            throw new RejectedException(Reason.MALFORMED);
        }
        this.key = key.streamKey(header);
        this.associatedData = associatedData.encode();
    }

    /// Writes the content of the next chunk to `out`.
    ///
    /// @param out at least [#CHUNK] octets; what lies behind the content afterwards means nothing
    /// @return the octets of content, 0 for a last chunk without any; -1 after the final chunk was verified
    /// @throws RejectedException if the stream was changed, cut, spliced or reordered; nothing more is
    /// released then
    public int readChunk(byte[] out) throws IOException, RejectedException {
        if (out.length < CHUNK) {
            throw new IllegalArgumentException("a chunk has up to " + CHUNK + " octets");
        }
        if (failed) {
            throw new RejectedException(Reason.DAMAGED);
        }
        if (ended) {
            return -1;
        }
        int length = nextLength;
        byte[] sealed = next;
        next = current;
        current = sealed;
        nextLength = length < StreamFormat.SEALED_CHUNK ? 0 : in.readNBytes(next, 0, next.length);
        boolean last = nextLength == 0;
        try {
            int opened = Gcm.open(key, StreamFormat.nonce(index, last), associatedData, sealed, 0, length, out);
            index++;
            if (!last) {
                return opened;
            }
            end();
            return Padding.contentLength(out, opened);
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
