package dev.nescio.cli.drill;

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
        FIRST['x'] = true;
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
            // The usual window of 32 KiB; the second byte makes a multiple of 31 and asks for no dictionary.
            case 'x' ->
                left >= 2 && (('x' << 8) | (data[at + 1] & 0xff)) % 31 == 0 && (data[at + 1] & 0x20) == 0 ? ZLIB : null;
            case 'P' -> left >= 4 && data[at + 1] == 'K' && data[at + 2] == 3 && data[at + 3] == 4 ? ZIP : null;
            default ->
                left >= 4 && data[at + 1] == (byte) 0xb5 && data[at + 2] == (byte) 0x2f && data[at + 3] == (byte) 0xfd
                        ? ZSTD
                        : null;
        };
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
