package dev.nescio.server;

import dev.nescio.server.config.DatabaseSetting;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The server as a process of its own, as people run it.
final class ServerProcess implements AutoCloseable {

    private static final String READY = "Nescio is ready on http://";

    private final Process process;
    private final Path log;
    private final String ready;

    private ServerProcess(Process process, Path log, String ready) {
        this.process = process;
        this.log = log;
        this.ready = ready;
    }

    static ServerProcess start(Path data, String... more) throws IOException {
        return start(List.of(), data, new DatabaseSetting.Sqlite(data.resolve("nescio.db")), more);
    }

    /// @param before a command that runs the server, which is appended to it
    static ServerProcess start(List<String> before, Path data, DatabaseSetting database, String... more)
            throws IOException {
        Path log = newLog();
        ProcessBuilder builder = command(data, log, more);
        builder.command().addAll(0, before);
        if (database instanceof DatabaseSetting.Postgres postgres) {
            builder.environment().put("NESCIO_DATABASE", postgres.url());
            builder.environment().put("NESCIO_DATABASE_USER", postgres.user());
            builder.environment().put("NESCIO_DATABASE_PASSWORD", postgres.password());
        }
        Process process = builder.start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String line = out.readLine();
        if (line == null || !line.startsWith(READY)) {
            process.destroyForcibly();
            throw new IllegalStateException("the server did not start: " + line + "\n" + Files.readString(log));
        }
        return new ServerProcess(process, log, line);
    }

    /// Runs the program to its end.
    ///
    /// @param status the exit status
    record Ended(int status, String out, String log) {}

    static Ended run(Path data, String... more) throws IOException, InterruptedException {
        Path log = newLog();
        Process process = command(data, log, more).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        return new Ended(process.waitFor(), out, Files.readString(log));
    }

    private static Path newLog() throws IOException {
        Path log = Files.createTempFile("nescio-server", ".log");
        log.toFile().deleteOnExit();
        return log;
    }

    /// @param more a command, if any, and then options
    private static ProcessBuilder command(Path data, Path log, String... more) {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        List<String> rest = new ArrayList<>(List.of(more));
        if (!rest.isEmpty() && !rest.getFirst().startsWith("-")) {
            command.add(rest.removeFirst());
        }
        command.addAll(List.of("--data", data.toString(), "--port", "0", "--rate-limits", "off"));
        command.addAll(rest);
        return new ProcessBuilder(command).redirectError(log.toFile());
    }

    Client client() {
        return new Client(port());
    }

    /// As the ready line names it.
    URI address() {
        return URI.create(ready.substring(READY.length() - "http://".length()).split(" ", 2)[0]);
    }

    /// The ready line.
    String ready() {
        return ready;
    }

    int port() {
        return address().getPort();
    }

    long pid() {
        return process.pid();
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    /// As a loss of power does to a process: nothing is finished.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /// As an operator does.
    ///
    /// @return the exit status
    int terminate() throws InterruptedException {
        process.destroy();
        return process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
