package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.protocol.Sync;
import dev.nescio.server.config.Settings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is over the server's own TLS goes and is limited as what is not.
class TlsTrafficTest {

    private final TestTime time = new TestTime();

    @TempDir
    Path folder;

    private TlsIdentity identity;
    private Server server;

    @BeforeEach
    void start() throws Exception {
        identity = TlsIdentity.fresh();
        Settings usual = TestServer.settings(folder, Backend.SQLITE.fresh(folder), false);
        Settings settings = new Settings(
                folder,
                usual.host(),
                0,
                usual.database(),
                usual.keyring(),
                usual.publicUrl(),
                false,
                identity.write(folder),
                Set.of(),
                usual.signUpOpen());
        server = Server.start(settings, time, time.ticker());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void hintsArrive() throws Exception {
        Client client = Client.overTls(identity, server.port());
        Device device = Device.signedUp(client, time);
        BlockingQueue<String> arrived = new LinkedBlockingQueue<>();
        WebSocket.Listener listener = new WebSocket.Listener() {
            @Override
            public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
                arrived.add(text.toString());
                socket.request(1);
                return null;
            }
        };
        try (HttpClient http =
                HttpClient.newBuilder().sslContext(identity.trusting()).build()) {
            WebSocket socket = http.newWebSocketBuilder()
                    .header("Authorization", "Bearer " + device.session.token().base64url())
                    .buildAsync(URI.create("wss://localhost:" + server.port() + "/v1/hints"), listener)
                    .join();
            assertEquals("{\"type\":\"hello\",\"sequence\":0}", next(arrived));
            client.as(device.session.token())
                    .post("/v1/domains/chats/containers", Device.container(1))
                    .as(Sync.Committed.class);
            assertEquals("{\"type\":\"changed\",\"sequence\":1}", next(arrived));
            socket.abort();
        }
    }

    private static String next(BlockingQueue<String> arrived) throws InterruptedException {
        String text = arrived.poll(1, TimeUnit.MINUTES);
        return text == null ? "nothing" : text;
    }
}
