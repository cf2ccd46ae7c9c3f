package dev.nescio.sealing.v1;

import dev.nescio.sealing.RejectedException;
import java.util.Arrays;

/// Padmé padding (spec, section 6; Nikitin and others, "Reducing Metadata Leakage from Encrypted Files and
/// Communication with PURBs", PETS 2019), so that the length of a sealed value says little about the length
/// of its content.
public final class Padding {

    /// The least length of padded content, in octets.
    public static final int LEAST = 64;

    private static final byte MARK = (byte) 0x80;

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
        byte[] padded = new byte[paddedLength(content.length)];
        pad(content, padded, 0);
        return padded;
    }

    /// Writes padded content into zeros.
    static void pad(byte[] content, byte[] zeros, int at) {
        System.arraycopy(content, 0, zeros, at, content.length);
        zeros[at + content.length] = MARK;
    }

    public static byte[] unpad(byte[] padded) throws RejectedException {
        return Arrays.copyOf(padded, contentLength(padded, padded.length));
    }

    /// @return the octets of content in the first `length` octets of `padded`
    static int contentLength(byte[] padded, int length) throws RejectedException {
        int mark = length - 1;
        while (mark >= 0 && padded[mark] == 0) {
            mark--;
        }
        if (mark < 0 || padded[mark] != MARK || paddedLength(mark) != length) {
            throw new RejectedException(RejectedException.Reason.DAMAGED);
        }
        return mark;
    }
}
