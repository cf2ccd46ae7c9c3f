package dev.nescio.keys;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Limits;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.Sha256;
import java.nio.ByteBuffer;

/// Reads the fields of a manifest or a container list in order (spec, sections 8.3 and 8.4).
final class RecordReader {

    static final byte VERSION = 1;

    private final ByteBuffer in;

    RecordReader(byte[] content, int length) throws RejectedException {
        if (content.length > 0 && content[0] != VERSION) {
            throw new RejectedException(RejectedException.Reason.UNSUPPORTED_VERSION);
        }
        if (content.length != length) {
            throw new RejectedException(RejectedException.Reason.MALFORMED);
        }
        in = ByteBuffer.wrap(content, 1, length - 1);
    }

    /// A number of things, which may be none.
    long count() throws RejectedException {
        return number(0);
    }

    /// A counter or a version, which start at 1.
    long counter() throws RejectedException {
        return number(1);
    }

    private long number(long least) throws RejectedException {
        long number = in.getLong();
        if (number < least || number > Limits.MAX_NUMBER) {
            throw new RejectedException(RejectedException.Reason.MALFORMED);
        }
        return number;
    }

    Bytes hash() {
        byte[] hash = new byte[Sha256.LENGTH];
        in.get(hash);
        return Bytes.copyOf(hash);
    }
}
