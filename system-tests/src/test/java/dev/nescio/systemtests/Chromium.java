package dev.nescio.systemtests;

import dev.nescio.protocol.Json;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// A real Chromium without a window, with one page, driven over its DevTools protocol.
final class Chromium implements AutoCloseable {

    private static final long MOST_SECONDS = 300;

    /// An exception in the page.
    static final class ThrownInPage extends RuntimeException {

        private static final long serialVersionUID = 1L;

        ThrownInPage(String text) {
            super(text);
        }
    }

    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger last = new AtomicInteger();
    private final WebSocket socket;
    private String page;

    /// @param folder for what it stores
    Chromium(Path folder) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                program().toString(),
                "--headless=new",
                "--remote-debugging-port=0",
                "--user-data-dir=" + folder,
                "--no-first-run",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "about:blank"));
        if ("root".equals(System.getProperty("user.name"))) {
            // It has no sandbox for root.
            command.add(1, "--no-sandbox");
        }
        Path log = folder.resolveSibling(folder.getFileName() + ".log");
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        socket = http.newWebSocketBuilder()
                .buildAsync(listening(folder.resolve("DevToolsActivePort"), log), new Listener())
                .join();
        String target = ask("Target.createTarget", Map.of("url", "about:blank"))
                .get("targetId")
                .asString();
        page = ask("Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                .get("sessionId")
                .asString();
    }

    private static Path program() {
        Stream<Path> onPath = Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
                        .map(name -> Path.of(folder, name)));
        return Stream.of(
                        Optional.ofNullable(System.getenv("NESCIO_CHROMIUM")).map(Path::of).stream(),
                        onPath,
                        Stream.of(
                                Path.of("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
                                Path.of("/Applications/Chromium.app/Contents/MacOS/Chromium")))
                .flatMap(paths -> paths)
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError("This test needs Chromium or Chrome. Install it (Debian: apt-get"
                        + " install chromium), or set NESCIO_CHROMIUM to the program."));
    }

    /// @param said where it writes its port and path once it listens
    private URI listening(Path said, Path log) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
        while (process.isAlive() && System.nanoTime() < end) {
            List<String> lines = Files.exists(said) ? Files.readAllLines(said) : List.of();
            if (lines.size() == 2) {
                return URI.create("ws://127.0.0.1:" + lines.getFirst() + lines.getLast());
            }
            pause();
        }
        process.destroyForcibly();
        throw new AssertionError("Chromium does not listen: " + Files.readString(log));
    }

    private static void pause() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }

    private final class Listener implements WebSocket.Listener {

        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean isLast) {
            message.append(data);
            if (isLast) {
                JsonNode answer = Json.LENIENT.readTree(message.toString());
                message.setLength(0);
                if (answer.has("id")) {
                    waiting.remove(answer.get("id").asInt()).complete(answer);
                }
            }
            from.request(1);
            return null;
        }
    }

    /// Sends a command of the protocol to the page.
    JsonNode ask(String method, Map<String, ?> parameters) {
        int id = last.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        var command = Json.LENIENT.createObjectNode().put("id", id).put("method", method);
        command.set("params", Json.LENIENT.valueToTree(parameters));
        if (page != null) {
            command.put("sessionId", page);
        }
        socket.sendText(Json.LENIENT.writeValueAsString(command), true).join();
        try {
            JsonNode given = answer.get(MOST_SECONDS, TimeUnit.SECONDS);
            if (given.has("error")) {
                throw new AssertionError(method + ": " + given.get("error"));
            }
            return given.get("result");
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(method + " was not answered", e);
        }
    }

    /// Opens another document, in which nothing is left of the one before it.
    ///
    /// @param ready an expression that is true once the document can be used
    void open(URI uri, String ready) {
        ask("Page.navigate", Map.of("url", uri.toString()));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
        while (!evaluate("location.href === '" + uri + "' && " + ready).asBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("the page did not become ready");
            }
            pause();
        }
    }

    /// @return what the expression, or its promise, gives
    /// @throws ThrownInPage if it throws
    JsonNode evaluate(String expression) {
        JsonNode answer =
                ask("Runtime.evaluate", Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
        if (answer.has("exceptionDetails")) {
            throw new ThrownInPage(
                    answer.at("/exceptionDetails/exception/description").asString());
        }
        return answer.at("/result/value");
    }

    @Override
    public void close() {
        socket.abort();
        http.shutdownNow();
        process.destroy();
        try {
            if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
