package dev.nescio.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A folder that goes when the command ends, however it ends. The processes that the command started end
/// first: a server that still writes would leave files behind.
final class TemporaryFolder implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 10;

    private final Path path;
    private final boolean keep;
    private final Thread onInterrupt = new Thread(this::endAll, "remove the temporary folder");

    private TemporaryFolder(Path path, boolean keep) {
        this.path = path;
        this.keep = keep;
    }

    static TemporaryFolder make(String prefix, boolean keep) throws IOException {
        TemporaryFolder folder = new TemporaryFolder(Files.createTempDirectory(prefix), keep);
        Runtime.getRuntime().addShutdownHook(folder.onInterrupt);
        return folder;
    }

    Path path() {
        return path;
    }

    private void endAll() {
        ProcessHandle[] children = ProcessHandle.current().descendants().toArray(ProcessHandle[]::new);
        CompletableFuture<?>[] ends = new CompletableFuture<?>[children.length];
        for (int i = 0; i < children.length; i++) {
            children[i].destroy();
            ends[i] = children[i].onExit();
        }
        CompletableFuture.allOf(ends)
                .completeOnTimeout(null, PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
        for (ProcessHandle child : children) {
            child.destroyForcibly();
        }
        remove();
    }

    void remove() {
        if (keep) {
            return;
        }
        try {
            Files.walkFileTree(path, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, IOException e) throws IOException {
                    Files.deleteIfExists(folder);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException e) {
            // It is gone already.
        } catch (IOException e) {
            throw new UncheckedIOException("The temporary folder cannot be removed: " + path, e);
        }
    }

    @Override
    public void close() {
        remove();
        try {
            Runtime.getRuntime().removeShutdownHook(onInterrupt);
        } catch (IllegalStateException e) {
            // This program is ending, and the hook has run or will.
        }
    }
}
