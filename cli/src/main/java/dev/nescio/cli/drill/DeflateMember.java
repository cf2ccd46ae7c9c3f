package dev.nescio.cli.drill;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// A gzip, zlib or zip member. Checksums at its end are not looked at: what was damaged at the end has leaked
/// all the same.
final class DeflateMember extends Member {

    private static final int FIRST_STEP = 64;

    /// More than any header: three fields of 65,535 bytes.
    private static final int LONGEST_HEADER = 200_000;

    private final Unpacking unpacking;
    private final Formats format;
    private final Inflater inflater;
    private byte[] header = new byte[FIRST_STEP];
    private int headerBytes;
    private boolean inBody;

    /// @param inflater of raw deflate data; goes back to `unpacking` on close
    DeflateMember(Unpacking unpacking, Formats format, Inflater inflater, Scan scan) {
        super(scan);
        this.unpacking = unpacking;
        this.format = format;
        this.inflater = inflater;
    }

    @Override
    State feed(byte[] data, int from, int to) {
        int at = from;
        while (!inBody) {
            int before = headerBytes;
            int more = Math.min(to - at, header.length - before);
            System.arraycopy(data, at, header, before, more);
            headerBytes += more;
            int length = format.headerLength(header, headerBytes);
            if (length == 0 || (length < 0 && headerBytes == LONGEST_HEADER)) {
                return State.BROKEN;
            } else if (length > 0) {
                inBody = true;
                at += length - before;
            } else if (at + more == to) {
                return State.GOES_ON;
            } else {
                at += more;
                header = Arrays.copyOf(header, Math.min(4 * header.length, LONGEST_HEADER));
            }
        }
        inflater.setInput(data, at, to - at);
        return inflate();
    }

    private State inflate() {
        while (true) {
            long before = inflater.getBytesWritten();
            boolean broken = false;
            try {
                inflater.inflate(scan().window(), scan().free(), scan().room());
            } catch (DataFormatException e) {
                broken = true; // what came out before the damage is searched below
            }
            int count = (int) (inflater.getBytesWritten() - before);
            if (count > 0) {
                if (!unpacking.mayUnpack(count)) {
                    return State.BROKEN;
                }
                scan().accept(count);
            }
            if (broken) {
                return State.BROKEN;
            } else if (inflater.finished()) {
                return State.COMPLETE;
            } else if (count == 0) {
                return State.GOES_ON;
            }
        }
    }

    @Override
    void close() {
        unpacking.giveBack(inflater);
    }
}
