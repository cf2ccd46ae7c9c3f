package dev.nescio.cli;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// The server, started from its own distribution as a process of its own, on the JDK that runs this.
///
/// The folder of the distribution is the system property `nescio.server.dist`; `./nescio` sets it. What
/// the server writes goes straight into a file, so nothing is lost when this process dies first; a shutdown
/// hook stops the server when this process is stopped by a signal.
public final class ServerProcess implements AutoCloseable {

    /// How a server is started.
    ///
    /// @param port 0 for any free one
    /// @param logFile where its standard output and standard error go; an older file is overwritten
    /// @param jvm further arguments for the JVM
    /// @param server further arguments for the server
    /// @param patience how long to wait for its first answer, and for its end
    public record Options(int port, Path logFile, List<String> jvm, List<String> server, Duration patience) {

        public Options {
            jvm = List.copyOf(jvm);
            server = List.copyOf(server);
        }

        public static Options loggingTo(Path logFile) {
            return new Options(0, logFile, List.of(), List.of(), PATIENCE);
        }

        public Options withPort(int newPort) {
            return new Options(newPort, logFile, jvm, server, patience);
        }

        public Options withJvm(String... arguments) {
            return new Options(port, logFile, List.of(arguments), server, patience);
        }

        public Options withServer(String... arguments) {
            return new Options(port, logFile, jvm, List.of(arguments), patience);
        }

        public Options withPatience(Duration newPatience) {
            return new Options(port, logFile, jvm, server, newPatience);
        }
    }

    /// The server cannot be started, or ended before it was ready. The message is for the person at the
    /// terminal.
    public static final class FailedException extends IOException {

        private static final long serialVersionUID = 1L;

        FailedException(String message) {
            super(message);
        }
    }

    private static final String DISTRIBUTION = "nescio.server.dist";
    private static final String MAIN = "dev.nescio.server.Main";

    /// Gives memory back to the system when there is nothing to do: a home server has other tasks too. The
    /// dead ratio makes a full collection move every region that is not quite full: what is dead in one that
    /// stays is covered by arrays that keep its content, and that a heap dump shows among the live objects.
    private static final List<String> MEMORY = List.of(
            "-XX:+UseG1GC",
            "-XX:G1PeriodicGCInterval=10000",
            "-XX:MinHeapFreeRatio=5",
            "-XX:MaxHeapFreeRatio=15",
            "-XX:-ShrinkHeapInSteps",
            "-XX:MarkSweepDeadRatio=0",
            "-XX:TrimNativeHeapInterval=10000");

    private static final Pattern READY = Pattern.compile("Nescio is ready on (https?://\\S+)(?: as \\S+)?\\R");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int SHOWN_LINES = 20;
    private static final int MOST_READ = 1 << 20;
    private static final long LOOK_MILLIS = 10;

    private final Process process;
    private final Options options;
    private final Thread stopper;
    private final URI uri;

    private ServerProcess(Process process, Options options, Thread stopper, URI uri) {
        this.process = process;
        this.options = options;
        this.stopper = stopper;
        this.uri = uri;
    }

    /// Returns once the server answers.
    ///
    /// @throws FailedException if it does not come up; nothing is left running
    public static ServerProcess start(Path dataFolder, Options options) throws IOException, InterruptedException {
        Files.deleteIfExists(options.logFile());
        Process process = new ProcessBuilder(serving(options.jvm(), dataFolder, options.port(), options.server()))
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(options.logFile().toFile()))
                .start();
        process.getOutputStream().close();
        Thread stopper = new Thread(process::destroy, "stop the server");
        Runtime.getRuntime().addShutdownHook(stopper);
        boolean ready = false;
        try {
            URI uri = awaitReady(process, options);
            ready = true;
            return new ServerProcess(process, options, stopper, uri);
        } finally {
            if (!ready) {
                process.destroyForcibly().waitFor();
                forget(stopper);
            }
        }
    }

    /// Runs the server on this terminal until it ends. What it logs goes to standard error as it is.
    ///
    /// @param server further arguments for the server
    /// @param said is given each line that the server writes on standard output
    /// @return its exit code
    public static int runInForeground(Path dataFolder, int port, List<String> server, Consumer<String> said)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(serving(List.of(), dataFolder, port, server))
                .inheritIO()
                .redirectOutput(ProcessBuilder.Redirect.PIPE)
                .start();
        Thread stopper = new Thread(
                () -> {
                    process.destroy();
                    waitQuietly(process, PATIENCE);
                },
                "stop the server");
        Runtime.getRuntime().addShutdownHook(stopper);
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            lines.lines().forEach(said);
            return process.waitFor();
        } finally {
            forget(stopper);
        }
    }

    /// A reset code that can be used.
    ///
    /// @param sessions how many sessions that persons have opened the account has
    /// @param lastUsed the hour in which one of them was last used; empty where there is none
    record ExpectedReset(Instant expiresAt, int sessions, Optional<Instant> lastUsed) {}

    /// Has the server's program expect a reset code, in the database of a server that may be running. It learns hashes
    /// alone, and by standard input: others on this machine see arguments.
    ///
    /// @param server further arguments for the server
    /// @return what it knows; empty where the address has no account
    /// @throws FailedException if it cannot, with what the program said
    static Optional<ExpectedReset> expectReset(
            Path dataFolder, List<String> server, Bytes hashedEmail, Bytes resetCodeHash)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("reset-code", "--data", dataFolder.toString()));
        arguments.addAll(server);
        String out = answer(
                command(List.of(), arguments),
                Json.STRICT.writeValueAsString(Map.of("hashedEmail", hashedEmail, "resetCodeHash", resetCodeHash)),
                PATIENCE);
        try {
            JsonNode answer = Json.LENIENT.readTree(out);
            return answer.path("found").asBoolean(false) ? Optional.of(expected(answer)) : Optional.empty();
        } catch (JacksonException e) {
            throw new FailedException("It said something else than was expected.");
        }
    }

    private static ExpectedReset expected(JsonNode answer) {
        JsonNode lastUsed = answer.path("lastUsedAt");
        return new ExpectedReset(
                Instant.ofEpochMilli(answer.path("expiresAt").asLong()),
                answer.path("sessions").asInt(),
                lastUsed.isNumber() ? Optional.of(Instant.ofEpochMilli(lastUsed.asLong())) : Optional.empty());
    }

    /// Runs a program that is given a line and gives an answer.
    ///
    /// @return what it wrote on standard output
    /// @throws FailedException if it fails, or takes too long; nothing is left running
    static String answer(List<String> command, String line, Duration patience)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).start();
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                // Both at once: it could wait for one of them to be read while the other one is.
                Future<String> out = readers.submit(() -> text(process.getInputStream()));
                Future<String> said = readers.submit(() -> text(process.getErrorStream()));
                tell(process, line);
                if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new FailedException("The server's program did not answer within " + patience.toSeconds()
                            + " s and was stopped.");
                }
                if (process.exitValue() != 0) {
                    throw new FailedException(
                            said.get().isBlank()
                                    ? "It ended without a word."
                                    : said.get().strip());
                }
                return out.get();
            } finally {
                // Before the readers are waited for, who wait for its end.
                process.destroyForcibly();
            }
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    private static void tell(Process process, String line) {
        try (Writer in = process.outputWriter(StandardCharsets.UTF_8)) {
            in.write(line + "\n");
        } catch (IOException e) {
            // It has ended; what it says is read.
        }
    }

    private static String text(InputStream stream) throws IOException {
        return new String(stream.readNBytes(MOST_READ), StandardCharsets.UTF_8);
    }

    /// The address in the line that a server writes when it answers.
    static Optional<URI> readyAddress(String line) {
        Matcher ready = READY.matcher(line + "\n");
        return ready.matches() ? Optional.of(URI.create(ready.group(1))) : Optional.empty();
    }

    /// The command line for one of the server's commands.
    public static List<String> command(List<String> jvm, List<String> server) throws FailedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(jvm);
        Path distribution = distribution();
        Path cache = distribution.resolve("server.aot");
        if (isNewest(cache, distribution.resolve("lib"))) {
            command.add("-XX:AOTCache=" + cache);
        }
        Collections.addAll(command, "-cp", distribution.resolve("lib") + "/*", MAIN);
        command.addAll(server);
        return command;
    }

    /// The JVM runs what is in the cache even where the jars have changed since.
    private static boolean isNewest(Path cache, Path lib) throws FailedException {
        if (!Files.exists(cache)) {
            return false;
        }
        try (Stream<Path> jars = Files.list(lib)) {
            FileTime made = Files.getLastModifiedTime(cache);
            for (Path jar : jars.toList()) {
                if (Files.getLastModifiedTime(jar).compareTo(made) > 0) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw new FailedException("The server's program cannot be read in " + lib + ".");
        }
    }

    private static List<String> serving(List<String> jvm, Path dataFolder, int port, List<String> server)
            throws FailedException {
        List<String> forJvm = new ArrayList<>(MEMORY);
        forJvm.addAll(jvm);
        List<String> arguments = new ArrayList<>();
        Collections.addAll(arguments, "--data", dataFolder.toString(), "--port", Integer.toString(port));
        arguments.addAll(server);
        return command(forJvm, arguments);
    }

    private static Path distribution() throws FailedException {
        String folder = System.getProperty(DISTRIBUTION);
        if (folder == null || !Files.isDirectory(Path.of(folder, "lib"))) {
            throw new FailedException("The server's program was not found"
                    + (folder == null ? "" : " in " + folder)
                    + ". Start this command with ./nescio, which builds it, or name its folder with -D"
                    + DISTRIBUTION + "=FOLDER.");
        }
        return Path.of(folder);
    }

    private static URI awaitReady(Process process, Options options) throws IOException, InterruptedException {
        long end = System.nanoTime() + options.patience().toNanos();
        while (System.nanoTime() < end) {
            boolean ended = process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            Matcher ready = READY.matcher(beginning(options.logFile()));
            if (ready.find() && !ended) {
                return URI.create(ready.group(1));
            }
            if (ended) {
                throw new FailedException("The server ended with exit code " + process.exitValue()
                        + " before it was ready." + lastLines(options.logFile()));
            }
        }
        throw new FailedException("The server was not ready after "
                + options.patience().toSeconds() + " s and was stopped." + lastLines(options.logFile()));
    }

    private static String beginning(Path logFile) throws IOException {
        if (!Files.exists(logFile)) {
            return "";
        }
        try (RandomAccessFile file = new RandomAccessFile(logFile.toFile(), "r")) {
            byte[] bytes = new byte[(int) Math.min(file.length(), MOST_READ)];
            file.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private static String lastLines(Path logFile) throws IOException {
        List<String> lines = beginning(logFile).lines().toList();
        List<String> last = lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size());
        return (last.isEmpty() ? " It said nothing." : " It said:\n" + String.join("\n", last)) + "\n(" + logFile + ")";
    }

    public URI uri() {
        return uri;
    }

    public long pid() {
        return process.pid();
    }

    public Path logFile() {
        return options.logFile();
    }

    public boolean isRunning() {
        return process.isAlive();
    }

    /// Asks the server to stop (SIGTERM) and waits until it has.
    ///
    /// @throws IllegalStateException if it had to be killed
    @Override
    public void close() {
        process.destroy();
        boolean ended = waitQuietly(process, options.patience());
        if (!ended) {
            kill();
            throw new IllegalStateException("the server did not stop when asked and was killed");
        }
        forget(stopper);
    }

    /// Ends the server at once, as `kill -9` does, and waits until it is gone.
    public void kill() {
        process.destroyForcibly();
        waitQuietly(process, options.patience());
        forget(stopper);
    }

    private static boolean waitQuietly(Process process, Duration patience) {
        try {
            return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void forget(Thread stopper) {
        try {
            Runtime.getRuntime().removeShutdownHook(stopper);
        } catch (IllegalStateException e) {
            // This JVM is shutting down, and the hook has run or will.
        }
    }
}
