package dev.nescio.cli.profile;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.DeviceMemory;
import dev.nescio.client.SavedSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// The folder of this device's profile.
public final class LocalProfile {

    private static final String PROFILE = "profile.json";
    private static final String MEMORY = "memory.json";
    private static final String LOCK = "profile.lock";
    private static final int LARGEST = 64 * 1024;

    private static final Set<PosixFilePermission> OWNER_FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OWNER_FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OF_OTHERS = PosixFilePermissions.fromString("---rwxrwx");

    private final Path folder;

    private LocalProfile(Path folder) {
        this.folder = folder;
    }

    /// `$NESCIO_HOME`, else `$XDG_CONFIG_HOME/nescio`, else `~/.config/nescio`.
    public static LocalProfile of(Terminal terminal) {
        return new LocalProfile(terminal.environment("NESCIO_HOME")
                .map(Path::of)
                .or(() -> terminal.environment("XDG_CONFIG_HOME").map(config -> Path.of(config, "nescio")))
                .orElseGet(() -> Path.of(home(terminal), ".config", "nescio"))
                .toAbsolutePath());
    }

    private static String home(Terminal terminal) {
        return terminal.environment("HOME").orElseGet(() -> System.getProperty("user.home"));
    }

    public Path folder() {
        return folder;
    }

    public Path file() {
        return folder.resolve(PROFILE);
    }

    /// What this device remembers about servers, even while nobody is signed in.
    public DeviceMemory memory() {
        return new ProfileMemory(folder.resolve(MEMORY));
    }

    /// Says that this command uses the profile, until it is closed.
    public ProfileLock lock() {
        return ProfileLock.shared(folder.resolve(LOCK), ownerOnly(OWNER_FILE));
    }

    public boolean exists() {
        return Files.exists(file());
    }

    /// Makes the folder, for its owner only, or checks that it is so.
    public void prepare() {
        try {
            if (!Files.exists(folder)) {
                Files.createDirectories(folder, ownerOnly(OWNER_FOLDER));
            }
            requirePrivate(folder, "chmod 700 ");
        } catch (IOException e) {
            throw Failure.profile(
                    "The folder of this device's profile cannot be made: " + folder + " (" + reason(e) + ").");
        }
    }

    private void requirePrivate(Path path, String remedy) throws IOException {
        if (!knowsPermissions(path)) {
            return;
        }
        Set<PosixFilePermission> ofOthers = EnumSet.copyOf(Files.getPosixFilePermissions(path));
        ofOthers.retainAll(OF_OTHERS);
        if (!ofOthers.isEmpty()) {
            throw Failure.profile("Other users of this machine can get at " + path + ". Close it with: " + remedy + path
                    + "  or choose another folder with NESCIO_HOME.");
        }
    }

    private static boolean knowsPermissions(Path path) throws IOException {
        FileStore store = Files.getFileStore(path);
        return store.supportsFileAttributeView("posix");
    }

    private static FileAttribute<?> ownerOnly(Set<PosixFilePermission> permissions) {
        return PosixFilePermissions.asFileAttribute(permissions);
    }

    /// @throws Failure if nobody is signed in on this device
    public byte[] read() {
        if (!exists()) {
            throw new Failure(
                    Exit.NOT_SIGNED_IN,
                    "not-signed-in",
                    "Nobody is signed in on this device. Sign in with: nescio signin"
                            + "  (or make an account with: nescio signup)");
        }
        try {
            requirePrivate(folder, "chmod 700 ");
            requirePrivate(file(), "chmod 600 ");
            if (Files.size(file()) > LARGEST) {
                throw Failure.profile("The profile of this device is damaged: " + file() + " is too large."
                        + " Remove it with: nescio signout --forget");
            }
            return Files.readAllBytes(file());
        } catch (IOException e) {
            throw Failure.profile("The profile of this device cannot be read: " + file() + " (" + reason(e) + ").");
        }
    }

    /// @throws Failure if nobody is signed in, or the file is damaged
    public SavedSession describe() {
        try {
            return SavedSession.of(read());
        } catch (IllegalArgumentException e) {
            throw Failure.profile("The profile of this device is damaged: " + file()
                    + ". Remove it with: nescio signout --forget  then sign in again.");
        }
    }

    /// Replaces the profile, so that a power cut leaves the old or the new one.
    public void write(byte[] saved) {
        prepare();
        Path next = null;
        try {
            next = Files.createTempFile(folder, PROFILE, ".tmp", ownerOnly(OWNER_FILE));
            try (FileChannel out = FileChannel.open(next, StandardOpenOption.WRITE)) {
                ByteBuffer content = ByteBuffer.wrap(saved);
                while (content.hasRemaining()) {
                    out.write(content);
                }
                out.force(true);
            }
            Files.move(next, file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            makeDurable();
        } catch (IOException e) {
            removeQuietly(next);
            throw Failure.profile("The profile of this device cannot be written: " + file() + " (" + reason(e) + ").");
        }
    }

    private static void removeQuietly(Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // The failure that led here is the one to report.
        }
    }

    /// The move itself must survive a power cut too.
    private void makeDurable() throws IOException {
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    /// Removes the session and its keys. What the device remembers about the server stays.
    ///
    /// @return whether there was one
    public boolean remove() {
        try {
            boolean removed = Files.deleteIfExists(file());
            if (removed) {
                makeDurable();
            }
            return removed;
        } catch (IOException e) {
            throw Failure.profile("The profile of this device cannot be removed: " + file() + " (" + reason(e)
                    + "). Remove it by hand: it holds the keys of the account.");
        }
    }

    /// The account and the server, if somebody is signed in.
    public Optional<SavedSession> find() {
        return exists() ? Optional.of(describe()) : Optional.empty();
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName().replaceAll("Exception$", "").replaceAll("(?<=[a-z])(?=[A-Z])", " ");
    }
}
