package dev.nescio.cli.drill;

import dev.nescio.cli.drill.Needles.Needle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/// Finds thousands of byte strings at once, after Wu and Manber ("A fast algorithm for multi-pattern
/// searching", 1994): it looks at four bytes at a time and, where they occur in no needle's first eight,
/// goes on by five. Safe for use by many threads.
final class PatternTable {

    @FunctionalInterface
    interface Sink {
        void found(Needle needle, int at);
    }

    private static final int PREFIX = Needles.SHORTEST;
    private static final int BLOCK = Integer.BYTES;
    private static final int LAST_BLOCK = PREFIX - BLOCK;
    private static final int BITS = 17;
    private static final int SPREAD = 0x9E3779B1; // 2³² over the golden ratio: multiplying by it mixes the bits
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /// For each hash of four bytes: how far one may go on without passing the beginning of a needle.
    private final byte[] shifts = new byte[1 << BITS];

    /// For each hash of four bytes: the needles that have them at the end of their first eight.
    private final Needle[][] candidates = new Needle[1 << BITS][];

    PatternTable(List<Needle> needles) {
        Arrays.fill(shifts, (byte) (LAST_BLOCK + 1));
        for (Needle needle : needles) {
            byte[] pattern = needle.pattern();
            if (pattern.length < PREFIX) {
                throw new IllegalArgumentException(needle + " is too short");
            }
            for (int at = 0; at <= LAST_BLOCK; at++) {
                int hash = hash((int) INT.get(pattern, at));
                shifts[hash] = (byte) Math.min(shifts[hash], LAST_BLOCK - at);
            }
            int hash = hash((int) INT.get(pattern, LAST_BLOCK));
            Needle[] before = candidates[hash];
            int count = before == null ? 0 : before.length;
            candidates[hash] = count == 0 ? new Needle[1] : Arrays.copyOf(before, count + 1);
            candidates[hash][count] = needle;
        }
    }

    /// Reports each needle that lies within `from` and `to`.
    void search(byte[] data, int from, int to, Sink sink) {
        int at = from;
        while (at + PREFIX <= to) {
            int hash = hash((int) INT.get(data, at + LAST_BLOCK));
            int shift = shifts[hash];
            if (shift == 0) {
                compare(candidates[hash], data, at, to, sink);
                shift = 1;
            }
            at += shift;
        }
    }

    private static void compare(Needle[] needles, byte[] data, int at, int to, Sink sink) {
        for (Needle needle : needles) {
            byte[] pattern = needle.pattern();
            int end = at + pattern.length;
            if (end <= to && Arrays.equals(pattern, 0, pattern.length, data, at, end)) {
                sink.found(needle, at);
            }
        }
    }

    private static int hash(int block) {
        return (block * SPREAD) >>> (Integer.SIZE - BITS);
    }
}
