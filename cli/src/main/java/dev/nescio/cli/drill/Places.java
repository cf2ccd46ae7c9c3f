package dev.nescio.cli.drill;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Everything that a server holds, read and searched place by place. What cannot be read becomes a gap in
/// the findings.
public final class Places {

    private final Searcher searcher;
    private final Findings findings;

    public Places(Searcher searcher) {
        this.searcher = searcher;
        this.findings = searcher.findings();
    }

    /// One file.
    public void file(Place.Kind kind, String name, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            searcher.search(new Place(kind, name), in);
        } catch (NoSuchFileException e) {
            findings.note("file " + name + " was gone before it could be read");
        } catch (IOException e) {
            findings.gap("file " + name + " could not be read: " + e.getClass().getSimpleName());
        }
    }

    /// Every file in a folder and in the folders in it, and their names. Links are not followed; their
    /// targets are searched as names.
    ///
    /// @param prefix put before the names of the files in what is printed
    public void folder(String prefix, Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        List<String> names = new ArrayList<>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path found, BasicFileAttributes attributes) {
                names.add(folder.relativize(found).toString());
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path found, BasicFileAttributes attributes) throws IOException {
                names.add(folder.relativize(found).toString());
                if (attributes.isRegularFile()) {
                    files.add(found);
                } else if (attributes.isSymbolicLink()) {
                    names.add(Files.readSymbolicLink(found).toString());
                } else {
                    findings.gap("file " + prefix + folder.relativize(found) + " is of a kind that cannot be read");
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path found, IOException e) {
                if (e instanceof NoSuchFileException) {
                    findings.note("file " + prefix + folder.relativize(found) + " was gone before it could be read");
                } else {
                    findings.gap("file " + prefix + folder.relativize(found) + " could not be read: "
                            + e.getClass().getSimpleName());
                }
                return FileVisitResult.CONTINUE;
            }
        });
        files.sort(null);
        for (Path file : files) {
            file(Place.Kind.FILE, prefix + folder.relativize(file), file);
        }
        searchText(new Place(Place.Kind.FILE, prefix + "(names of the files)"), String.join("\n", names));
    }

    private void searchText(Place place, String text) throws IOException {
        searcher.search(place, new java.io.ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    /// What a process is told and knows of its environment, and the files that it can write to, be they
    /// deleted, outside of `known`. Only where the system has `/proc`.
    ///
    /// @param known folders that are searched anyway
    public void process(long pid, List<Path> known) throws IOException {
        Path proc = Path.of("/proc", Long.toString(pid));
        if (!Files.isDirectory(proc)) {
            findings.note("this system does not show which files a process has open (no /proc)");
            return;
        }
        file(Place.Kind.MEMORY, "arguments of the process", proc.resolve("cmdline"));
        file(Place.Kind.MEMORY, "environment of the process", proc.resolve("environ"));
        for (Path descriptor : descriptors(proc)) {
            openFile(proc, descriptor, known);
        }
    }

    private static Set<Path> descriptors(Path proc) throws IOException {
        try (java.util.stream.Stream<Path> all = Files.list(proc.resolve("fd"))) {
            return new TreeSet<>(all.toList());
        }
    }

    private void openFile(Path proc, Path descriptor, List<Path> known) throws IOException {
        Path target;
        boolean writable;
        try {
            target = Files.readSymbolicLink(descriptor);
            writable = writable(proc.resolve("fdinfo").resolve(descriptor.getFileName()));
        } catch (NoSuchFileException e) {
            return; // closed in the meantime
        }
        boolean elsewhere = known.stream().noneMatch(target::startsWith)
                || target.toString().endsWith(" (deleted)");
        if (writable && elsewhere && target.isAbsolute() && Files.isRegularFile(descriptor)) {
            file(Place.Kind.FILE, "open file " + target, descriptor);
        }
    }

    private static boolean writable(Path info) throws IOException {
        for (String line : Files.readAllLines(info)) {
            if (line.startsWith("flags:")) {
                return (Integer.parseInt(line.substring("flags:".length()).strip(), 8) & 3) != 0;
            }
        }
        return false;
    }

    /// The live objects of a JVM: it collects its garbage, then writes a dump.
    ///
    /// @param scratch a folder for the dump, which is as large as the heap and is deleted afterwards
    public void heap(long pid, Path scratch) throws IOException, InterruptedException {
        Path dump = scratch.resolve("heap-" + pid + ".hprof");
        try {
            HeapDump.write(pid, dump);
            file(Place.Kind.HEAP, "live objects of process " + pid, dump);
        } catch (HeapDump.FailedException e) {
            findings.gap("the heap was not searched: " + e.getMessage());
        } finally {
            Files.deleteIfExists(dump);
        }
    }

    /// All memory of a process that can be read.
    public void memory(long pid) {
        try (ProcessMemory memory = ProcessMemory.open(pid)) {
            for (ProcessMemory.Region region : memory.regions()) {
                ProcessMemory.Contents contents = memory.read(region);
                searcher.search(new Place(Place.Kind.MEMORY, region.name()), contents);
                if (contents.unreadable() > 0) {
                    findings.note("memory " + region.name() + ": " + contents.unreadable()
                            + " bytes could not be read, or were given back meanwhile");
                }
            }
        } catch (ProcessMemory.NotPermittedException e) {
            findings.note("the memory of the process was not searched: " + e.getMessage());
        } catch (IOException e) {
            findings.gap("the memory of the process could not be read to its end: "
                    + e.getClass().getSimpleName());
        }
    }
}
