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
    void bodiesThatNeverComeHoldNobodyElseUp() throws IOException, InterruptedException {
        String head = """
                POST /v1/signin/lookup HTTP/1.1
                Host: a
                Content-Type: application/json
                Content-Length: 1000

                {""";
        List<Socket> holding = new ArrayList<>();
        for (int i = 0; i < 300; i++) { // More than the places that there are for requests.
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
            socket.getOutputStream().write(head.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
            holding.add(socket);
        }
        SignIn.Lookup lookup = new SignIn.Lookup(Device.bytes(32));
        Client elsewhere = server.client().with("X-Forwarded-For", "192.0.2.1");
        assertEquals(200, elsewhere.post("/v1/signin/lookup", lookup).status());
        awaitLookup(503);
        assertEquals(200, elsewhere.post("/v1/signin/lookup", lookup).status());
        assertEquals(200, server.client().get("/v1/health").status(), "what has no body is not refused");
        for (Socket socket : holding) {
            socket.close();
        }
        awaitLookup(200);
    }

    /// The server notices what a client does a little later.
    private void awaitLookup(int status) throws InterruptedException {
        SignIn.Lookup lookup = new SignIn.Lookup(Device.bytes(32));
        long began = System.nanoTime();
        Client.Answer answer = server.client().post("/v1/signin/lookup", lookup);
        while (answer.status() != status
                && System.nanoTime() - began < Duration.ofSeconds(8).toNanos()) {
            Thread.sleep(20);
            answer = server.client().post("/v1/signin/lookup", lookup);
        }
        assertEquals(status, answer.status());
    }
}
