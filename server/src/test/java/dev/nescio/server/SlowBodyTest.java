package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A body that drips or does not come is cut, so that it does not keep a place forever.
class SlowBodyTest {

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(Backend.SQLITE);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Socket open() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(40_000);
        String head = """
                POST /v1/signin/lookup HTTP/1.1
                Host: a
                Content-Type: application/json
                Content-Length: 10000

                """;
        socket.getOutputStream().write(head.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static void assertCut(Socket socket, long began) throws IOException {
        String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds();
        assertTrue(answer.startsWith("HTTP/1.1 400"), answer);
        assertTrue(answer.contains("urn:nescio:problem:bad-request"), answer);
        assertTrue(seconds >= 9 && seconds < 18, () -> "after " + seconds + " s");
        assertEquals(200, server.client().get("/v1/health").status());
    }

    @Test
    void drippingBodyIsCut() throws Exception {
        try (Socket socket = open()) {
            long began = System.nanoTime();
            while (socket.getInputStream().available() == 0
                    && System.nanoTime() - began < Duration.ofSeconds(30).toNanos()) {
                socket.getOutputStream().write(' ');
                Thread.sleep(200);
            }
            assertCut(socket, began);
        }
    }

    @Test
    void silentBodyIsCutAsSoon() throws Exception {
        try (Socket socket = open()) {
            assertCut(socket, System.nanoTime());
        }
    }

    /// A timeout that began anew with each octet would let this one live for twice as long.
    @Test
    void bodyThatFallsSilentIsCutAsSoon() throws Exception {
        try (Socket socket = open()) {
            long began = System.nanoTime();
            Thread.sleep(8_500);
            socket.getOutputStream().write('{');
            assertCut(socket, began);
        }
    }

    /// What was set for one body does not stay with the connection.
    @Test
    void connectionStaysOpenAfterABody() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(40_000);
            for (int i = 0; i < 2; i++) {
                String head = """
                        POST /v1/signin/lookup HTTP/1.1
                        Host: a
                        Content-Type: application/json
                        Content-Length: 2

                        """;
                socket.getOutputStream().write(head.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
                Thread.sleep(300);
                socket.getOutputStream().write("{}".getBytes(StandardCharsets.US_ASCII));
                assertEquals('H', socket.getInputStream().read());
                Thread.sleep(i == 0 ? 11_000 : 0);
                socket.getInputStream().skipNBytes(socket.getInputStream().available());
            }
        }
    }
}
