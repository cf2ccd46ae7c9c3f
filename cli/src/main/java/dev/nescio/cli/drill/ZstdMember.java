package dev.nescio.cli.drill;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;

/// A frame of Zstandard (RFC 8878).
final class ZstdMember extends Member {

    private final Unpacking unpacking;
    private final ZstdDecompressCtx context = new ZstdDecompressCtx();

    ZstdMember(Unpacking unpacking, Scan scan) {
        super(scan);
        this.unpacking = unpacking;
    }

    @Override
    State feed(byte[] data, int from, int to) {
        ByteBuffer in = ByteBuffer.wrap(data, from, to - from);
        while (true) {
            ByteBuffer out = ByteBuffer.wrap(scan().window(), scan().free(), scan().room());
            int left = in.remaining();
            boolean complete;
            try {
                complete = context.decompressByteBufferStream(out, in);
            } catch (ZstdException e) {
                return State.BROKEN;
            }
            int count = out.position() - scan().free();
            if (count > 0) {
                if (!unpacking.mayUnpack(count)) {
                    return State.BROKEN;
                }
                scan().accept(count);
            }
            if (complete) {
                return State.COMPLETE;
            } else if (count == 0 && in.remaining() == left) {
                return State.GOES_ON;
            }
        }
    }

    @Override
    void close() {
        context.close();
    }
}
