package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Sync;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Spec, section 10.7.
@ParameterizedClass
@EnumSource(Backend.class)
class HintsTest {

    private static TestServer server;

    @Parameter
    Backend backend;

    private Device device;

    @BeforeParameterizedClassInvocation
    static void start(Backend backend) {
        server = TestServer.start(backend);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    @BeforeEach
    void signUp() {
        device = Device.signedUp(server);
    }

    /// Keeps what arrives, in order; a close as its code.
    private static final class Listener implements WebSocket.Listener {

        private final BlockingQueue<String> arrived = new LinkedBlockingQueue<>();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            arrived.add(text.toString());
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            arrived.add("closed " + code);
            return null;
        }

        String next() throws InterruptedException {
            String text = arrived.poll(20, TimeUnit.SECONDS);
            return text == null ? "nothing" : text;
        }
    }

    private static Listener open(String header, String value, String origin) {
        Listener listener = new Listener();
        WebSocket.Builder builder = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .connectTimeout(Duration.ofSeconds(10))
                .header(header, value);
        if (origin != null) {
            builder.header("Origin", origin);
        }
        builder.buildAsync(URI.create("ws://127.0.0.1:" + server.port() + "/v1/hints"), listener)
                .join();
        return listener;
    }

    private static Listener open(Bytes token) {
        return open("Authorization", "Bearer " + token.base64url(), null);
    }

    @Test
    void greetsAndTellsOfEachCommitOfTheAccount() throws InterruptedException {
        Listener listener = open(device.session.token());
        assertEquals("{\"type\":\"hello\",\"sequence\":0}", listener.next());
        Sync.NewContainer container = Device.container(1);
        device.on(server).post("/v1/domains/chats/containers", container).as(Sync.Committed.class);
        assertEquals("{\"type\":\"changed\",\"sequence\":1}", listener.next());
        device.on(server)
                .post("/v1/containers/" + container.id().hex() + "/commits", Device.commit(2, Device.item()))
                .as(Sync.Committed.class);
        assertEquals("{\"type\":\"changed\",\"sequence\":2}", listener.next());

        Device stranger = Device.signedUp(server);
        stranger.on(server)
                .post("/v1/domains/chats/containers", Device.container(1))
                .as(Sync.Committed.class);
        Listener late = open(device.session.token());
        assertEquals("{\"type\":\"hello\",\"sequence\":2}", late.next());
        assertEquals(0, listener.arrived.size(), "nothing of another account");
    }

    @Test
    void endedSessionIsTold() throws InterruptedException {
        Listener listener = open(device.session.token());
        listener.next();
        device.on(server).delete("/v1/session");
        assertEquals("{\"type\":\"revoked\"}", listener.next());
        assertEquals("closed 4401", listener.next());
    }

    @Test
    void cookieNeedsItsOwnOrigin() throws InterruptedException {
        String cookie = "nescio-dev=" + device.session.token().base64url();
        String own = "http://127.0.0.1:" + server.port();
        assertEquals(
                "{\"type\":\"hello\",\"sequence\":0}",
                open("Cookie", cookie, own).next());
        assertEquals(403, refused("Cookie", cookie, "https://example.org"));
        assertEquals(403, refused("Cookie", cookie, null));
    }

    @Test
    void strangersAreRefused() {
        assertEquals(401, refused("Authorization", "Bearer " + Device.bytes(32).base64url(), null));
        assertEquals("401 session-required", server.client().get("/v1/hints").problemName());
        assertEquals("400 bad-request", device.on(server).get("/v1/hints").problemName());
    }

    private static int refused(String header, String value, String origin) {
        CompletionException failure = assertThrows(CompletionException.class, () -> open(header, value, origin));
        return ((WebSocketHandshakeException) failure.getCause()).getResponse().statusCode();
    }

    @Test
    void stoppingServerSaysSo() throws InterruptedException {
        Listener listener = open(device.session.token());
        listener.next();
        server.restart();
        assertEquals("closed 1001", listener.next());
    }
}
