package dev.nescio.cli.drill;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/// The search of one stream of bytes, plain or unpacked: a window slides over it and keeps so much of what
/// it has passed that no needle is cut in two.
///
/// Bytes are written to the window's free end ([#window], [#free]) and then [#accept]ed. Members that begin
/// in them get a [Member] each, which is fed from there on.
final class Scan {

    private final Unpacking unpacking;
    private final List<Hit.Member> inside;
    private final byte[] window;
    private final int carry;
    private final List<Member> members = new ArrayList<>(0);

    /// The offset in the stream of the window's first byte.
    private long start;

    /// How many bytes at the window's beginning have been searched before.
    private int passed;

    /// @param window longer than twice the longest needle
    Scan(Unpacking unpacking, List<Hit.Member> inside, byte[] window) {
        this.unpacking = unpacking;
        this.inside = inside;
        this.window = window;
        this.carry = unpacking.longest() - 1;
    }

    byte[] window() {
        return window;
    }

    /// Where the next bytes go.
    int free() {
        return passed;
    }

    /// How many of them have room.
    int room() {
        return window.length - passed;
    }

    /// How many bytes have been searched.
    long searched() {
        return start + passed;
    }

    List<Hit.Member> inside() {
        return inside;
    }

    /// @return how many bytes were read and searched, -1 at the end
    int readFrom(InputStream in) throws IOException {
        int read = in.readNBytes(window, passed, room());
        if (read == 0) {
            return -1;
        }
        accept(read);
        return read;
    }

    /// Searches the next bytes, which stand in the window from [#free] on.
    void accept(int count) {
        int end = passed + count;
        unpacking.table().search(window, 0, end, (needle, at) -> {
            if (at + needle.pattern().length > passed) {
                unpacking.found(inside, start + at, needle);
            }
        });
        members.removeIf(member -> !unpacking.feed(member, window, passed, end));
        if (inside.size() < unpacking.limits().depth()) {
            Formats.find(window, passed, end, (format, at) -> begin(format, at, end));
        }
        slide(end);
    }

    private void begin(Formats format, int at, int end) {
        Member member = unpacking.begin(this, format, start + at);
        if (member != null && unpacking.feed(member, window, at, end)) {
            members.add(member);
        }
    }

    private void slide(int end) {
        int kept = Math.min(end, carry);
        System.arraycopy(window, end - kept, window, 0, kept);
        start += end - kept;
        passed = kept;
    }

    /// Gives back what this and the members in it have taken.
    void close() {
        members.forEach(unpacking::end);
        members.clear();
    }
}
