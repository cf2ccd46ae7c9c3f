package dev.nescio.sealing.v1;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.RejectedException.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Streams (spec, section 7) against whoever stores them: H12. Both readers, the one from the start and the
/// one with random access, face the same broken streams.
class StreamTest {

    static final int CHUNK = StreamFormat.CHUNK;
    private static final int SEALED = StreamFormat.SEALED_CHUNK;
    private static final int HEADER = SealingKey.HEADER;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final SealingKey KEY = SealingKey.generate(RANDOM);

    /// Three whole chunks and a last one of 1000 octets.
    private static final byte[] CONTENT = random(3 * CHUNK + 1000);

    private static final byte[] STREAM = seal(KEY, Places.ONE, CONTENT);
    private static final byte[] SAME_AGAIN = seal(KEY, Places.ONE, CONTENT);

    @Provide
    Arbitrary<Integer> lengths() {
        return Arbitraries.oneOf(
                Arbitraries.integers().between(0, 200),
                Arbitraries.integers().between(CHUNK - 70, CHUNK + 70),
                Arbitraries.of(2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 1),
                Arbitraries.integers().between(0, 3 * CHUNK));
    }

    @Property(tries = 60)
    void roundTrips(@ForAll("lengths") int length, @ForAll @Size(max = 4) List<@IntRange(max = 3 * CHUNK) Integer> cuts)
            throws Exception {
        byte[] content = random(length);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (StreamSealer sealer = new StreamSealer(KEY, Places.ONE, RANDOM, out)) {
            int from = 0;
            for (int cut : cuts.stream().sorted().filter(at -> at < length).toList()) {
                sealer.write(content, from, cut - from);
                from = cut;
            }
            if (from < length) {
                sealer.write(content[from]);
                sealer.write(content, from + 1, length - from - 1);
            }
            sealer.finish();
        }
        byte[] stream = out.toByteArray();
        int chunks = length / CHUNK;
        assertEquals(HEADER + chunks * (long) SEALED + Padding.paddedLength(length % CHUNK) + Gcm.TAG, stream.length);
        ByteArrayOutputStream opened = new ByteArrayOutputStream();
        readAll(Places.ONE, stream, opened);
        assertArrayEquals(content, opened.toByteArray());
        try (StreamReader reader = reader(Places.ONE, stream)) {
            assertEquals(length, reader.length());
            assertArrayEquals(content, reader.read(0, length));
        }
    }

    @Property(tries = 100)
    void readsAnyPart(
            @ForAll @IntRange(max = 3 * CHUNK + 2000) int position, @ForAll @IntRange(max = 2 * CHUNK) int length)
            throws Exception {
        try (StreamReader reader = reader(Places.ONE, STREAM)) {
            int from = Math.min(position, CONTENT.length);
            byte[] expected = Arrays.copyOfRange(CONTENT, from, Math.min(from + length, CONTENT.length));
            assertArrayEquals(expected, reader.read(position, length));
        }
    }

    @Test
    void readsNothingPastTheEndAndRefusesNonsense() throws Exception {
        try (StreamReader reader = reader(Places.ONE, STREAM)) {
            assertEquals(0, reader.read(CONTENT.length, 10).length);
            assertEquals(0, reader.read(Long.MAX_VALUE, 10).length);
            assertEquals(0, reader.read(0, 0).length);
            assertThrows(IllegalArgumentException.class, () -> reader.read(-1, 10));
            assertThrows(IllegalArgumentException.class, () -> reader.read(0, -1));
        }
    }

    // ---- broken streams -------------------------------------------------------------------------------

    record Broken(String name, Bytes sealed) {

        Broken(String name, byte[] stream) {
            this(name, Bytes.copyOf(stream));
        }

        byte[] stream() {
            return sealed.toArray();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /// Every way to put the pieces of [#STREAM] and [#SAME_AGAIN] together wrongly.
    static Stream<Broken> broken() {
        List<byte[]> chunks = chunks(STREAM);
        List<byte[]> others = chunks(SAME_AGAIN);
        byte[] header = Arrays.copyOf(STREAM, HEADER);
        List<Broken> broken = new ArrayList<>();
        for (int i = 0; i < chunks.size(); i++) {
            int end = i == chunks.size() - 1 ? STREAM.length : HEADER + (i + 1) * SEALED;
            for (int cut : new int[] {end - 1, end - 16, end - 17, end - 80, end - 81, HEADER + i * SEALED + 1}) {
                broken.add(new Broken("cut to " + cut, Arrays.copyOf(STREAM, cut)));
            }
            broken.add(new Broken("cut before chunk " + i, Arrays.copyOf(STREAM, HEADER + i * SEALED)));
            broken.add(new Broken("without chunk " + i, joined(header, without(chunks, i))));
            broken.add(new Broken("with chunk " + i + " of another", joined(header, with(chunks, i, others.get(i)))));
            broken.add(new Broken("another after " + i, joined(header, spliced(chunks, others, i))));
            for (int j = 0; j < chunks.size(); j++) {
                broken.add(new Broken("chunk " + j + " again at " + i, joined(header, inserted(chunks, i, j))));
                if (i < j) {
                    broken.add(new Broken(
                            "chunks " + i + " and " + j + " exchanged", joined(header, swapped(chunks, i, j))));
                }
            }
        }
        broken.add(new Broken("the header of another", joined(Arrays.copyOf(SAME_AGAIN, HEADER), chunks)));
        broken.add(new Broken("an octet more", Arrays.copyOf(STREAM, STREAM.length + 1)));
        broken.add(new Broken("twice", joined(STREAM, chunks)));
        for (int bit : new int[] {0, HEADER - 1, HEADER, HEADER + SEALED - 1, HEADER + SEALED, STREAM.length - 1}) {
            broken.add(new Broken("octet " + bit + " changed", flipped(STREAM, 8 * bit)));
        }
        // "An exchange" of a chunk for itself in effect is none.
        broken.removeIf(candidate -> Arrays.equals(candidate.stream(), STREAM));
        return broken.stream();
    }

    @ParameterizedTest
    @MethodSource("broken")
    void brokenStreamFailsFromTheStart(Broken broken) {
        ByteArrayOutputStream released = new ByteArrayOutputStream();
        assertThrows(RejectedException.class, () -> readAll(Places.ONE, broken.stream(), released));
        assertSoundPrefix(broken.stream(), released.toByteArray());
    }

    @ParameterizedTest
    @MethodSource("broken")
    void brokenStreamFailsWithRandomAccess(Broken broken) {
        ByteArrayOutputStream released = new ByteArrayOutputStream();
        assertThrows(RejectedException.class, () -> {
            try (StreamReader reader = reader(Places.ONE, broken.stream())) {
                for (long at = 0; at < reader.length(); at += 1000) {
                    released.writeBytes(reader.read(at, 1000));
                }
            }
        });
        assertSoundPrefix(broken.stream(), released.toByteArray());
    }

    /// Whatever was released is content, and of chunks that are whole and in place.
    private static void assertSoundPrefix(byte[] stream, byte[] released) {
        assertTrue(released.length <= CONTENT.length);
        assertTrue(Arrays.equals(CONTENT, 0, released.length, released, 0, released.length), "content was changed");
        int wholeChunks = 0;
        while (wholeChunks < 3 && sameChunk(stream, wholeChunks)) {
            wholeChunks++;
        }
        assertTrue(released.length <= wholeChunks * CHUNK, "released " + released.length);
    }

    private static boolean sameChunk(byte[] stream, int index) {
        int from = index == 0 ? 0 : HEADER + index * SEALED;
        int to = HEADER + (index + 1) * SEALED;
        return stream.length > to && Arrays.equals(STREAM, from, to, stream, from, to);
    }

    /// Every bit where a check begins or ends: the header, the edges of each chunk, each tag.
    @Test
    void everyFlippedBitOfTheHeaderTheTagsAndTheEdgesOfChunksIsNoticed() {
        assertBitsAreNoticed(0, HEADER);
        for (int i = 0; i < 4; i++) {
            int from = HEADER + i * SEALED;
            int tag = Math.min(STREAM.length, from + SEALED) - Gcm.TAG;
            assertBitsAreNoticed(from, from + 32);
            assertBitsAreNoticed(tag - 32, tag + Gcm.TAG);
        }
    }

    /// From the start, which takes all chunks before, one bit of each octet; with random access every bit.
    private static void assertBitsAreNoticed(int from, int to) {
        for (int octet = from; octet < to; octet++) {
            assertNoticedFromTheStart(8 * octet + octet % 8);
            for (int bit = 8 * octet; bit < 8 * octet + 8; bit++) {
                assertNoticedWithRandomAccess(bit);
            }
        }
    }

    @Provide
    Arbitrary<Integer> bits() {
        return Arbitraries.integers().between(0, 8 * STREAM.length - 1);
    }

    @Property(tries = 100)
    void anyFlippedBitOfFourChunksIsNoticed(@ForAll("bits") int bit) {
        assertNoticedFromTheStart(bit);
        assertNoticedWithRandomAccess(bit);
    }

    private static void assertNoticedFromTheStart(int bit) {
        byte[] flipped = flipped(STREAM, bit);
        ByteArrayOutputStream released = new ByteArrayOutputStream();
        assertThrows(RejectedException.class, () -> readAll(Places.ONE, flipped, released), () -> "bit " + bit);
        assertSoundPrefix(flipped, released.toByteArray());
    }

    private static void assertNoticedWithRandomAccess(int bit) {
        byte[] flipped = flipped(STREAM, bit);
        long chunk = Math.max(0, (bit / 8 - HEADER) / SEALED);
        assertThrows(RejectedException.class, () -> readOne(flipped, chunk * CHUNK), () -> "bit " + bit);
    }

    private static void readOne(byte[] stream, long position) throws IOException, RejectedException {
        try (StreamReader reader = reader(Places.ONE, stream)) {
            reader.read(position, 1);
        }
    }

    @Test
    void everyFlippedBitOfASmallStreamIsNoticed() {
        byte[] stream = seal(KEY, Places.ONE, new byte[20]);
        for (int bit = 0; bit < 8 * stream.length; bit++) {
            byte[] flipped = flipped(stream, bit);
            ByteArrayOutputStream released = new ByteArrayOutputStream();
            assertThrows(RejectedException.class, () -> readAll(Places.ONE, flipped, released), "bit " + bit);
            assertEquals(0, released.size());
            assertThrows(RejectedException.class, () -> reader(Places.ONE, flipped), "bit " + bit);
        }
    }

    @Test
    void everyCutOfASmallStreamIsNoticed() {
        byte[] stream = seal(KEY, Places.ONE, new byte[100]);
        for (int length = 0; length < stream.length; length++) {
            byte[] cut = Arrays.copyOf(stream, length);
            Reason expected = length < HEADER + StreamFormat.LEAST_LAST_CHUNK ? Reason.MALFORMED : Reason.DAMAGED;
            ByteArrayOutputStream released = new ByteArrayOutputStream();
            RejectedException fromStart =
                    assertThrows(RejectedException.class, () -> readAll(Places.ONE, cut, released));
            assertEquals(expected, fromStart.reason());
            assertEquals(0, released.size());
            RejectedException random = assertThrows(RejectedException.class, () -> reader(Places.ONE, cut));
            assertEquals(expected, random.reason());
        }
    }

    @Provide
    Arbitrary<AssociatedData> places() {
        return Places.any();
    }

    @Property(tries = 100)
    void opensInItsPlaceOnly(@ForAll("places") AssociatedData place, @ForAll("places") AssociatedData other) {
        Assume.that(!place.equals(other));
        byte[] stream = seal(KEY, place, new byte[10]);
        assertThrows(RejectedException.class, () -> readAll(other, stream, new ByteArrayOutputStream()));
        assertThrows(RejectedException.class, () -> reader(other, stream));
    }

    /// A stream is not an envelope and an envelope is not a stream, though their headers look alike.
    @Test
    void streamsAndEnvelopesAreNotTakenForEachOther() {
        byte[] stream = seal(KEY, Places.ONE, new byte[10]);
        RejectedException asEnvelope = assertThrows(RejectedException.class, () -> KEY.open(Places.ONE, stream));
        assertEquals(Reason.WRONG_KEY, asEnvelope.reason());
        byte[] envelope = KEY.seal(Places.ONE, new byte[10], RANDOM);
        RejectedException asStream = assertThrows(RejectedException.class, () -> reader(Places.ONE, envelope));
        assertEquals(Reason.WRONG_KEY, asStream.reason());
    }

    // ---- sealing --------------------------------------------------------------------------------------

    @Property(tries = 20)
    void whatWasNotFinishedNeverOpens(@ForAll("lengths") int length) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StreamSealer sealer = new StreamSealer(KEY, Places.ONE, RANDOM, out);
        sealer.write(random(length));
        sealer.close();
        assertThrows(
                RejectedException.class, () -> readAll(Places.ONE, out.toByteArray(), new ByteArrayOutputStream()));
        assertThrows(RejectedException.class, () -> reader(Places.ONE, out.toByteArray()));
        assertThrows(IOException.class, () -> sealer.write(1));
        assertThrows(IOException.class, sealer::finish);
    }

    @Test
    void nothingIsWrittenAfterTheEnd() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StreamSealer sealer = new StreamSealer(KEY, Places.ONE, RANDOM, out);
        sealer.finish();
        int length = out.size();
        assertThrows(IOException.class, () -> sealer.write(new byte[CHUNK]));
        assertThrows(IOException.class, sealer::finish);
        sealer.close();
        assertEquals(length, out.size());
    }

    /// A chunk whose writing failed must not be written again under the same nonce.
    @Test
    void aFailedWriteEndsTheStream() throws IOException {
        OutputStream failing = new OutputStream() {
            private int writes;

            @Override
            public void write(int octet) throws IOException {
                throw new IOException("the disk is full");
            }

            @Override
            public void write(byte[] octets, int offset, int length) throws IOException {
                if (writes++ > 0) {
                    throw new IOException("the disk is full");
                }
            }
        };
        StreamSealer sealer = new StreamSealer(KEY, Places.ONE, RANDOM, failing);
        assertThrows(IOException.class, () -> sealer.write(new byte[CHUNK]));
        IOException e = assertThrows(IOException.class, () -> sealer.write(new byte[CHUNK]));
        assertEquals("this stream has ended", e.getMessage());
        assertThrows(IOException.class, sealer::finish);
    }

    @Test
    void readingOnAfterTheEndGivesNothingAndAfterAFailureFails() throws Exception {
        StreamOpener opener =
                new StreamOpener(KEY, Places.ONE, new ByteArrayInputStream(seal(KEY, Places.ONE, new byte[1])));
        byte[] out = new byte[CHUNK];
        assertEquals(1, opener.readChunk(out));
        assertEquals(-1, opener.readChunk(out));
        assertEquals(-1, opener.readChunk(out));

        byte[] changed = flipped(STREAM, 8 * (HEADER + SEALED));
        StreamOpener failing = new StreamOpener(KEY, Places.ONE, new ByteArrayInputStream(changed));
        assertEquals(CHUNK, failing.readChunk(out));
        for (int i = 0; i < 2; i++) {
            byte[] refused = random(CHUNK);
            byte[] before = refused.clone();
            assertThrows(RejectedException.class, () -> failing.readChunk(refused));
            assertArrayEquals(i == 0 ? new byte[CHUNK] : before, refused);
        }
    }

    /// A source that fails half way is no shorter stream.
    @Test
    void aSourceThatFailsIsAFailure() {
        StreamReader.Source shortened = (offset, length) -> new byte[Math.max(0, length - 1)];
        assertThrows(RejectedException.class, () -> new StreamReader(KEY, Places.ONE, STREAM.length, shortened));
        for (long length : new long[] {Long.MIN_VALUE, -1, 0, 136, Long.MAX_VALUE}) {
            assertThrows(
                    RejectedException.class,
                    () -> new StreamReader(KEY, Places.ONE, length, (offset, some) -> new byte[some]));
        }
    }

    @Test
    void noncesAreThoseOfTheSpec() {
        assertArrayEquals(new byte[12], StreamFormat.nonce(0, false));
        assertArrayEquals(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, StreamFormat.nonce(0, true));
        assertArrayEquals(
                new byte[] {0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, 0}, StreamFormat.nonce((1L << 32) - 1, false));
        assertThrows(IllegalStateException.class, () -> StreamFormat.nonce(1L << 32, true));
        assertThrows(IllegalStateException.class, () -> StreamFormat.nonce(-1, true));
    }

    // ---- pieces ---------------------------------------------------------------------------------------

    private static byte[] random(int length) {
        byte[] octets = new byte[length];
        RANDOM.nextBytes(octets);
        return octets;
    }

    private static byte[] seal(SealingKey key, AssociatedData place, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (StreamSealer sealer = new StreamSealer(key, place, RANDOM, out)) {
            sealer.write(content);
            sealer.finish();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return out.toByteArray();
    }

    private static void readAll(AssociatedData place, byte[] stream, ByteArrayOutputStream released)
            throws IOException, RejectedException {
        StreamOpener opener = new StreamOpener(KEY, place, new ByteArrayInputStream(stream));
        byte[] chunk = new byte[CHUNK];
        for (int length = opener.readChunk(chunk); length >= 0; length = opener.readChunk(chunk)) {
            released.write(chunk, 0, length);
        }
    }

    private static StreamReader reader(AssociatedData place, byte[] stream) throws IOException, RejectedException {
        return new StreamReader(
                KEY,
                place,
                stream.length,
                (offset, length) -> Arrays.copyOfRange(stream, (int) offset, (int) offset + length));
    }

    private static List<byte[]> chunks(byte[] stream) {
        return IntStream.range(0, 4)
                .mapToObj(i -> Arrays.copyOfRange(
                        stream, HEADER + i * SEALED, Math.min(stream.length, HEADER + (i + 1) * SEALED)))
                .toList();
    }

    private static List<byte[]> without(List<byte[]> chunks, int index) {
        List<byte[]> changed = new ArrayList<>(chunks);
        changed.remove(index);
        return changed;
    }

    private static List<byte[]> with(List<byte[]> chunks, int index, byte[] chunk) {
        List<byte[]> changed = new ArrayList<>(chunks);
        changed.set(index, chunk);
        return changed;
    }

    private static List<byte[]> inserted(List<byte[]> chunks, int index, int again) {
        List<byte[]> changed = new ArrayList<>(chunks);
        changed.add(index, chunks.get(again));
        return changed;
    }

    private static List<byte[]> swapped(List<byte[]> chunks, int one, int other) {
        return with(with(chunks, one, chunks.get(other)), other, chunks.get(one));
    }

    /// The first chunks of one stream, then those of another.
    private static List<byte[]> spliced(List<byte[]> chunks, List<byte[]> others, int lastOfTheFirst) {
        List<byte[]> changed = new ArrayList<>(chunks.subList(0, lastOfTheFirst + 1));
        changed.addAll(others.subList(lastOfTheFirst + 1, others.size()));
        return changed;
    }

    private static byte[] joined(byte[] header, List<byte[]> chunks) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(header);
        chunks.forEach(out::writeBytes);
        return out.toByteArray();
    }

    private static byte[] flipped(byte[] octets, int bit) {
        byte[] flipped = octets.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        return flipped;
    }
}
