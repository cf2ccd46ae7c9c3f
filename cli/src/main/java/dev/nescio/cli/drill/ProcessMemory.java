package dev.nescio.cli.drill;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The memory of a running process, as Linux shows it to those who may debug the process: the same user's
/// parent process, or root.
final class ProcessMemory implements AutoCloseable {

    /// This system does not let us. The message says why.
    static final class NotPermittedException extends IOException {

        private static final long serialVersionUID = 1L;

        NotPermittedException(String message) {
            super(message);
        }
    }

    /// Addresses without a gap, which may be several mappings.
    ///
    /// @param end the address after the last
    record Region(long start, long end, String mapped) {

        String name() {
            return Long.toHexString(start) + "-" + Long.toHexString(end) + (mapped.isEmpty() ? "" : " " + mapped);
        }
    }

    private static final Pattern MAPPING = Pattern.compile(
            "(?<start>[0-9a-f]+)-(?<end>[0-9a-f]+) (?<may>[-rwxsp]{4}) [0-9a-f]+ [0-9a-f:]+ [0-9]+ *(?<what>.*)");

    private final Path proc;
    private final FileChannel memory;

    private ProcessMemory(Path proc, FileChannel memory) {
        this.proc = proc;
        this.memory = memory;
    }

    static ProcessMemory open(long pid) throws IOException {
        Path proc = Path.of("/proc", Long.toString(pid));
        if (!Files.exists(proc.resolve("mem"))) {
            throw new NotPermittedException("this system has no /proc/PID/mem");
        }
        FileChannel memory;
        try {
            memory = FileChannel.open(proc.resolve("mem"));
        } catch (IOException e) {
            throw new NotPermittedException("this system does not permit to read it ("
                    + e.getClass().getSimpleName() + "); root may, or see kernel.yama.ptrace_scope");
        }
        try {
            return new ProcessMemory(proc, memory).checked();
        } catch (IOException e) {
            memory.close();
            throw e;
        }
    }

    private ProcessMemory checked() throws IOException {
        List<Region> regions = regions();
        if (regions.isEmpty()) {
            throw new NotPermittedException("this system does not show where it lies");
        }
        return this;
    }

    /// What can be read, except what is only the unchanged contents of files (programs and libraries that
    /// are mapped to be shared).
    List<Region> regions() throws IOException {
        List<Region> regions = new ArrayList<>();
        for (String line : Files.readAllLines(proc.resolve("maps"))) {
            Matcher mapping = MAPPING.matcher(line);
            if (mapping.matches() && isSearched(mapping.group("may"), mapping.group("what"))) {
                long start = Long.parseUnsignedLong(mapping.group("start"), 16);
                long end = Long.parseUnsignedLong(mapping.group("end"), 16);
                append(regions, new Region(start, end, mapping.group("what")));
            }
        }
        return regions;
    }

    private static boolean isSearched(String may, String what) {
        boolean kernels = what.startsWith("[v"); // vdso, vvar, vsyscall: not this process's
        boolean onlyFile = may.startsWith("r-") && may.endsWith("s") && what.startsWith("/");
        return may.startsWith("r") && !kernels && !onlyFile && !what.startsWith("/dev/dri");
    }

    private static void append(List<Region> regions, Region next) {
        Region last = regions.isEmpty() ? null : regions.getLast();
        if (last != null && last.end() == next.start()) {
            String mapped = last.mapped().isEmpty() ? next.mapped() : last.mapped();
            regions.set(regions.size() - 1, new Region(last.start(), next.end(), mapped));
        } else {
            regions.add(next);
        }
    }

    Contents read(Region region) {
        return new Contents(region);
    }

    /// The bytes of a region. Pages that cannot be read are left out and counted.
    final class Contents extends InputStream {

        private static final int PAGE = 4096;

        private final Region region;
        private long at;
        private long unreadable;

        private Contents(Region region) {
            this.region = region;
            this.at = region.start();
        }

        /// How many bytes could not be read until now.
        long unreadable() {
            return unreadable;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("read many at once");
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int wanted = length;
            while (at < region.end()) {
                int most = (int) Math.min(wanted, region.end() - at);
                try {
                    int read = memory.read(ByteBuffer.wrap(into, from, most), at);
                    if (read > 0) {
                        at += read;
                        return read;
                    }
                } catch (IOException e) {
                    if (!proc.toFile().exists()) {
                        throw e;
                    }
                }
                // A part of it failed: go on page by page.
                int restOfPage = PAGE - (int) (at % PAGE);
                if (most <= restOfPage) {
                    unreadable += most;
                    at += most;
                } else {
                    wanted = restOfPage;
                }
            }
            return -1;
        }
    }

    @Override
    public void close() throws IOException {
        memory.close();
    }
}
