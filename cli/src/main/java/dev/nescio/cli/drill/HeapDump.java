package dev.nescio.cli.drill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// The dump that a JVM writes of its live objects after a full garbage collection.
public final class HeapDump {

    private static final int PATIENCE_SECONDS = 120;

    /// The JVM did not write one. The message is for the person at the terminal.
    public static final class FailedException extends IOException {

        private static final long serialVersionUID = 1L;

        FailedException(String message) {
            super(message);
        }
    }

    private HeapDump() {}

    /// Uses `jcmd` of the JDK that runs this. Without `-all` it leaves out what the collector has freed.
    ///
    /// @param dump a file that is not there yet
    public static void write(long pid, Path dump) throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        if (!Files.isExecutable(jcmd)) {
            throw new FailedException("this Java has no jcmd; use a whole JDK");
        }
        Path said = Files.createTempFile("nescio-jcmd-", ".txt");
        try {
            Process process = new ProcessBuilder(
                            jcmd.toString(),
                            Long.toString(pid),
                            "GC.heap_dump",
                            dump.toAbsolutePath().toString())
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new FailedException("the JVM wrote no heap dump within " + PATIENCE_SECONDS + " s");
            }
            if (process.exitValue() != 0 || !Files.exists(dump) || Files.size(dump) == 0) {
                throw new FailedException(
                        "jcmd failed: " + Files.readString(said).strip());
            }
        } finally {
            Files.delete(said);
        }
    }
}
