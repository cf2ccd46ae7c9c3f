package dev.nescio.cli.drill;

import dev.nescio.cli.drill.Needles.Needle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.zip.Inflater;

/// What the scans of one place share: what they look for, how much they may still unpack, and buffers and
/// inflaters to use again. For one thread.
final class Unpacking implements AutoCloseable {

    private static final int OUTER_WINDOW = 1 << 20;
    private static final int INNER_WINDOW = 1 << 16;
    private static final int LEAST_MEMBER = 16;

    private final Place place;
    private final PatternTable table;
    private final int longest;
    private final Limits limits;
    private final Findings findings;
    private final long end;
    private final Deque<byte[]> windows = new ArrayDeque<>();
    private final Deque<Inflater> inflaters = new ArrayDeque<>();
    private final Scan outermost;

    private int open;
    private long unpacked;
    private long members;
    private boolean stopped;
    private boolean crowded;

    Unpacking(Place place, PatternTable table, int longest, Limits limits, Findings findings) {
        this.place = place;
        this.table = table;
        this.longest = longest;
        this.limits = limits;
        this.findings = findings;
        this.end = System.nanoTime() + limits.time().toNanos();
        this.outermost = new Scan(this, List.of(), new byte[OUTER_WINDOW + 2 * longest]);
    }

    Scan outermost() {
        return outermost;
    }

    PatternTable table() {
        return table;
    }

    int longest() {
        return longest;
    }

    Limits limits() {
        return limits;
    }

    long unpacked() {
        return unpacked;
    }

    /// Members that were unpacked to their end. A few bytes can be one by chance and do not count.
    long members() {
        return members;
    }

    void found(List<Hit.Member> inside, long offset, Needle needle) {
        findings.add(new Hit(place, inside, offset, needle.secret(), needle.encoding()));
    }

    /// @return null when nothing more may be unpacked now
    Member begin(Scan around, Formats format, long at) {
        if (stopped) {
            return null;
        }
        if (open >= limits.open()) {
            if (!crowded) {
                crowded = true;
                gap("more than " + limits.open() + " compressed members were open at once");
            }
            return null;
        }
        open++;
        List<Hit.Member> inside = new ArrayList<>(around.inside());
        inside.add(new Hit.Member(format.text(), at));
        byte[] window = windows.isEmpty() ? new byte[INNER_WINDOW + 2 * longest] : windows.pop();
        Scan scan = new Scan(this, List.copyOf(inside), window);
        if (format == Formats.ZSTD) {
            return new ZstdMember(this, scan);
        }
        Inflater inflater = inflaters.isEmpty() ? new Inflater(true) : inflaters.pop();
        return new DeflateMember(this, format, inflater, scan);
    }

    /// @return whether the member goes on; if not, it is closed
    boolean feed(Member member, byte[] data, int from, int to) {
        return switch (member.feed(data, from, to)) {
            case GOES_ON -> true;
            case COMPLETE -> {
                if (member.scan().searched() >= LEAST_MEMBER) {
                    members++;
                }
                end(member);
                yield false;
            }
            case BROKEN -> {
                end(member);
                yield false;
            }
        };
    }

    void end(Member member) {
        member.close();
        member.scan().close();
        windows.push(member.scan().window());
        open--;
    }

    void giveBack(Inflater inflater) {
        inflater.reset();
        inflaters.push(inflater);
    }

    /// Counts bytes that came out of a member, and says whether they may still be searched.
    boolean mayUnpack(int bytes) {
        unpacked += bytes;
        if (!stopped && (unpacked > limits.unpacked() || System.nanoTime() > end)) {
            stopped = true;
            gap(
                    unpacked > limits.unpacked()
                            ? "what is compressed in it becomes more than " + limits.unpacked() + " bytes"
                            : "unpacking took longer than " + limits.time().toSeconds() + " s");
        }
        return !stopped;
    }

    private void gap(String why) {
        findings.gap(place.kind().text() + " " + place.name() + ": not everything compressed was searched: " + why);
    }

    @Override
    public void close() {
        outermost.close();
        inflaters.forEach(Inflater::end);
    }
}
