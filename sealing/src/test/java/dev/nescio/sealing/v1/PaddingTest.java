package dev.nescio.sealing.v1;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.sealing.RejectedException;
import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PaddingTest {

    private static final int MOST = 1 << 28;

    @Property
    void roundTrips(@ForAll @Size(max = 5000) byte[] content) throws RejectedException {
        byte[] padded = Padding.pad(content);
        assertEquals(Padding.paddedLength(content.length), padded.length);
        assertArrayEquals(content, Padding.unpad(padded));
    }

    @Property
    void growsWithTheContent(@ForAll @IntRange(max = MOST) int length) {
        assertTrue(Padding.paddedLength(length) > length);
        assertTrue(Padding.paddedLength(length) >= Padding.LEAST);
        assertTrue(Padding.paddedLength(length + 1) >= Padding.paddedLength(length));
    }

    /// Nikitin and others, section 4.4: at most 12 %, and less the longer the content.
    @Property
    void addsAtMostTwelvePercent(@ForAll @IntRange(min = 63, max = MOST) int length) {
        double unpadded = length + 1;
        assertTrue(Padding.paddedLength(length) <= 1.12 * unpadded);
        if (length > 1 << 20) {
            assertTrue(Padding.paddedLength(length) <= 1.032 * unpadded);
        }
    }

    @Property
    void aPaddedLengthIsPaddedToItself(@ForAll @IntRange(max = MOST) int length) {
        int padded = Padding.paddedLength(length);
        assertEquals(padded, Padding.paddedLength(padded - 1));
    }

    @Test
    void fewLengthsRemain() {
        long lengths = IntStream.range(0, 1 << 20)
                .map(Padding::paddedLength)
                .distinct()
                .count();
        assertTrue(lengths < 300, lengths + " lengths");
    }

    @Test
    void lengthsThatDoNotFitAreRefused() {
        assertThrows(ArithmeticException.class, () -> Padding.paddedLength(Integer.MAX_VALUE));
        assertThrows(ArithmeticException.class, () -> Padding.paddedLength(Integer.MAX_VALUE - 1));
    }

    @Provide
    Arbitrary<byte[]> nearlyPadded() {
        return Arbitraries.of((byte) 0, (byte) 0x80, (byte) 1)
                .array(byte[].class)
                .ofMaxSize(80);
    }

    @Property
    void onlyPaddedContentIsUnpadded(@ForAll("nearlyPadded") byte[] bytes) {
        byte[] content;
        try {
            content = Padding.unpad(bytes);
        } catch (RejectedException e) {
            assertEquals(RejectedException.Reason.DAMAGED, e.reason());
            return;
        }
        assertArrayEquals(bytes, Padding.pad(content));
    }

    @Property
    void paddingOfAnotherLengthIsRefused(@ForAll @Size(max = 300) byte[] content, @ForAll @IntRange(max = 400) int n) {
        byte[] padded = Padding.pad(content);
        byte[] other = Arrays.copyOf(padded, n);
        boolean cutsContent = n <= content.length;
        if (n != padded.length && !cutsContent) {
            assertThrows(RejectedException.class, () -> Padding.unpad(other));
        }
    }
}
