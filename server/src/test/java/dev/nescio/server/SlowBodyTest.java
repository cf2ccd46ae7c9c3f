package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// A body that drips is cut, so that it does not keep a place forever, and others are served meanwhile.
class SlowBodyTest {

    @Test
    void drippingBodyIsCut() throws Exception {
        try (TestServer server = TestServer.start(Backend.SQLITE);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(1);
            OutputStream out = socket.getOutputStream();
            String head = """
                    POST /v1/signin/lookup HTTP/1.1
                    Host: a
                    Content-Type: application/json
                    Content-Length: 10000

                    """;
            out.write(head.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
            long began = System.nanoTime();
            StringBuilder answer = new StringBuilder();
            while (answer.isEmpty()
                    && System.nanoTime() - began < Duration.ofSeconds(30).toNanos()) {
                out.write(' ');
                out.flush();
                Thread.sleep(200);
                answer.append(available(socket));
            }
            assertTrue(answer.toString().startsWith("HTTP/1.1 400"), answer::toString);
            assertEquals(200, server.client().get("/v1/health").status());
        }
    }

    private static String available(Socket socket) throws IOException {
        byte[] bytes = new byte[socket.getInputStream().available()];
        return new String(
                bytes, 0, socket.getInputStream().readNBytes(bytes, 0, bytes.length), StandardCharsets.US_ASCII);
    }
}
