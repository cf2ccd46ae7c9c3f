package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.server.config.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One network cannot have all connections that a server accepts.
class ConnectionCapTest {

    private static final int MOST = 1024;

    @TempDir
    Path folder;

    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private Server start(Set<InetAddress> proxies) {
        TestTime time = new TestTime();
        Settings usual = TestServer.settings(folder, Backend.SQLITE.fresh(folder), false);
        Settings settings = new Settings(
                folder,
                usual.host(),
                0,
                usual.database(),
                usual.keyring(),
                usual.publicUrl(),
                false,
                null,
                proxies,
                usual.signUpOpen());
        return Server.start(settings, time, time.ticker());
    }

    private Socket open(Server server) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(60_000);
        sockets.add(socket);
        return socket;
    }

    /// @return the first octet of the answer, or -1 where the server has closed
    private static int ask(Socket socket) throws IOException {
        try {
            socket.getOutputStream()
                    .write("GET /v1/health HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            int first = socket.getInputStream().read();
            for (int octet = first; octet >= 0 && octet != '}'; ) {
                octet = socket.getInputStream().read();
            }
            return first;
        } catch (SocketException e) {
            return -1;
        }
    }

    @Test
    void ofDirectConnectionsOneNetworkHasAnEighth() throws Exception {
        try (Server server = start(Set.of(InetAddress.ofLiteral("192.0.2.1")))) {
            long asked = System.nanoTime();
            for (int i = 0; i < MOST; i++) {
                assertEquals('H', ask(open(server)));
                // So that a slow machine leaves none idle for too long.
                if (System.nanoTime() - asked > Duration.ofSeconds(5).toNanos()) {
                    for (Socket socket : sockets) {
                        assertEquals('H', ask(socket));
                    }
                    asked = System.nanoTime();
                }
            }
            for (int i = 0; i < 20; i++) {
                assertEquals(-1, ask(open(server)));
            }
            assertEquals('H', ask(sockets.get(0)), "those that are open stay");
            for (Socket socket : sockets) {
                socket.close();
            }
            // Closed ones do not count.
            Patience.until(() -> ask(open(server)) == 'H');
        }
    }

    @Test
    void whatComesThroughAProxyIsNotOneNetwork() throws IOException {
        try (Server server = start(Set.of(InetAddress.getLoopbackAddress()))) {
            for (int i = 0; i < MOST + 20; i++) {
                assertEquals('H', ask(open(server)));
            }
        }
    }
}
