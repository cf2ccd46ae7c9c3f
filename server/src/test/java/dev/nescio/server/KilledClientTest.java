package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.Json;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.Sync;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A client that is killed: its connection is reset at the worst moments. Nothing is written in part, and whoever comes
/// next is served.
class KilledClientTest {

    private static final int ITEMS = 5;

    private TestServer server;
    private Device device;
    private Client client;
    private Sync.NewContainer container;

    private void start(Backend backend) {
        server = TestServer.start(backend);
        device = Device.signedUp(server);
        client = device.on(server);
        container = Device.container(1);
        client.post("/v1/domains/chats/containers", container).as(Sync.Committed.class);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void inTheMiddleOfACommitsBodyNothingIsWritten(Backend backend) throws Exception {
        start(backend);
        Sync.Commit commit = commit(2);
        byte[] body = Json.STRICT.writeValueAsBytes(commit);
        for (int sent : new int[] {0, 1, body.length / 2, body.length - 1}) {
            try (Socket socket = open()) {
                request(socket, path("/commits"), Arrays.copyOf(body, sent), body.length);
                // Gives the server time to wait for the rest.
                Thread.sleep(100);
                kill(socket);
            }
        }
        Thread.sleep(200);
        assertState(1, 0);
        client.post(path("/commits"), commit).as(Sync.Committed.class);
        assertState(2, ITEMS);
    }

    /// Whether the server was faster or the reset, a commit is there as a whole or not at all, and the client that
    /// sends
    /// it again gets its answer.
    @ParameterizedTest
    @EnumSource(Backend.class)
    void beforeACommitsAnswerTheCommitIsWhole(Backend backend) throws Exception {
        start(backend);
        for (int round = 0; round < 10; round++) {
            long counter = 2L + round;
            Sync.Commit commit = commit(counter);
            byte[] body = Json.STRICT.writeValueAsBytes(commit);
            try (Socket socket = open()) {
                request(socket, path("/commits"), body, body.length);
                Thread.sleep(round);
                kill(socket);
            }
            Sync.Container stored = content(0).container();
            long whole = stored.manifest().counter();
            assertTrue(whole == counter - 1 || whole == counter, "counter " + whole);
            assertEquals((whole - 1) * ITEMS, stored.itemCount());
            client.post(path("/commits"), commit).as(Sync.Committed.class);
            assertState(counter, (counter - 1) * ITEMS);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void whileTheServerWritesALongAnswerOthersAreServed(Backend backend) throws Exception {
        start(backend);
        for (int i = 0; i < 3; i++) {
            Sync.ItemWrite[] items = Stream.generate(
                            () -> new Sync.ItemWrite(Device.item().id(), 1, Device.bytes(200_000)))
                    .limit(6)
                    .toArray(Sync.ItemWrite[]::new);
            client.post(path("/commits"), Device.commit(2L + i, items)).as(Sync.Committed.class);
        }
        for (int round = 0; round < 20; round++) {
            try (Socket socket = open()) {
                send(socket, "GET " + path("") + " HTTP/1.1\r\nHost: a\r\n" + authorization() + "\r\n");
                assertEquals(
                        "HTTP/1.1 200", new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII));
                kill(socket);
            }
        }
        assertEquals(18, content(0).items().size());
        client.post(path("/commits"), commit(5)).as(Sync.Committed.class);
        assertState(5, 18 + ITEMS);
    }

    /// A code counts as used only by a sign-in that arrived.
    @ParameterizedTest
    @EnumSource(Backend.class)
    void inTheMiddleOfASignInTheCodeIsNotUsedUp(Backend backend) throws Exception {
        start(backend);
        server.time().pass(Duration.ofMinutes(1));
        SignIn.Attempt attempt = device.attempt(device.code(server.time()));
        byte[] body = Json.STRICT.writeValueAsBytes(attempt);
        long sessions = server.count("session");
        for (int sent : new int[] {0, body.length / 2, body.length - 1}) {
            try (Socket socket = open()) {
                request(socket, "/v1/signin", Arrays.copyOf(body, sent), body.length);
                Thread.sleep(100);
                kill(socket);
            }
        }
        Thread.sleep(200);
        assertEquals(sessions, server.count("session"));
        server.client().post("/v1/signin", attempt).as(SignIn.SessionOpened.class);
        assertEquals(sessions + 1, server.count("session"));
    }

    /// The answer was lost, perhaps with the code; the next code signs in.
    @ParameterizedTest
    @EnumSource(Backend.class)
    void beforeASignInsAnswerTheNextCodeStillSignsIn(Backend backend) throws Exception {
        start(backend);
        server.time().pass(Duration.ofMinutes(1));
        byte[] body = Json.STRICT.writeValueAsBytes(device.attempt(device.code(server.time())));
        try (Socket socket = open()) {
            request(socket, "/v1/signin", body, body.length);
            kill(socket);
        }
        server.time().pass(Duration.ofMinutes(1));
        server.client()
                .post("/v1/signin", device.attempt(device.code(server.time())))
                .as(SignIn.SessionOpened.class);
        assertState(1, 0);
    }

    private static Sync.Commit commit(long counter) {
        return Device.commit(counter, Stream.generate(Device::item).limit(ITEMS).toArray(Sync.ItemWrite[]::new));
    }

    private String path(String more) {
        return "/v1/containers/" + container.id().hex() + more;
    }

    private Sync.ContainerContent content(long after) {
        return client.get(path("?after=" + after)).as(Sync.ContainerContent.class);
    }

    private void assertState(long counter, long items) {
        Sync.Container stored = content(999_999).container();
        assertEquals(counter, stored.manifest().counter());
        assertEquals(items, stored.itemCount());
        assertEquals(items, server.count("item"));
    }

    private Socket open() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        return socket;
    }

    private String authorization() {
        return "Authorization: Bearer " + device.session.token().base64url() + "\r\n";
    }

    private void request(Socket socket, String path, byte[] body, int announced) throws IOException {
        send(
                socket,
                "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                        + (path.equals("/v1/signin") ? "" : authorization())
                        + "Content-Length: " + announced + "\r\n\r\n");
        socket.getOutputStream().write(body);
        socket.getOutputStream().flush();
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /// As the death of a process does: the kernel sends a reset.
    private static void kill(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
    }
}
