package dev.nescio.sealing.v1;

import dev.nescio.sealing.RejectedException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Padmé padding (spec, section 6; Nikitin and others, "Reducing Metadata Leakage from Encrypted Files and
/// Communication with PURBs", PETS 2019), so that the length of a sealed value says little about the length
/// of its content.
public final class Padding {

    /// The least length of padded content, in octets.
    public static final int LEAST = 64;

    static final byte MARK = (byte) 0x80;

    /// Padding is up to 32 KiB of zeros: eight at a time.
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private Padding() {}

    /// @return the length that content of `length` octets is padded to
    public static int paddedLength(int length) {
        int least = Math.max(Math.addExact(length, 1), LEAST);
        int exponent = 31 - Integer.numberOfLeadingZeros(least);
        int significant = 32 - Integer.numberOfLeadingZeros(exponent);
        int mask = (1 << (exponent - significant)) - 1;
        return Math.addExact(least, mask) & ~mask;
    }

    public static byte[] pad(byte[] content) {
        byte[] padded = Arrays.copyOf(content, paddedLength(content.length));
        padded[content.length] = MARK;
        return padded;
    }

    public static byte[] unpad(byte[] padded) throws RejectedException {
        return Arrays.copyOf(padded, contentLength(padded, padded.length));
    }

    /// @return the octets of content in the first `length` octets of `padded`
    static int contentLength(byte[] padded, int length) throws RejectedException {
        int mark = length - 1;
        while (mark >= Long.BYTES && (long) EIGHT.get(padded, mark - Long.BYTES + 1) == 0) {
            mark -= Long.BYTES;
        }
        while (mark >= 0 && padded[mark] == 0) {
            mark--;
        }
        if (mark < 0 || padded[mark] != MARK || paddedLength(mark) != length) {
            throw new RejectedException(RejectedException.Reason.DAMAGED);
        }
        return mark;
    }
}
