package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// More than the server holds is refused at once, and the refusal ends with the load.
class OverloadTest {

    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.start(Backend.SQLITE);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void waitingSignUpsAreBounded() {
        SignUp.Start start = Device.fresh().start;
        for (int i = 0; i < 1000; i++) {
            assertEquals(201, server.client().post("/v1/signup/start", start).status());
        }
        Client.Answer refused = server.client().post("/v1/signup/start", start);
        assertEquals("503 unavailable", refused.problemName());
        assertEquals("60", refused.header("Retry-After"));
        server.time().pass(Duration.ofMinutes(16));
        assertEquals(201, server.client().post("/v1/signup/start", start).status());
    }

    @Test
    void bodiesThatNeverComeHoldNobodyElseUp() throws Exception {
        String head = """
                POST /v1/signin/lookup HTTP/1.1
                Host: a
                Content-Type: application/json
                Content-Length: 1000

                {""";
        List<Socket> holding = new ArrayList<>();
        hold(holding, head);
        SignIn.Lookup lookup = new SignIn.Lookup(Device.bytes(32));
        Client elsewhere = server.client().with("X-Forwarded-For", "192.0.2.1");
        assertEquals(200, elsewhere.post("/v1/signin/lookup", lookup).status());
        long[] held = {System.nanoTime()};
        Patience.until(() -> {
            boolean refused = lookup() == 503;
            // Bodies that do not come are cut after ten seconds, and a slow machine may need as long to open all.
            if (!refused && System.nanoTime() - held[0] > Duration.ofSeconds(10).toNanos()) {
                hold(holding, head);
                held[0] = System.nanoTime();
            }
            return refused;
        });
        assertEquals(200, elsewhere.post("/v1/signin/lookup", lookup).status());
        assertEquals(200, server.client().get("/v1/health").status(), "what has no body is not refused");
        for (Socket socket : holding) {
            socket.close();
        }
        // The server notices what a client does a little later.
        Patience.until(() -> lookup() == 200);
    }

    /// More than the places that there are for requests.
    private void hold(List<Socket> holding, String head) throws IOException {
        for (int i = 0; i < 300; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
            holding.add(socket);
            socket.getOutputStream().write(head.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
        }
    }

    private int lookup() {
        return server.client()
                .post("/v1/signin/lookup", new SignIn.Lookup(Device.bytes(32)))
                .status();
    }
}
