package dev.nescio.cli.profile;

import dev.nescio.cli.terminal.Failure;
import dev.nescio.client.DeviceMemory;
import dev.nescio.client.FileMemory;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/// A [FileMemory] whose trouble is one of the local profile, not of this program.
final class ProfileMemory implements DeviceMemory {

    private final Path file;
    private final FileMemory memory;

    ProfileMemory(Path file) {
        this.file = file;
        this.memory = new FileMemory(file);
    }

    @Override
    public Optional<Argon2Parameters> pinned(String server, Bytes hashedAddress) {
        return reporting(() -> memory.pinned(server, hashedAddress));
    }

    @Override
    public void pin(String server, Bytes hashedAddress, Argon2Parameters parameters) {
        reporting(() -> {
            memory.pin(server, hashedAddress, parameters);
            return null;
        });
    }

    @Override
    public Optional<Mark> mark(String name) {
        return reporting(() -> memory.mark(name));
    }

    @Override
    public void remember(String name, Mark mark) {
        reporting(() -> {
            memory.remember(name, mark);
            return null;
        });
    }

    @Override
    public void together(Runnable work) {
        reporting(() -> {
            memory.together(work);
            return null;
        });
    }

    private <T> T reporting(Supplier<T> work) {
        try {
            return work.get();
        } catch (UncheckedIOException e) {
            throw Failure.profile("What this device remembers of the server cannot be read or written: " + file
                    + ". Check its permissions and the space on the disk.");
        } catch (IllegalStateException e) {
            throw Failure.profile("What this device remembers of the server is damaged: " + file
                    + ". Restore it from a backup. If you remove it, this device can no longer notice an older state.");
        }
    }
}
