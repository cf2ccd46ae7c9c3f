package dev.nescio.client;

import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;

/// A device's memory in a file. Every change is merged under a lock and replaces the file at once, so that
/// several programs may use it, and a power cut leaves the old or the new one.
///
/// It holds SHA-256 of addresses, servers, parameters, ids of containers and counters: no key and no content.
public final class FileMemory implements DeviceMemory {

    /// A file lock is between programs; within one, a second lock on the same file is an error.
    private static final Object WITHIN_THIS_PROGRAM = new Object();

    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final int LARGEST = 64 * 1024 * 1024;

    private final Path file;

    /// What a thread remembers [#together].
    private final ScopedValue<Together> together = ScopedValue.newInstance();

    /// @param known what the file held before, and what was remembered since
    /// @param added what was remembered since
    private record Together(Content known, Map<String, Mark> added) {}

    record Pin(int memoryKiB, int passes, int lanes) {}

    /// The file.
    record Content(Map<String, Pin> pins, Map<String, Mark> marks) {

        Content {
            pins.values().forEach(Objects::requireNonNull);
            marks.values().forEach(mark -> Objects.requireNonNull(mark.hash()));
        }

        /// @return nothing for what is no memory
        static Optional<Content> decode(byte[] file) {
            try {
                return Optional.ofNullable(Json.LENIENT.readValue(file, Content.class));
            } catch (JacksonException e) {
                return Optional.empty();
            }
        }

        byte[] encode() {
            return Json.LENIENT.writeValueAsBytes(this);
        }
    }

    /// @param file in a folder that exists; it is created when there is something to remember
    public FileMemory(Path file) {
        this.file = file;
    }

    @Override
    public Optional<Argon2Parameters> pinned(String server, Bytes hashedAddress) {
        return Optional.ofNullable(read().pins().get(name(server, hashedAddress)))
                .map(pin -> new Argon2Parameters(pin.memoryKiB, pin.passes, pin.lanes));
    }

    @Override
    public void pin(String server, Bytes hashedAddress, Argon2Parameters parameters) {
        String name = name(server, hashedAddress);
        Pin pin = new Pin(parameters.memoryKiB(), parameters.passes(), parameters.lanes());
        if (!pin.equals(read().pins().get(name))) {
            change(content -> content.pins().put(name, pin));
        }
    }

    private static String name(String server, Bytes hashedAddress) {
        return server + "/" + hashedAddress.hex();
    }

    @Override
    public Optional<Mark> mark(String name) {
        Content content = together.isBound() ? together.get().known() : read();
        return Optional.ofNullable(content.marks().get(name));
    }

    @Override
    public void remember(String name, Mark mark) {
        if (!together.isBound()) {
            if (isHigher(read(), name, mark)) {
                change(content -> put(content, name, mark));
            }
        } else if (isHigher(together.get().known(), name, mark)) {
            together.get().known().marks().put(name, mark);
            together.get().added().put(name, mark);
        }
    }

    /// Writes the file once, or not at all where nothing is new.
    @Override
    public void together(Runnable work) {
        if (together.isBound()) {
            work.run();
            return;
        }
        Together all = new Together(read(), new TreeMap<>());
        try {
            ScopedValue.where(together, all).run(work);
        } catch (RuntimeException e) {
            // It may say that the server is not to be trusted.
            try {
                add(all.added());
            } catch (RuntimeException unwritten) {
                e.addSuppressed(unwritten);
            }
            throw e;
        }
        add(all.added());
    }

    private void add(Map<String, Mark> marks) {
        if (!marks.isEmpty()) {
            change(content -> marks.forEach((name, mark) -> put(content, name, mark)));
        }
    }

    private static void put(Content content, String name, Mark mark) {
        if (isHigher(content, name, mark)) {
            content.marks().put(name, mark);
        }
    }

    private static boolean isHigher(Content content, String name, Mark mark) {
        Mark known = content.marks().get(name);
        return known == null || mark.counter() > known.counter();
    }

    private Content read() {
        try {
            if (!Files.exists(file)) {
                return new Content(new TreeMap<>(), new TreeMap<>());
            }
            // A memory that cannot be read must not count as an empty one.
            return (Files.size(file) <= LARGEST ? Content.decode(Files.readAllBytes(file)) : Optional.<Content>empty())
                    .orElseThrow(this::damaged);
        } catch (IOException e) {
            throw new UncheckedIOException("What this device remembers cannot be read: " + file, e);
        }
    }

    private IllegalStateException damaged() {
        return new IllegalStateException("What this device remembers is damaged: " + file
                + ". If you remove it, this device can no longer notice an older state.");
    }

    private void change(Consumer<Content> change) {
        synchronized (WITHIN_THIS_PROGRAM) {
            changeLocked(change);
        }
    }

    private void changeLocked(Consumer<Content> change) {
        Path lock = file.resolveSibling(file.getFileName() + ".lock");
        try (FileChannel channel =
                FileChannel.open(lock, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OWNER_ONLY)) {
            // Held until the channel closes.
            channel.lock();
            Content content = read();
            change.accept(content);
            replace(content.encode());
        } catch (IOException e) {
            throw new UncheckedIOException("What this device remembers cannot be written: " + file, e);
        }
    }

    private void replace(byte[] content) throws IOException {
        Path next = Files.createTempFile(
                file.toAbsolutePath().getParent(), file.getFileName().toString(), ".tmp", OWNER_ONLY);
        try (FileChannel out = FileChannel.open(next, StandardOpenOption.WRITE)) {
            out.write(java.nio.ByteBuffer.wrap(content));
            out.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
