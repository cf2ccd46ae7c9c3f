package dev.nescio.cli.drill;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Compressed formats that are recognised anywhere in a stream, by how they begin.
enum Formats {
    GZIP("gzip", 3),
    ZLIB("zlib", 2),
    ZIP("zip", 4),
    ZSTD("zstd", 4);

    @FunctionalInterface
    interface Sink {
        void found(Formats format, int at);
    }

    /// Marks the bytes that a member can begin with.
    private static final boolean[] FIRST = new boolean[1 << Byte.SIZE];

    static {
        FIRST[0x1f] = true;
        for (int window = 0; window <= 7; window++) {
            FIRST[window << 4 | 8] = true;
        }
        FIRST['P'] = true;
        FIRST[0x28] = true;
    }

    private static final int LONGEST = 4;

    private final String text;
    private final int length;

    Formats(String text, int length) {
        this.text = text;
        this.length = length;
    }

    String text() {
        return text;
    }

    /// Reports every member whose first bytes lie before `to` and do not all lie before `passed`.
    static void find(byte[] data, int passed, int to, Sink sink) {
        for (int at = Math.max(0, passed - LONGEST + 1); at < to; at++) {
            if (FIRST[data[at] & 0xff]) {
                Formats format = at(data, at, to);
                if (format != null && at + format.length > passed) {
                    sink.found(format, at);
                }
            }
        }
    }

    private static Formats at(byte[] data, int at, int to) {
        int left = to - at;
        return switch (data[at]) {
            case 0x1f -> left >= 3 && data[at + 1] == (byte) 0x8b && data[at + 2] == 8 ? GZIP : null;
            case 0x08, 0x18, 0x28, 0x38, 0x48, 0x58, 0x68, 0x78 -> zlibOrZstd(data, at, to);
            case 'P' -> left >= 4 && data[at + 1] == 'K' && data[at + 2] == 3 && data[at + 3] == 4 ? ZIP : null;
            default -> null;
        };
    }

    /// The first byte of zlib is the method (8) and the window (256 bytes to 32 KiB); the second makes a
    /// multiple of 31 and asks for no dictionary (RFC 1950, section 2.2). zstd begins like one of them.
    private static Formats zlibOrZstd(byte[] data, int at, int to) {
        int left = to - at;
        if (data[at] == 0x28
                && left >= 4
                && data[at + 1] == (byte) 0xb5
                && data[at + 2] == (byte) 0x2f
                && data[at + 3] == (byte) 0xfd) {
            return ZSTD;
        }
        boolean header = left >= 2 && ((data[at] << 8) | (data[at + 1] & 0xff)) % 31 == 0 && (data[at + 1] & 0x20) == 0;
        return header && canBeDeflated(data, at + 2, to) ? ZLIB : null;
    }

    /// Whether a first block can begin so, as far as it is here (RFC 1951, section 3.2.3). Machine code is full
    /// of what looks like a header of zlib, and unpacking that would take its time.
    private static boolean canBeDeflated(byte[] data, int at, int to) {
        if (at >= to) {
            return true;
        }
        int type = data[at] >> 1 & 3;
        if (type == 0 && to - at >= 5) {
            return littleEndian(data, at + 1) == (~littleEndian(data, at + 3) & 0xffff);
        }
        return type < 2 || (type == 2 && (to - at < 10 || hasDynamicCodes(data, at)));
    }

    /// Section 3.2.7: the code of the code lengths leaves nothing over.
    private static boolean hasDynamicCodes(byte[] data, int at) {
        long bits = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).getLong(at);
        long lengths = bits >>> 17 | (long) littleEndian(data, at + 8) << 47;
        int space = 0;
        for (long left = 4 + (bits >>> 13 & 15); left > 0; left--) {
            int length = (int) (lengths & 7);
            space += length == 0 ? 0 : 128 >> length;
            lengths >>>= 3;
        }
        return (bits >>> 3 & 31) < 30 && (bits >>> 8 & 31) < 30 && space == 128;
    }

    /// The number of bytes before the deflated data of a gzip, zlib or zip member.
    ///
    /// @param head how the member begins
    /// @return -1 when `length` bytes are too few to tell, 0 when it holds no deflated data
    int headerLength(byte[] head, int length) {
        return switch (this) {
            case GZIP -> gzipHeader(head, length);
            case ZLIB -> length < 2 ? -1 : 2;
            case ZIP -> zipHeader(head, length);
            case ZSTD -> throw new IllegalStateException("zstd reads its own header");
        };
    }

    /// RFC 1952, section 2.3.
    private static int gzipHeader(byte[] head, int length) {
        int at = 10;
        if (length < at) {
            return -1;
        }
        int flags = head[3];
        if ((flags & 0xe0) != 0) {
            return 0;
        }
        if ((flags & 4) != 0) {
            if (length < at + 2) {
                return -1;
            }
            at += 2 + littleEndian(head, at);
        }
        int texts = Integer.bitCount(flags & (8 | 16)); // name and comment, each ended by a zero
        for (int text = 0; text < texts; text++) {
            while (at < length && head[at] != 0) {
                at++;
            }
            at++;
        }
        at += flags & 2;
        return at > length ? -1 : at;
    }

    /// APPNOTE 6.3.10, section 4.3.7; only method 8 is deflate. Data that is stored lies open, and zstd in
    /// zip begins as it does elsewhere.
    private static int zipHeader(byte[] head, int length) {
        int fixed = 30;
        if (length < fixed) {
            return -1;
        }
        if (littleEndian(head, 8) != 8) {
            return 0;
        }
        int header = fixed + littleEndian(head, 26) + littleEndian(head, 28);
        return header > length ? -1 : header;
    }

    private static int littleEndian(byte[] bytes, int at) {
        return (bytes[at] & 0xff) | ((bytes[at + 1] & 0xff) << 8);
    }
}
