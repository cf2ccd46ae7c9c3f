package dev.nescio.cli.drill;

/// One compressed member that is being unpacked while the stream around it passes by.
abstract sealed class Member permits DeflateMember, ZstdMember {

    /// What becomes of a member with what it was fed.
    enum State {
        GOES_ON,
        COMPLETE,
        /// Damaged, or never one: four bytes in a mebibyte look like the beginning of one.
        BROKEN
    }

    private final Scan scan;

    /// @param scan searches what comes out
    Member(Scan scan) {
        this.scan = scan;
    }

    Scan scan() {
        return scan;
    }

    /// Unpacks and searches all that can be with the bytes from `from` to `to`.
    abstract State feed(byte[] data, int from, int to);

    abstract void close();
}
