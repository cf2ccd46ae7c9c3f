package dev.nescio.cli.profile;

import dev.nescio.cli.terminal.Failure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;

/// Says that a command uses this profile. Many may at once; but while a session is renewed, only one: a token that
/// comes again after the next one was used ends the session (spec, section 10.4).
public final class ProfileLock implements AutoCloseable {

    private final Path file;
    private final FileChannel channel;
    private FileLock lock;

    private ProfileLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /// Waits for a renewal by another command.
    static ProfileLock shared(Path file, FileAttribute<?> ownerOnly) {
        Set<StandardOpenOption> options =
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            ProfileLock lock = new ProfileLock(file, FileChannel.open(file, options, ownerOnly));
            lock.share();
            return lock;
        } catch (IOException e) {
            throw unusable(file);
        }
    }

    /// Gives the profile up, and takes it for this command alone, if no other uses it.
    ///
    /// @return whether this command has it; if not, it has to [#share] it again
    public boolean tryAlone() {
        try {
            release();
            lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        } catch (IOException e) {
            throw unusable(file);
        }
    }

    /// Lets other commands use the profile as well.
    public void share() {
        try {
            release();
            lock = channel.lock(0, Long.MAX_VALUE, true);
        } catch (OverlappingFileLockException e) {
            // Something else in this program has it, so no other program is alone with it.
            lock = null;
        } catch (IOException e) {
            throw unusable(file);
        }
    }

    private void release() throws IOException {
        if (lock != null) {
            lock.release();
            lock = null;
        }
    }

    private static Failure unusable(Path file) {
        return Failure.profile("The profile of this device cannot be locked: " + file
                + ". Check its permissions and the space on the disk.");
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The lock is gone with the program at the latest.
        }
    }
}
