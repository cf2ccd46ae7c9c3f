package dev.nescio.cli.drill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

class SearcherTest {

    private static final Place PLACE = new Place(Place.Kind.FILE, "a test");
    private static final int CHUNK = 1 << 20;
    private static final String PASSWORD = "violet harbour \"7\" ünïcode שלום 🎉";
    private static final byte[] KEY = random(32, 7);
    private static final byte[] HEX = HexFormat.of().formatHex(KEY).getBytes(StandardCharsets.US_ASCII);
    private static final Needles NEEDLES = Needles.of(List.of(
            Secret.text("the password", Secrecy.CLIENT_ONLY, PASSWORD),
            Secret.bytes("a key", Secrecy.CLIENT_ONLY, KEY)));

    @Test
    void findsEachEncodingAcrossEachChunkBorder() throws IOException {
        for (Needles.Needle needle : NEEDLES.all()) {
            byte[] pattern = needle.pattern();
            for (int cut = 0; cut <= pattern.length; cut += 1 + pattern.length / 7) {
                byte[] data = random(CHUNK + 4096, cut);
                // The window's length depends on the longest needle, so every offset near the border is tried.
                int at = CHUNK + 2 * NEEDLES.longest() - cut;
                System.arraycopy(pattern, 0, data, at, pattern.length);
                List<Hit> hits = search(data).firstHits();
                assertTrue(
                        hits.stream()
                                .anyMatch(hit -> hit.offset() == at
                                        && hit.secret().equals(needle.secret())
                                        && hit.encoding().equals(needle.encoding())),
                        needle + " cut after " + cut);
            }
        }
    }

    @Test
    void findsEachNeedleOnceHoweverTheStreamArrives() throws IOException {
        byte[] data = random(300_000, 3);
        int[] places = {0, 65_530, 131_071, 299_968};
        for (int at : places) {
            System.arraycopy(KEY, 0, data, at, KEY.length);
        }
        Findings findings = new Findings();
        InputStream trickle = new ByteArrayInputStream(data) {
            @Override
            public synchronized int read(byte[] into, int from, int length) {
                return super.read(into, from, Math.min(length, 1 + from % 13));
            }
        };
        new Searcher(NEEDLES, Limits.DEFAULT, findings).search(PLACE, trickle);
        assertEquals(places.length, findings.hits());
        assertEquals(data.length, findings.bytes());
    }

    @Test
    void findsBase64InEachAlignmentWithAnyNeighbours() throws IOException {
        for (int before = 0; before < 6; before++) {
            for (int after = 0; after < 4; after++) {
                byte[] surrounded = join(random(before, before), KEY, random(after, after));
                for (Base64.Encoder encoder : List.of(
                        Base64.getEncoder(),
                        Base64.getUrlEncoder(),
                        Base64.getUrlEncoder().withoutPadding())) {
                    assertFound("base64", encoder.encode(surrounded));
                    assertFound("UTF-16", encoder.encodeToString(surrounded).getBytes(StandardCharsets.UTF_16LE));
                }
            }
        }
    }

    @Test
    void findsWhatLogsAndStringsMakeOfBytesAndText() throws IOException {
        assertFound("hex", HexFormat.of().formatHex(KEY).getBytes(StandardCharsets.US_ASCII));
        assertFound("hex", HexFormat.of().withUpperCase().formatHex(KEY).getBytes(StandardCharsets.UTF_16BE));
        assertFound("list of numbers", Arrays.toString(KEY).getBytes(StandardCharsets.US_ASCII));
        assertFound("UTF-16LE", PASSWORD.getBytes(StandardCharsets.UTF_16LE));
        assertFound("UTF-16BE", PASSWORD.getBytes(StandardCharsets.UTF_16BE));
        assertFound("JSON", PASSWORD.replace("\"", "\\\"").getBytes(StandardCharsets.UTF_8));
        assertFound(
                "ASCII JSON",
                "violet harbour \\\"7\\\" \\u00fcn\\u00efcode \\u05e9\\u05dc\\u05d5\\u05dd \\ud83c\\udf89"
                        .getBytes(StandardCharsets.US_ASCII));
        assertFound(
                "URL",
                URLEncoder.encode(PASSWORD, StandardCharsets.UTF_8)
                        .replace("+", "%20")
                        .getBytes(StandardCharsets.US_ASCII));
        byte[] words = KEY.clone();
        for (int at = 0; at < words.length; at += 4) {
            byte[] word = {words[at + 3], words[at + 2], words[at + 1], words[at]};
            System.arraycopy(word, 0, words, at, 4);
        }
        assertFound("32-bit words", words);
    }

    @Test
    void findsInsideEachFormatWhereverItBegins() throws IOException {
        for (Format format : Format.values()) {
            for (int before : new int[] {0, 1, CHUNK - 2, CHUNK - 1, CHUNK, CHUNK + 5}) {
                byte[] member = format.pack(join(filler(1000), HEX, filler(50_000)));
                Findings findings = search(join(random(before, before), member, random(100_000, 3)));
                assertEquals(1, findings.hits(), format + " at " + before);
                Hit hit = findings.firstHits().getFirst();
                assertEquals(1000, hit.offset());
                assertEquals(List.of(new Hit.Member(format.text(), before)), hit.inside(), format + " at " + before);
                assertTrue(findings.searched().getFirst().members() >= 1);
                assertTrue(findings.searched().getFirst().unpacked() >= 51_064);
            }
        }
    }

    @Test
    void findsInFormatsWithinFormats() throws IOException {
        for (Format outer : Format.values()) {
            for (Format inner : Format.values()) {
                byte[] packed = outer.pack(join(filler(500), inner.pack(join(filler(700), HEX))));
                List<Hit> hits = search(join(random(1000, 5), packed)).firstHits();
                String where = "at 700, in " + inner.text() + " at 500, in " + outer.text() + " at 1000";
                assertTrue(hits.stream().anyMatch(hit -> hit.where().equals(where)), where + " in " + hits);
            }
        }
    }

    @Test
    void depthIsBounded() throws IOException {
        byte[] data = HEX;
        for (int depth = 0; depth < 4; depth++) {
            data = Format.GZIP.pack(join(filler(1000), data, filler(20_000)));
        }
        assertEquals(1, search(data).hits());
        assertEquals(
                0,
                search(Format.GZIP.pack(join(filler(1000), data, filler(90_000))))
                        .hits());
    }

    @Test
    void findsWhatCameBeforeDamage() throws IOException {
        for (Format format : Format.values()) {
            byte[] member = format.pack(join(filler(3000), HEX, filler(900_000)));
            assertEquals(1, search(Arrays.copyOf(member, 200_000)).hits(), format + " cut off");
            byte[] damaged = member.clone();
            Arrays.fill(damaged, 200_000, 200_100, (byte) 0xff);
            assertEquals(1, search(damaged).hits(), format + " damaged");
        }
    }

    @Test
    void readsGzipHeadersWithEverythingInThem() throws IOException {
        byte[] deflated = new byte[1000];
        Deflater deflater = new Deflater(9, true);
        deflater.setInput(KEY);
        deflater.finish();
        int length = deflater.deflate(deflated);
        deflater.end();
        byte[] extra = random(60_000, 8);
        byte[] header = join(
                new byte[] {0x1f, (byte) 0x8b, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 3},
                new byte[] {(byte) extra.length, (byte) (extra.length >> 8)},
                extra,
                "name.txt\0a comment\0".getBytes(StandardCharsets.US_ASCII),
                new byte[] {1, 2});
        byte[] member = join(header, Arrays.copyOf(deflated, length));
        for (int before : new int[] {0, CHUNK - 30_000}) {
            assertEquals(1, search(join(random(before, 2), member)).hits());
        }
    }

    /// RFC 1950: the first byte names the window, the second the level.
    @Test
    void findsInZlibOfEveryWindowAndLevel() throws IOException {
        // Stored, where it lies open as well, then with codes for bytes only: nothing reaches back further than
        // a small window.
        for (int kind : new int[] {Deflater.NO_COMPRESSION, Deflater.BEST_SPEED}) {
            Deflater deflater = new Deflater(kind, true);
            deflater.setStrategy(Deflater.HUFFMAN_ONLY);
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            Format.write(new DeflaterOutputStream(body, deflater), HEX);
            deflater.end();
            findsInZlibOfEveryWindowAndLevel(body.toByteArray(), kind == Deflater.NO_COMPRESSION ? 2 : 1);
        }
    }

    private static void findsInZlibOfEveryWindowAndLevel(byte[] body, int hits) throws IOException {
        for (int window = 0; window <= 7; window++) {
            for (int level = 0; level <= 3; level++) {
                int header = window << 12 | 8 << 8 | level << 6;
                header += 31 - header % 31;
                byte[] member = join(new byte[] {(byte) (header >> 8), (byte) header}, body);
                byte[] data = join(random(100, 4), member, random(100, 5));
                assertEquals(hits, search(data).hits(), Integer.toHexString(header));
            }
        }
    }

    @Test
    void randomDataGivesNothing() throws IOException {
        Random random = new Random(42);
        InputStream in = new InputStream() {
            private long left = 256L << 20;

            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] into, int from, int length) {
                if (left == 0) {
                    return -1;
                }
                byte[] some = new byte[(int) Math.min(left, length)];
                random.nextBytes(some);
                System.arraycopy(some, 0, into, from, some.length);
                left -= some.length;
                return some.length;
            }
        };
        Findings findings = new Findings();
        new Searcher(NEEDLES, Limits.DEFAULT, findings).search(PLACE, in);
        assertEquals(0, findings.hits());
        assertEquals(List.of(), findings.gaps());
        assertEquals(256L << 20, findings.bytes());
    }

    @Test
    void neitherPartsNorNeighboursOfASecretAreHits() throws IOException {
        assertEquals(0, search(Arrays.copyOf(KEY, 31)).hits());
        byte[] almost = KEY.clone();
        almost[31] ^= 1;
        assertEquals(0, search(almost).hits());
        assertEquals(0, search(new byte[0]).hits());
    }

    @Test
    void whatUnpacksTooFarIsAGapAndNotSilence() throws IOException {
        byte[] bomb = Format.GZIP.pack(new byte[50 << 20]);
        Findings findings = new Findings();
        Limits limits = new Limits(4, 1 << 20, 16, Duration.ofMinutes(1));
        byte[] data = join(bomb, KEY);
        new Searcher(NEEDLES, limits, findings).search(PLACE, new ByteArrayInputStream(data));
        assertEquals(1, findings.gaps().size());
        assertTrue(
                findings.gaps().getFirst().contains("1048576 bytes"),
                findings.gaps().getFirst());
        assertEquals(1, findings.hits(), "what lies open is still searched");
    }

    @Test
    void unpackingForTooLongIsAGap() throws IOException {
        Findings findings = new Findings();
        Limits limits = new Limits(4, 1 << 30, 16, Duration.ZERO);
        new Searcher(NEEDLES, limits, findings).search(PLACE, new ByteArrayInputStream(Format.ZSTD.pack(KEY)));
        assertEquals(1, findings.gaps().size());
    }

    @Test
    void tooManyMembersAtOnceAreAGap() throws IOException {
        Findings findings = new Findings();
        // A stored block goes on over whatever follows, so all of them stay open.
        byte[] stored = join(new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0, -1, -1, 0, 0});
        byte[] many = {};
        for (int i = 0; i < 20; i++) {
            many = join(many, stored);
        }
        new Searcher(NEEDLES, new Limits(1, 1 << 30, 16, Duration.ofMinutes(1)), findings)
                .search(PLACE, new ByteArrayInputStream(join(many, random(10_000, 2))));
        assertEquals(1, findings.gaps().size());
    }

    @Test
    void searchesFastEnoughForWholeMemories() throws IOException {
        byte[] memory = random(64 << 20, 1);
        for (int at = 0; at < memory.length; at += 4096) {
            if (at / 4096 % 3 == 0) {
                Arrays.fill(memory, at, at + 4096, (byte) 0); // much of a memory is
            }
        }
        Needles many = Needles.of(IntStream.range(0, 100)
                .mapToObj(i -> Secret.bytes("key " + i, Secrecy.CLIENT_ONLY, random(32, 1000 + i)))
                .toList());
        Searcher searcher = new Searcher(many, Limits.DEFAULT, new Findings());
        // 100 MB in a second, on a machine that looks at 2 GB in a second at all.
        int[] table = new Random(1).ints(256, 0, 8).toArray();
        double looking = Double.MAX_VALUE;
        double searching = Double.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            looking = Math.min(looking, seconds(() -> assertTrue(looked(memory, table) > 0)));
            searching = Math.min(searching, seconds(() -> searcher.search(PLACE, new ByteArrayInputStream(memory))));
        }
        double times = searching / looking;
        assertTrue(times <= 20, times + " times as long as to look at each octet");
    }

    private static long looked(byte[] memory, int[] table) {
        long sum = 0;
        for (byte octet : memory) {
            sum += table[octet & 0xff];
        }
        return sum;
    }

    private interface Work {
        void run() throws IOException;
    }

    /// Of this thread alone, however much else the machine does.
    private static double seconds(Work work) throws IOException {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        work.run();
        return (threads.getCurrentThreadCpuTime() - start) / 1e9;
    }

    private static void assertFound(String encoding, byte[] data) throws IOException {
        Set<String> encodings = search(join(random(999, 1), data, random(999, 2))).firstHits().stream()
                .map(Hit::encoding)
                .collect(Collectors.toSet());
        assertTrue(encodings.stream().anyMatch(found -> found.contains(encoding)), encoding + " in " + encodings);
    }

    private static Findings search(byte[] data) throws IOException {
        Findings findings = new Findings();
        new Searcher(NEEDLES, Limits.DEFAULT, findings).search(PLACE, new ByteArrayInputStream(data));
        assertEquals(List.of(), findings.gaps());
        return findings;
    }

    private static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /// Text that every format packs: what cannot be packed is stored, and then lies open.
    private static byte[] filler(int length) {
        return HexFormat.of().formatHex(random(Math.ceilDiv(length, 2), length)).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private enum Format {
        GZIP,
        ZLIB,
        ZIP,
        ZSTD;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        byte[] pack(byte[] content) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            switch (this) {
                case GZIP -> write(new GZIPOutputStream(out), content);
                case ZLIB -> write(new DeflaterOutputStream(out), content);
                case ZIP -> {
                    ZipOutputStream zip = new ZipOutputStream(out);
                    zip.putNextEntry(new ZipEntry("some/file.bin"));
                    write(zip, content);
                }
                case ZSTD -> out.writeBytes(Zstd.compress(content));
            }
            return out.toByteArray();
        }

        private static void write(OutputStream packing, byte[] content) throws IOException {
            try (packing) {
                packing.write(content);
            }
        }
    }
}
