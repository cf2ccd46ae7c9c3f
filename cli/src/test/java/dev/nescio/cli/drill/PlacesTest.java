package dev.nescio.cli.drill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlacesTest {

    private static final byte[] KEY = key();
    private static final Needles NEEDLES = Needles.of(List.of(
            Secret.bytes("a key", Secrecy.CLIENT_ONLY, KEY),
            Secret.text("an address", Secrecy.CLIENT_ONLY, "ada.k4x7@example.org")));

    private final Findings findings = new Findings();
    private final Places places = new Places(new Searcher(NEEDLES, Limits.DEFAULT, findings));

    @TempDir
    private Path folder;

    private static byte[] key() {
        byte[] key = new byte[32];
        new Random(11).nextBytes(key);
        return key;
    }

    @Test
    void searchesEveryFileHoweverDeepAndHidden() throws IOException {
        Path deep = Files.createDirectories(folder.resolve("data/a/.b/c"));
        Files.write(folder.resolve("data/nescio.db-wal"), KEY);
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(deep.resolve(".cache.gz")))) {
            out.write(("padding ".repeat(50) + Base64.getEncoder().encodeToString(KEY))
                    .getBytes(StandardCharsets.US_ASCII));
        }
        places.folder("", folder.resolve("data"));
        assertEquals(
                Set.of("nescio.db-wal", "a/.b/c/.cache.gz"),
                findings.firstHits().stream().map(hit -> hit.place().name()).collect(Collectors.toSet()));
        assertEquals(2, findings.hits());
        assertEquals(List.of(), findings.gaps());
    }

    @Test
    void searchesNamesAndTargetsOfLinks() throws IOException {
        Files.createDirectories(folder.resolve("data/mail/ada.k4x7%40example.org"));
        Files.createSymbolicLink(
                folder.resolve("data/link"), Path.of("/nowhere", HexFormat.of().formatHex(KEY)));
        places.folder("", folder.resolve("data"));
        assertEquals(
                Set.of("URL escapes", "hex"),
                findings.firstHits().stream().map(Hit::encoding).collect(Collectors.toSet()));
    }

    @Test
    void aFileThatCannotBeReadIsAGap() throws Exception {
        Files.createDirectories(folder.resolve("data"));
        assumeTrue(new ProcessBuilder("mkfifo", folder.resolve("data/pipe").toString())
                        .start()
                        .waitFor()
                == 0);
        places.folder("", folder.resolve("data"));
        assertEquals(1, findings.gaps().size());
    }

    @Test
    void aFileThatIsGoneIsOnlyANote() {
        places.file(Place.Kind.FILE, "a journal", folder.resolve("gone"));
        assertEquals(1, findings.notes().size());
        assertEquals(List.of(), findings.gaps());
    }

    @Test
    void findsASecretInTheHeapAndTheMemoryOfAnotherProcess() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/mem")));
        try (Keeper keeper = new Keeper()) {
            places.heap(keeper.pid(), folder);
            places.memory(keeper.pid());
            assertEquals(0, findings.hits(), "nothing is there before");
            keeper.say("keep " + inverted());
            places.heap(keeper.pid(), folder);
            assertEquals(
                    Set.of("bytes", "base64, alignment 0"),
                    findings.firstHits().stream()
                            .filter(hit -> hit.place().kind() == Place.Kind.HEAP)
                            .map(hit -> hit.encoding().replace("base64url", "base64"))
                            .collect(Collectors.toSet()));
            places.memory(keeper.pid());
            assertTrue(findings.firstHits().stream()
                    .anyMatch(hit -> hit.place().kind() == Place.Kind.MEMORY
                            && hit.encoding().equals("bytes")));
            assertEquals(List.of(), findings.gaps());
            assertTrue(findings.bytes() > 20_000_000, findings.bytes() + " bytes");
        }
        try (var left = Files.list(folder)) {
            assertEquals(List.of(), left.toList(), "the heap dump is deleted");
        }
    }

    @Test
    void theHeapShowsWhatIsLiveOnly() throws Exception {
        try (Keeper keeper = new Keeper()) {
            keeper.say("keep " + inverted());
            keeper.say("forget");
            places.heap(keeper.pid(), folder);
            assertEquals(0, findings.hits());
            assertFalse(findings.searched().isEmpty());
        }
    }

    @Test
    void aJvmThatCannotBeDumpedIsAGap() throws Exception {
        places.heap(ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(1L) + 4_000_000, folder);
        assertEquals(1, findings.gaps().size());
        assertTrue(findings.gaps().getFirst().contains("jcmd"), findings.gaps().getFirst());
    }

    @Test
    void searchesFilesThatAProcessHasDeletedAndStillHolds() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")));
        Path temporary = folder.resolve("spill.tmp");
        try (OutputStream out = Files.newOutputStream(temporary)) {
            out.write(KEY);
            out.flush();
            Files.delete(temporary);
            places.process(ProcessHandle.current().pid(), List.of(folder));
        }
        assertTrue(
                findings.firstHits().stream().anyMatch(hit -> hit.place().name().endsWith("spill.tmp (deleted)")));
    }

    private static String inverted() {
        byte[] inverted = KEY.clone();
        for (int i = 0; i < inverted.length; i++) {
            inverted[i] = (byte) ~inverted[i];
        }
        return HexFormat.of().formatHex(inverted);
    }

    /// A JVM of its own that runs [SecretKeeper].
    private static final class Keeper implements AutoCloseable {

        private final Process process;
        private final BufferedReader said;

        Keeper() throws IOException {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx32m",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            SecretKeeper.class.getName())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            said = process.inputReader(StandardCharsets.US_ASCII);
            say("forget");
        }

        void say(String command) throws IOException {
            process.getOutputStream().write((command + "\n").getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().flush();
            assertTrue(said.readLine().startsWith("done"));
        }

        long pid() {
            return process.pid();
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }
}
