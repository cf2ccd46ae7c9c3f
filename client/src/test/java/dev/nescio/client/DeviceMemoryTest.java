package dev.nescio.client;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nescio.client.DeviceMemory.Mark;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Domain;
import dev.nescio.sealing.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The contract of a device's memory, on each kind of it, and what [HighWaterMarks] makes of it.
class DeviceMemoryTest {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Bytes ADDRESS = Bytes.copyOf(new byte[32]);
    private static final String SERVER = "https://chat.example.org";
    private static final Bytes NONE = Bytes.copyOf(new byte[32]);

    @TempDir
    Path folder;

    private DeviceMemory memory(String kind) {
        return switch (kind) {
            case "file" -> new FileMemory(folder.resolve("memory.json"));
            case "not kept" -> new UnkeptMemory(DeviceMemory.inMemory());
            case "kept" -> {
                UnkeptMemory memory = new UnkeptMemory(DeviceMemory.inMemory());
                memory.keep();
                yield memory;
            }
            default -> DeviceMemory.inMemory();
        };
    }

    private static Counted sealed(long counter) {
        byte[] envelope = new byte[200];
        RANDOM.nextBytes(envelope);
        return new Counted(counter, Bytes.copyOf(envelope));
    }

    @ParameterizedTest
    @ValueSource(strings = {"in memory", "file", "not kept", "kept"})
    void keepsTheHighestMarkAndTheLastPin(String kind) {
        DeviceMemory memory = memory(kind);
        assertEquals(Optional.empty(), memory.mark("a"));
        assertEquals(Optional.empty(), memory.pinned(SERVER, ADDRESS));
        Mark high = new Mark(7, ADDRESS);
        memory.remember("a", high);
        memory.remember("a", new Mark(6, NONE));
        memory.remember("a", new Mark(7, Bytes.copyOf(new byte[] {1})));
        assertEquals(Optional.of(high), memory.mark("a"));
        assertEquals(Optional.empty(), memory.mark("b"));
        memory.pin(SERVER, ADDRESS, new Argon2Parameters(70000, 4, 1));
        assertEquals(Optional.of(new Argon2Parameters(70000, 4, 1)), memory.pinned(SERVER, ADDRESS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"in memory", "file", "not kept", "kept"})
    void whatOneServerPinnedIsNotExpectedOfAnother(String kind) {
        DeviceMemory memory = memory(kind);
        memory.pin(SERVER, ADDRESS, new Argon2Parameters(70000, 4, 1));
        assertEquals(Optional.empty(), memory.pinned("https://chat.example.org:8300", ADDRESS));
        assertEquals(Optional.empty(), memory.pinned(SERVER, Bytes.copyOf(new byte[] {1})));
    }

    @ParameterizedTest
    @ValueSource(strings = {"in memory", "file", "not kept", "kept"})
    void marksNoticeRollbackAndFork(String kind) {
        HighWaterMarks marks = new HighWaterMarks(memory(kind), AccountId.generate(RANDOM));
        Counted two = sealed(2);
        Counted three = sealed(3);
        assertDoesNotThrow(() -> marks.list(Domain.CHATS, two, NONE));
        assertDoesNotThrow(() -> marks.list(Domain.CHATS, two, NONE));
        assertFinding(Finding.FORK, () -> marks.list(Domain.CHATS, sealed(2), NONE));
        assertFinding(Finding.FORK, () -> marks.list(Domain.CHATS, three, NONE));
        assertDoesNotThrow(() -> marks.list(Domain.CHATS, three, Sha256.of(two.sealed())));
        assertFinding(Finding.ROLLBACK, () -> marks.list(Domain.CHATS, two, NONE));
        assertFinding(Finding.ROLLBACK, () -> marks.noList(Domain.CHATS));
        assertDoesNotThrow(() -> marks.noList(Domain.APPS));
        assertDoesNotThrow(() -> marks.list(Domain.CHATS, sealed(9), NONE), "several commits may lie between");
    }

    @ParameterizedTest
    @ValueSource(strings = {"in memory", "file", "not kept", "kept"})
    void whatIsRememberedTogetherIsSeenAtOnceAndKept(String kind) {
        DeviceMemory memory = memory(kind);
        memory.remember("a", new Mark(3, ADDRESS));
        assertThrows(
                IllegalStateException.class,
                () -> memory.together(() -> {
                    memory.remember("a", new Mark(2, NONE));
                    memory.remember("b", new Mark(1, NONE));
                    memory.together(() -> memory.remember("b", new Mark(2, NONE)));
                    assertEquals(Optional.of(new Mark(2, NONE)), memory.mark("b"));
                    throw new IllegalStateException("what was seen before is kept");
                }));
        assertEquals(Optional.of(new Mark(3, ADDRESS)), memory.mark("a"));
        assertEquals(Optional.of(new Mark(2, NONE)), memory.mark("b"));
    }

    @Test
    void whatIsRememberedTogetherIsWrittenOnceAndTakesNothingBack() throws IOException {
        Path file = folder.resolve("memory.json");
        DeviceMemory memory = new FileMemory(file);
        memory.together(() -> {
            for (int i = 0; i < 3; i++) {
                memory.remember("a" + i, new Mark(1, NONE));
                assertFalse(Files.exists(file), "at the end");
            }
            // Another program.
            new FileMemory(file).remember("a1", new Mark(7, ADDRESS));
        });
        DeviceMemory read = new FileMemory(file);
        assertEquals(Optional.of(new Mark(1, NONE)), read.mark("a0"));
        assertEquals(Optional.of(new Mark(7, ADDRESS)), read.mark("a1"));
        assertEquals(Optional.of(new Mark(1, NONE)), read.mark("a2"));
        Object written = Files.getAttribute(file, "unix:ino");
        memory.together(() -> memory.remember("a1", new Mark(7, ADDRESS)));
        assertEquals(written, Files.getAttribute(file, "unix:ino"), "nothing is new");
    }

    /// What the server did must not be lost by it.
    @Test
    void whatFailsIsToldAlsoWhereNothingCanBeWritten() throws IOException {
        Path gone = Files.createDirectory(folder.resolve("gone"));
        DeviceMemory memory = new FileMemory(gone.resolve("memory.json"));
        IllegalStateException failure = assertThrows(
                IllegalStateException.class,
                () -> memory.together(() -> {
                    memory.remember("a", new Mark(1, NONE));
                    gone.toFile().delete();
                    throw new IllegalStateException("distrust");
                }));
        assertEquals("distrust", failure.getMessage());
        assertInstanceOf(UncheckedIOException.class, failure.getSuppressed()[0]);
    }

    @Test
    void whatIsNotKeptIsComparedAndNotAdded() {
        DeviceMemory memory = DeviceMemory.inMemory();
        Mark seen = new Mark(3, ADDRESS);
        memory.remember("a", seen);
        UnkeptMemory unkept = new UnkeptMemory(memory);
        assertEquals(Optional.of(seen), unkept.mark("a"));
        unkept.remember("a", new Mark(2, NONE));
        assertEquals(Optional.of(seen), unkept.mark("a"), "a lower one does not hide it");
        Mark next = new Mark(4, NONE);
        unkept.remember("a", next);
        unkept.remember("b", seen);
        unkept.pin(SERVER, ADDRESS, new Argon2Parameters(70000, 4, 1));
        assertEquals(Optional.of(next), unkept.mark("a"));
        assertEquals(Optional.of(seen), memory.mark("a"));
        assertEquals(Optional.empty(), memory.mark("b"));
        assertEquals(Optional.empty(), memory.pinned(SERVER, ADDRESS));
        unkept.keep();
        assertEquals(Optional.of(next), memory.mark("a"));
        assertEquals(Optional.of(seen), memory.mark("b"));
        assertEquals(Optional.of(new Argon2Parameters(70000, 4, 1)), memory.pinned(SERVER, ADDRESS));
        memory.remember("b", next);
        assertEquals(Optional.of(next), unkept.mark("b"), "another program may have seen more since");
    }

    private static void assertFinding(Finding finding, Runnable check) {
        assertEquals(
                finding,
                assertThrows(NescioException.Distrust.class, check::run).finding());
    }

    @Test
    void aFileIsSharedByProgramsThatWriteAtOnce() {
        Path file = folder.resolve("memory.json");
        IntStream.range(0, 4).parallel().forEach(program -> {
            DeviceMemory memory = new FileMemory(file);
            for (int at = 0; at < 25; at++) {
                memory.remember(program + "/" + at, new Mark(1, NONE));
            }
        });
        DeviceMemory after = new FileMemory(file);
        for (int program = 0; program < 4; program++) {
            for (int at = 0; at < 25; at++) {
                assertEquals(Optional.of(new Mark(1, NONE)), after.mark(program + "/" + at));
            }
        }
    }

    @Test
    void aFileIsForItsOwnerAndADamagedOneIsNotAnEmptyOne() throws IOException {
        Path file = folder.resolve("memory.json");
        DeviceMemory memory = new FileMemory(file);
        memory.remember("a", new Mark(1, NONE));
        try (Stream<Path> all = Files.list(folder)) {
            for (Path each : all.toList()) {
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(each)));
            }
        }
        for (String damaged : new String[] {
            "",
            "null",
            "[]",
            "{}",
            "{\"pins\":",
            "{\"pins\":{},\"marks\":null}",
            "{\"pins\":{\"a\":null},\"marks\":{}}",
            "{\"pins\":{},\"marks\":{\"a\":null}}",
            "{\"pins\":{},\"marks\":{\"a\":{\"counter\":1}}}"
        }) {
            Files.writeString(file, damaged);
            assertThrows(IllegalStateException.class, () -> memory.mark("a"), damaged);
            assertThrows(IllegalStateException.class, () -> memory.remember("a", new Mark(2, NONE)), damaged);
            assertThrows(IllegalStateException.class, () -> memory.pinned(SERVER, ADDRESS), damaged);
            assertEquals(damaged, Files.readString(file));
        }
    }
}
