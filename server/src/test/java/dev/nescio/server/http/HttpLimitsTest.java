package dev.nescio.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.SessionId;
import dev.nescio.server.Patience;
import dev.nescio.server.TlsIdentity;
import dev.nescio.server.config.DatabaseSetting;
import dev.nescio.server.config.PublicUrl;
import dev.nescio.server.config.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is over a limit is refused, waits, or is closed; and what was held is given back.
class HttpLimitsTest {

    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration HEADERS = Duration.ofMillis(500);
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration CUT_WITHIN = Duration.ofMinutes(1);
    private static final String HEALTH = "GET /v1/health HTTP/1.1\nHost: a\n\n";
    private static final Caller CALLER = new Caller(
            AccountId.parse("00112233445566778899aabbccddeeff"),
            SessionId.parse("00112233445566778899aabbccddeeff"),
            1,
            2,
            false,
            null);

    private static final SocketListener SOCKETS = new SocketListener() {
        @Override
        public void opened(dev.nescio.server.http.Socket socket) {}

        @Override
        public void ended(dev.nescio.server.http.Socket socket) {}

        @Override
        public void closed(dev.nescio.server.http.Socket socket) {}
    };

    private static HttpLimits limits(Duration headers, Duration idle, Duration socketIdle) {
        return new HttpLimits(256, 8192, 1024, headers, idle, socketIdle, LONG);
    }

    private static HttpServer start(HttpLimits limits, Handler health) {
        return start(limits, null, health);
    }

    static HttpServer start(HttpLimits limits, Settings.TlsFiles tls, Handler health) {
        Path folder = Path.of("unused");
        Settings settings = new Settings(
                folder,
                "127.0.0.1",
                0,
                new DatabaseSetting.Sqlite(folder),
                folder,
                PublicUrl.parse("http://localhost"),
                false,
                tls,
                Set.of(),
                true);
        Map<Endpoint, Handler> handlers = new EnumMap<>(Endpoint.class);
        for (Endpoint endpoint : Endpoint.values()) {
            handlers.put(endpoint, call -> Answer.EMPTY);
        }
        handlers.remove(Endpoint.HINTS);
        handlers.put(Endpoint.HEALTH, health);
        return HttpServer.start(
                settings,
                token -> Optional.of(CALLER),
                (caller, network) -> {},
                SOCKETS,
                handlers,
                Clock.systemUTC(),
                limits);
    }

    static Socket open(HttpServer server) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(30_000);
        return socket;
    }

    /// @param outside connected already
    static Socket overTls(TlsIdentity identity, Socket outside) throws Exception {
        return identity.trusting().getSocketFactory().createSocket(outside, "localhost", outside.getPort(), true);
    }

    static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    static String ask(Socket socket) throws IOException {
        send(socket, HEALTH);
        return head(socket);
    }

    /// Reads to the end of the next answer's headers.
    static String head(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int octet = socket.getInputStream().read();
            if (octet < 0) {
                throw new IOException("closed after " + head);
            }
            head.append((char) octet);
        }
        return head.toString();
    }

    @Test
    void requestsPastThe256thAreRefusedUntilOneEnds() throws Exception {
        CountDownLatch inside = new CountDownLatch(256);
        CountDownLatch leave = new CountDownLatch(1);
        List<Socket> waiting = new ArrayList<>();
        try (HttpServer server = start(HttpLimits.NORMAL, call -> {
            inside.countDown();
            await(leave);
            return Answer.EMPTY;
        })) {
            for (int i = 0; i < 256; i++) {
                Socket socket = open(server);
                waiting.add(socket);
                send(socket, HEALTH);
            }
            assertTrue(inside.await(60, TimeUnit.SECONDS), "256 have a place");
            try (Socket late = open(server)) {
                send(late, "GET /v1/health HTTP/1.1\nHost: a\nConnection: close\n\n");
                String refused = new String(late.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                assertTrue(refused.startsWith("HTTP/1.1 503"), refused);
                assertTrue(refused.contains("\r\nRetry-After: 2\r\n"), refused);
                assertTrue(refused.contains("urn:nescio:problem:unavailable"), refused);
            }
            leave.countDown();
            for (Socket socket : waiting) {
                assertTrue(head(socket).startsWith("HTTP/1.1 200"));
            }
            // A place is given back a little later than its answer is there.
            Patience.until(() -> {
                try (Socket next = open(server)) {
                    return ask(next).startsWith("HTTP/1.1 200");
                }
            });
        } finally {
            leave.countDown();
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    private static void await(CountDownLatch latch) {
        await(latch, LONG);
    }

    private static void await(CountDownLatch latch, Duration most) {
        try {
            latch.await(most.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aConnectionTooManyWaitsUntilOneEnds() throws IOException {
        try (HttpServer server = start(new HttpLimits(256, 2, 1024, LONG, LONG, LONG, LONG), call -> Answer.EMPTY);
                Socket first = open(server);
                Socket second = open(server)) {
            assertTrue(ask(first).startsWith("HTTP/1.1 200"));
            assertTrue(ask(second).startsWith("HTTP/1.1 200"));
            try (Socket third = open(server)) {
                third.setSoTimeout(500);
                assertThrows(SocketTimeoutException.class, () -> ask(third));
                assertTrue(ask(first).startsWith("HTTP/1.1 200"), "those that are in are served");
                first.shutdownOutput();
                third.setSoTimeout(30_000);
                assertTrue(head(third).startsWith("HTTP/1.1 200"));
            }
        }
    }

    /// There are two connections in each other with TLS, and a third that a WebSocket takes the place of.
    @Test
    void aBlockHasAsManyConnectionsOverTls(@TempDir Path folder) throws Exception {
        TlsIdentity identity = TlsIdentity.fresh();
        try (HttpServer server = start(
                new HttpLimits(256, 8192, 2, LONG, LONG, LONG, LONG), identity.write(folder), call -> Answer.EMPTY)) {
            // Each is used before the next is opened: the server counts them in the order in which its threads get to
            // them.
            try (Socket first = overTls(identity, open(server))) {
                assertTrue(ask(first).startsWith("HTTP/1.1 200"));
                try (Socket second = overTls(identity, open(server))) {
                    upgrade(second);
                    try (Socket third = overTls(identity, open(server))) {
                        assertThrows(IOException.class, () -> ask(third));
                    }
                    assertTrue(ask(first).startsWith("HTTP/1.1 200"), "those that are open stay");
                }
            }
            try (Socket fourth = eventually(server, identity);
                    Socket fifth = eventually(server, identity);
                    Socket sixth = overTls(identity, open(server))) {
                assertTrue(ask(fourth).startsWith("HTTP/1.1 200"), "closed ones do not count");
                assertTrue(ask(fifth).startsWith("HTTP/1.1 200"));
                assertThrows(IOException.class, () -> ask(sixth));
            }
        }
    }

    /// The server hears of a close a little later.
    private static Socket eventually(HttpServer server, TlsIdentity identity) throws Exception {
        AtomicReference<Socket> found = new AtomicReference<>();
        Patience.until(() -> {
            Socket socket = overTls(identity, open(server));
            try {
                assertTrue(ask(socket).startsWith("HTTP/1.1 200"));
                found.set(socket);
                return true;
            } catch (IOException e) {
                socket.close();
                return false;
            }
        });
        return found.get();
    }

    @Test
    void tlsIsNotNegotiatedAnew(@TempDir Path folder) throws Exception {
        TlsIdentity identity = TlsIdentity.fresh();
        try (HttpServer server = start(HttpLimits.NORMAL, identity.write(folder), call -> Answer.EMPTY);
                SSLSocket socket = (SSLSocket) overTls(identity, open(server))) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            assertTrue(ask(socket).startsWith("HTTP/1.1 200"));
            assertThrows(IOException.class, () -> {
                socket.startHandshake();
                ask(socket);
            });
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "GET /v1/he",
                "GET /v1/health HTTP/1.1\nHost: a\n",
                "POST /v1/signin/lookup HTTP/1.1\nHost: a\nContent-Type: application/json\nContent-Length: 100\n\n{",
                HEALTH
            })
    void aConnectionThatSaysNothingMoreIsClosed(String said) throws IOException {
        try (HttpServer server = start(limits(LONG, SHORT, LONG), call -> Answer.EMPTY)) {
            long began = System.nanoTime();
            try (Socket socket = open(server)) {
                assertCloses(socket, said, began);
            }
        }
    }

    @Test
    void aConnectionThatGoesOnStaysOpen() throws Exception {
        Patience.inOneOfSomeTries(factor -> {
            Duration idle = SHORT.multipliedBy(factor);
            try (HttpServer server = start(limits(LONG, idle, LONG), call -> Answer.EMPTY);
                    Socket socket = open(server)) {
                for (int i = 0; i < 10; i++) {
                    assertTrue(ask(socket).startsWith("HTTP/1.1 200"));
                    Thread.sleep(idle.dividedBy(4));
                }
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", HEALTH})
    void headersThatDripAreCut(String before) throws Exception {
        Patience.inOneOfSomeTries(factor -> {
            Duration headers = HEADERS.multipliedBy(factor);
            try (HttpServer server = start(limits(headers, LONG, LONG), call -> Answer.EMPTY)) {
                long began = System.nanoTime();
                try (Socket socket = open(server)) {
                    if (!before.isEmpty()) {
                        assertTrue(ask(socket).startsWith("HTTP/1.1 200"));
                        Thread.sleep(headers.multipliedBy(2));
                        began = System.nanoTime();
                    }
                    assertCuts(socket, "GET /v1/health HTTP/1.1\r\nX: ", began, headers);
                }
            }
        });
    }

    /// What TLS would have to come first, drips: a ClientHello that says that it is long.
    @Test
    void aHandshakeThatDripsIsCut(@TempDir Path folder) throws Exception {
        Settings.TlsFiles tls = TlsIdentity.fresh().write(folder);
        try (HttpServer server = start(limits(HEADERS, LONG, LONG), tls, call -> Answer.EMPTY)) {
            long began = System.nanoTime();
            try (Socket socket = open(server)) {
                assertCuts(socket, "\u0016\u0003\u0001\u0010\u0000\u0001\u0000\u000f\u0000", began, HEADERS);
            }
        }
    }

    /// After a request, records that bring nothing to the end keep the connection from being idle.
    @Test
    void aTlsRecordThatDripsAfterARequestIsCut(@TempDir Path folder) throws Exception {
        TlsIdentity identity = TlsIdentity.fresh();
        Settings.TlsFiles tls = identity.write(folder);
        Patience.inOneOfSomeTries(factor -> {
            Duration headers = HEADERS.multipliedBy(factor);
            try (HttpServer server = start(limits(headers, LONG, LONG), tls, call -> Answer.EMPTY);
                    Socket outside = open(server);
                    Socket socket = overTls(identity, outside)) {
                assertTrue(ask(socket).startsWith("HTTP/1.1 200"));
                Thread.sleep(headers.multipliedBy(2));
                assertTrue(
                        ask(socket).startsWith("HTTP/1.1 200"), "silence between requests is not the time of headers");
                assertCuts(outside, "\u0017\u0003\u0003\u0010\u0000", System.nanoTime(), headers);
            }
        });
    }

    @Test
    void aSlowAnswerOutlivesTheTimeOfHeaders() throws Exception {
        Patience.inOneOfSomeTries(factor -> {
            Duration headers = HEADERS.multipliedBy(factor);
            try (HttpServer server = start(limits(headers, LONG, LONG), call -> {
                        await(new CountDownLatch(1), headers.multipliedBy(2));
                        return Answer.EMPTY;
                    });
                    Socket socket = open(server)) {
                send(socket, HEALTH);
                Thread.sleep(headers.dividedBy(4));
                send(socket, "GET /v1/he");
                assertTrue(head(socket).startsWith("HTTP/1.1 200"), "whatever comes meanwhile");
            }
        });
    }

    /// Writes one octet after the other until the server closes.
    ///
    /// @param began not after the server's own time began
    private static void assertCuts(Socket socket, String beginning, long began, Duration limit) throws Exception {
        boolean open = true;
        for (int i = 0; open; i++) {
            assertTrue(System.nanoTime() - began < CUT_WITHIN.toNanos(), "it is not cut");
            try {
                socket.getOutputStream().write(i < beginning.length() ? beginning.charAt(i) : 'a');
                Thread.sleep(20);
            } catch (SocketException closed) {
                open = false;
            }
        }
        assertNotAtOnce(began, limit);
    }

    private static void assertNotAtOnce(long began, Duration limit) {
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        assertFalse(took.compareTo(limit.dividedBy(2)) < 0, () -> "closed at once: " + took);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBodyAndAWebSocketOutliveTheTimeOfHeaders(boolean tls, @TempDir Path folder) throws Exception {
        TlsIdentity identity = TlsIdentity.fresh();
        Settings.TlsFiles files = tls ? identity.write(folder) : null;
        Patience.inOneOfSomeTries(factor -> {
            Duration headers = HEADERS.multipliedBy(factor);
            // Each has said what it has to in time before the next is opened.
            try (HttpServer server = start(limits(headers, LONG, LONG), files, call -> Answer.EMPTY);
                    Socket socket = tls ? overTls(identity, open(server)) : open(server)) {
                upgrade(socket);
                try (Socket quiet = tls ? overTls(identity, open(server)) : open(server)) {
                    assertTrue(ask(quiet).startsWith("HTTP/1.1 200"));
                    try (Socket slow = tls ? overTls(identity, open(server)) : open(server)) {
                        assertOutlive(headers, socket, quiet, slow);
                    }
                }
            }
        });
    }

    private static void assertOutlive(Duration headers, Socket socket, Socket quiet, Socket slow) throws Exception {
        send(slow, """
                POST /v1/session/proof HTTP/1.1
                Host: a
                Authorization: Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
                Content-Type: application/json
                Content-Length: 10

                """);
        for (int i = 0; i < 10; i++) {
            send(slow, " ");
            Thread.sleep(headers.dividedBy(5));
        }
        assertTrue(head(slow).startsWith("HTTP/1.1 400"));
        Thread.sleep(headers.multipliedBy(2));
        assertTrue(ask(quiet).startsWith("HTTP/1.1 200"), "silence between requests is not the time of headers");
        slow.getInputStream().skipNBytes(slow.getInputStream().available());
        assertTrue(ask(slow).startsWith("HTTP/1.1 200"), "nor after a body");
        socket.setSoTimeout(100);
        assertThrows(SocketTimeoutException.class, () -> socket.getInputStream().read());
    }

    @Test
    void aWebSocketThatSaysNothingIsClosed() throws IOException {
        try (HttpServer server = start(limits(LONG, LONG, SHORT), call -> Answer.EMPTY);
                Socket socket = open(server)) {
            long began = System.nanoTime();
            upgrade(socket);
            assertCloses(socket, "", began);
        }
    }

    @Test
    void aWebSocketOutlivesTheIdleTimeOfRequests() throws Exception {
        Patience.inOneOfSomeTries(factor -> {
            Duration idle = SHORT.multipliedBy(factor);
            try (HttpServer server = start(limits(LONG, idle, LONG), call -> Answer.EMPTY);
                    Socket socket = open(server)) {
                upgrade(socket);
                socket.setSoTimeout((int) idle.multipliedBy(3).toMillis());
                assertThrows(
                        SocketTimeoutException.class,
                        () -> socket.getInputStream().read());
            }
        });
    }

    private static void upgrade(Socket socket) throws IOException {
        send(socket, """
                GET /v1/hints HTTP/1.1
                Host: a
                Authorization: Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
                Upgrade: websocket
                Connection: Upgrade
                Sec-WebSocket-Version: 13
                Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==

                """);
        assertTrue(head(socket).startsWith("HTTP/1.1 101"));
    }

    /// Reads on to the end; a timeout of the test's own fails it.
    ///
    /// @param began not after the server's own time began
    private static void assertCloses(Socket socket, String said, long began) throws IOException {
        try {
            send(socket, said);
            socket.getInputStream().readAllBytes();
        } catch (SocketException closed) {
            // Before it had heard that.
        }
        assertNotAtOnce(began, SHORT);
    }

    @Test
    void theDocumentsSayTheseNumbers() throws IOException {
        HttpLimits normal = HttpLimits.NORMAL;
        String operations =
                Files.readString(Path.of(System.getProperty("nescio.spec")).resolveSibling("docs/operations.md"));
        for (String row : List.of(
                "| time for a TLS handshake and the headers of a request, silent or not | "
                        + normal.headers().toSeconds() + " s |",
                "| idle connection | " + normal.idle().toSeconds() + " s |",
                "| connections | " + normal.connections() + " |",
                "| requests at a time | " + normal.requests() + " |")) {
            assertTrue(operations.contains(row), row);
        }
        assertEquals(Duration.ofSeconds(90), normal.socketIdle(), "three of the pings that come every 30 seconds");
    }
}
