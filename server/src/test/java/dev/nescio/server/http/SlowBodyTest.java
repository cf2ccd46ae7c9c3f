package dev.nescio.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.server.Patience;
import dev.nescio.server.TlsIdentity;
import dev.nescio.server.config.Settings;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// A body that drips or does not come is cut, so that it does not keep a place forever.
@ParameterizedClass
@ValueSource(booleans = {false, true})
class SlowBodyTest {

    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration BODY = Duration.ofMillis(600);

    @Parameter
    boolean tls;

    @TempDir
    Path folder;

    private TlsIdentity identity;
    private Settings.TlsFiles files;

    @BeforeEach
    void certify() throws Exception {
        identity = TlsIdentity.fresh();
        files = tls ? identity.write(folder) : null;
    }

    private interface Use {
        /// @param allowed for a body
        void of(Socket socket, Duration allowed) throws Exception;
    }

    /// On a connection that is ready: the time of the handshake is not that of the body.
    private void inSomeTry(Use use) throws Exception {
        Patience.inOneOfSomeTries(factor -> {
            Duration allowed = BODY.multipliedBy(factor);
            HttpLimits limits = new HttpLimits(256, 8192, 1024, LONG, LONG, LONG, allowed);
            try (HttpServer server = HttpLimitsTest.start(limits, files, call -> Answer.EMPTY);
                    Socket socket = open(server)) {
                assertAnswers(socket);
                use.of(socket, allowed);
                try (Socket next = open(server)) {
                    assertAnswers(next);
                }
            }
        });
    }

    private Socket open(HttpServer server) throws Exception {
        Socket socket = HttpLimitsTest.open(server);
        return tls ? HttpLimitsTest.overTls(identity, socket) : socket;
    }

    private static void assertAnswers(Socket socket) throws IOException {
        assertTrue(HttpLimitsTest.ask(socket).startsWith("HTTP/1.1 200"));
    }

    private static void announce(Socket socket, int octets) throws IOException {
        HttpLimitsTest.send(socket, """
                POST /v1/signin/lookup HTTP/1.1
                Host: a
                Content-Type: application/json
                Content-Length: %d

                """.formatted(octets));
    }

    /// @param began not after the server's own time began
    private static void assertCut(Socket socket, long began, Duration allowed) throws IOException {
        String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        double times = (double) (System.nanoTime() - began) / allowed.toNanos();
        assertTrue(answer.startsWith("HTTP/1.1 400"), answer);
        assertTrue(answer.contains("urn:nescio:problem:bad-request"), answer);
        assertTrue(times >= 0.9 && times < 1.7, () -> "after " + times + " times what is allowed");
    }

    @Test
    void drippingBodyIsCut() throws Exception {
        inSomeTry((socket, allowed) -> {
            long began = System.nanoTime();
            announce(socket, 10_000);
            socket.setSoTimeout((int) allowed.dividedBy(20).toMillis());
            int first = -1;
            while (first < 0
                    && System.nanoTime() - began < allowed.multipliedBy(3).toNanos()) {
                socket.getOutputStream().write(' ');
                first = within(socket);
            }
            assertEquals('H', first);
            socket.setSoTimeout(30_000);
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            double times = (double) (System.nanoTime() - began) / allowed.toNanos();
            assertTrue(answer.startsWith("TTP/1.1 400"), answer);
            assertTrue(times >= 0.9 && times < 1.7, () -> "after " + times + " times what is allowed");
        });
    }

    /// @return -1 where nothing comes in the socket's time
    private static int within(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read();
        } catch (java.net.SocketTimeoutException e) {
            return -1;
        }
    }

    @Test
    void silentBodyIsCutAsSoon() throws Exception {
        inSomeTry((socket, allowed) -> {
            long began = System.nanoTime();
            announce(socket, 10_000);
            assertCut(socket, began, allowed);
        });
    }

    /// A timeout that began anew with each octet would let this one live for twice as long.
    @Test
    void bodyThatFallsSilentIsCutAsSoon() throws Exception {
        inSomeTry((socket, allowed) -> {
            long began = System.nanoTime();
            announce(socket, 10_000);
            Thread.sleep(allowed.multipliedBy(17).dividedBy(20));
            socket.getOutputStream().write('{');
            assertCut(socket, began, allowed);
        });
    }

    /// What was set for one body does not stay with the connection.
    @Test
    void connectionStaysOpenAfterABody() throws Exception {
        inSomeTry((socket, allowed) -> {
            for (int i = 0; i < 2; i++) {
                announce(socket, 2);
                // The server has begun to wait for it.
                Thread.sleep(allowed.dividedBy(4));
                HttpLimitsTest.send(socket, "{}");
                assertEquals('H', socket.getInputStream().read());
                Thread.sleep(i == 0 ? allowed.multipliedBy(3).dividedBy(2) : Duration.ZERO);
                socket.getInputStream().skipNBytes(socket.getInputStream().available());
            }
        });
    }
}
