package dev.nescio.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against a stand-in for the server, so that it can be told to misbehave.
class ServerProcessTest {

    private static final String DISTRIBUTION = "nescio.server.dist";
    private static final String STAND_IN = """
            package dev.nescio.server;

            import java.net.InetAddress;
            import java.net.ServerSocket;
            import java.nio.file.Files;
            import java.nio.file.Path;
            import java.util.List;

            public class Main {
                public static void main(String[] arguments) throws Exception {
                    List<String> given = List.of(arguments);
                    Path data = Path.of(given.get(given.indexOf("--data") + 1));
                    int port = Integer.parseInt(given.get(given.indexOf("--port") + 1));
                    if (given.contains("--broken")) {
                        System.err.println("the disk is full");
                        System.exit(3);
                    }
                    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                        try {
                            Files.writeString(data.resolve("stopped"), "in good order");
                            Thread.sleep(given.contains("--stubborn") ? 600_000 : 0);
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    }));
                    ServerSocket socket = new ServerSocket(port, 8, InetAddress.getLoopbackAddress());
                    System.err.println("something first");
                    if (!given.contains("--mute")) {
                        System.out.println("Nescio is ready on http://127.0.0.1:" + socket.getLocalPort());
                    }
                    while (true) {
                        socket.accept().close();
                    }
                }
            }
            """;

    private static final Duration LONG = Duration.ofMinutes(5);

    private final String before = System.getProperty(DISTRIBUTION);

    @TempDir
    private Path folder;

    private Path data;
    private ServerProcess.Options options;

    @BeforeEach
    void makeDistribution() throws IOException {
        Path source = Files.writeString(folder.resolve("Main.java"), STAND_IN);
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-d", folder.resolve("classes").toString(), source.toString());
        assertEquals(0, compiled);
        Path lib = Files.createDirectories(folder.resolve("dist/lib"));
        String name = "dev/nescio/server/Main.class";
        try (OutputStream file = Files.newOutputStream(lib.resolve("server.jar"));
                JarOutputStream jar = new JarOutputStream(file)) {
            jar.putNextEntry(new JarEntry(name));
            Files.copy(folder.resolve("classes").resolve(name), jar);
        }
        System.setProperty(DISTRIBUTION, folder.resolve("dist").toString());
        data = Files.createDirectories(folder.resolve("data"));
        options = ServerProcess.Options.loggingTo(folder.resolve("server.log"));
    }

    @AfterEach
    void restore() {
        if (before == null) {
            System.clearProperty(DISTRIBUTION);
        } else {
            System.setProperty(DISTRIBUTION, before);
        }
    }

    @Test
    void startsAnswersAndStopsInGoodOrder() throws Exception {
        ServerProcess server = ServerProcess.start(data, options);
        try (server) {
            assertEquals("http", server.uri().getScheme());
            new Socket(server.uri().getHost(), server.uri().getPort()).close();
            assertTrue(ProcessHandle.of(server.pid()).orElseThrow().isAlive());
            assertTrue(Files.readString(server.logFile()).startsWith("something first"));
        }
        assertFalse(server.isRunning());
        assertEquals("in good order", Files.readString(data.resolve("stopped")));
    }

    @Test
    void killIsAtOnceAndWithoutOrder() throws Exception {
        ServerProcess server = ServerProcess.start(data, options);
        server.kill();
        assertFalse(server.isRunning());
        assertFalse(Files.exists(data.resolve("stopped")));
        server.close();
    }

    @Test
    void aServerThatEndsAtOnceIsReportedWithWhatItSaid() {
        ServerProcess.FailedException failure = assertThrows(
                ServerProcess.FailedException.class, () -> ServerProcess.start(data, options.withServer("--broken")));
        assertTrue(failure.getMessage().contains("exit code 3"), failure.getMessage());
        assertTrue(failure.getMessage().contains("the disk is full"), failure.getMessage());
    }

    @Test
    void aServerThatIsNeverReadyIsStopped() {
        long children = ProcessHandle.current().children().count();
        ServerProcess.FailedException failure = assertThrows(
                ServerProcess.FailedException.class,
                () -> ServerProcess.start(data, options.withServer("--mute").withPatience(Duration.ofSeconds(1))));
        assertTrue(failure.getMessage().contains("not ready after 1 s"), failure.getMessage());
        assertEquals(children, ProcessHandle.current().children().count());
    }

    @Test
    void aServerThatDoesNotStopIsKilledAndReported() throws Exception {
        ServerProcess server = startedWithLeastPatience(options.withServer("--stubborn"));
        assertThrows(IllegalStateException.class, server::close);
        assertFalse(server.isRunning());
    }

    /// It waits for the end as long as for the start, which a slow machine needs more for.
    private ServerProcess startedWithLeastPatience(ServerProcess.Options server) throws Exception {
        for (int seconds = 2; ; seconds *= 2) {
            try {
                return ServerProcess.start(data, server.withPatience(Duration.ofSeconds(seconds)));
            } catch (ServerProcess.FailedException e) {
                if (seconds > 60) {
                    throw e;
                }
            }
        }
    }

    @Test
    void theReadyLineIsUnderstoodWithAPublicUrlAndWithoutOne() {
        Optional<URI> address = Optional.of(URI.create("https://127.0.0.1:8443"));
        String ready = "Nescio is ready on https://127.0.0.1:8443";
        assertEquals(address, ServerProcess.readyAddress(ready));
        assertEquals(address, ServerProcess.readyAddress(ready + " as https://nescio.example.org"));
        assertEquals(Optional.empty(), ServerProcess.readyAddress("Nescio is not ready on https://127.0.0.1:8443"));
    }

    /// The JVM would run what the cache holds, and not what the jar does.
    @Test
    void aCacheThatIsOlderThanAJarIsNotUsed() throws Exception {
        Path cache = Files.createFile(folder.resolve("dist/server.aot"));
        FileTime made = Files.getLastModifiedTime(folder.resolve("dist/lib/server.jar"));
        Files.setLastModifiedTime(cache, FileTime.from(made.toInstant().plusSeconds(1)));
        assertTrue(ServerProcess.command(List.of(), List.of()).contains("-XX:AOTCache=" + cache));
        Files.setLastModifiedTime(cache, FileTime.from(made.toInstant().minusSeconds(1)));
        assertFalse(ServerProcess.command(List.of(), List.of()).contains("-XX:AOTCache=" + cache));
    }

    @Test
    void aMissingDistributionIsExplained() {
        System.setProperty(DISTRIBUTION, folder.resolve("nowhere").toString());
        ServerProcess.FailedException failure =
                assertThrows(ServerProcess.FailedException.class, () -> ServerProcess.start(data, options));
        assertTrue(failure.getMessage().contains("./nescio"), failure.getMessage());
    }

    private static String answer(String script, Duration patience) throws IOException, InterruptedException {
        return ServerProcess.answer(List.of("sh", "-c", script), "a line", patience);
    }

    @Test
    void aProgramThatAnswersALine() throws Exception {
        assertEquals("a line\n", answer("cat", LONG));
        assertEquals(
                "no such thing",
                assertThrows(ServerProcess.FailedException.class, () -> answer("echo no such thing >&2; exit 1", LONG))
                        .getMessage());
    }

    @Test
    void aProgramThatSaysMuchOnStandardErrorIsNotWaitedForInVain() throws Exception {
        assertEquals("done\n", answer("head -c 500000 /dev/zero | tr '\\0' x >&2; echo done", LONG));
    }

    @Test
    void aProgramThatDoesNotAnswerIsStopped() {
        String message = assertThrows(
                        ServerProcess.FailedException.class, () -> answer("exec sleep 300", Duration.ofSeconds(1)))
                .getMessage();
        assertTrue(message.contains("did not answer within 1 s"), message);
    }
}
