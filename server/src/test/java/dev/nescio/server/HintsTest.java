package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.AccessKeys;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Devices;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.Problem;
import dev.nescio.protocol.Rotations;
import dev.nescio.protocol.SecondFactors;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.Slots;
import dev.nescio.protocol.Sync;
import dev.nescio.protocol.Transport;
import dev.nescio.protocol.Versioned;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
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

        String last() throws InterruptedException {
            String text = next();
            while (text.startsWith("{")) {
                text = next();
            }
            return text;
        }

        String next() throws InterruptedException {
            String text = arrived.poll(1, TimeUnit.MINUTES);
            return text == null ? "nothing" : text;
        }
    }

    private static Listener open(String header, String value, String origin) {
        Listener listener = new Listener();
        WebSocket.Builder builder = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .connectTimeout(Duration.ofMinutes(1))
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
    void theSeventeenthSocketOfASessionIsRefused() throws InterruptedException {
        List<Listener> listeners = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            listeners.add(open(device.session.token()));
            assertEquals(
                    "{\"type\":\"hello\",\"sequence\":0}", listeners.getLast().next());
        }
        assertEquals("closed 4429", open(device.session.token()).next());
        device.on(server).delete("/v1/session");
        for (Listener listener : listeners) {
            assertEquals("{\"type\":\"revoked\"}", listener.next());
        }
    }

    @Test
    void theSixtyFifthSocketOfAnAccountIsRefused() throws Exception {
        Bytes token = device.session.token();
        for (int i = 0; i < 64; i++) {
            if (i % 16 == 0 && i > 0) {
                token = anotherSession(i / 16);
            }
            assertEquals("{\"type\":\"hello\",\"sequence\":0}", open(token).next());
        }
        Bytes fifth = anotherSession(5);
        assertEquals("closed 4429", open(fifth).next());
        device.on(server).delete("/v1/session");
        // There is room again.
        Patience.until(() -> open(fifth).next().equals("{\"type\":\"hello\",\"sequence\":0}"));
    }

    /// Else whoever has an access key could keep the person's devices from being told anything.
    @Test
    void theSocketsOfAccessKeysTakeNoPlaceFromAPersons() throws InterruptedException {
        SignUp.NewSlot slot = Device.accessSlot("chats:read", null);
        assertEquals(
                204,
                device.on(server)
                        .put("/v1/slots/access", new AccessKeys.Add(slot, new Counted(2, Device.bytes(473))))
                        .status());
        SignIn.KeyAttempt attempt = new SignIn.KeyAttempt(slot.id(), slot.lookupHash(), Transport.BEARER, false);
        for (int i = 0; i < 4; i++) {
            Bytes script = script(attempt);
            for (int socket = 0; socket < 16; socket++) {
                assertEquals("{\"type\":\"hello\",\"sequence\":0}", open(script).next());
            }
        }
        assertEquals("closed 4429", open(script(attempt)).next());
        assertEquals(
                "{\"type\":\"hello\",\"sequence\":0}",
                open(device.session.token()).next());
    }

    private static Bytes script(SignIn.KeyAttempt attempt) {
        return server.client()
                .post("/v1/signin/access", attempt)
                .as(AccessKeys.Opened.class)
                .token();
    }

    private Bytes anotherSession(int backupCode) {
        return server.client()
                .post("/v1/signin", device.attemptWithBackupCode(backupCode))
                .as(SignIn.SessionOpened.class)
                .token();
    }

    /// A client that does not answer the close keeps its connection for seconds, not until an idle timeout.
    @Test
    void refusedSocketIsSoonGone() throws IOException, InterruptedException {
        for (int i = 0; i < 16; i++) {
            open(device.session.token()).next();
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(60_000);
            String request = """
                    GET /v1/hints HTTP/1.1
                    Host: 127.0.0.1
                    Connection: Upgrade
                    Upgrade: websocket
                    Sec-WebSocket-Version: 13
                    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
                    Authorization: Bearer %s

                    """.formatted(device.session.token().base64url());
            socket.getOutputStream().write(request.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
            String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertTrue(all.contains("too many sockets"), all);
        }
    }

    /// The handshake looks for the session, and only later is the socket known.
    @Test
    void noSocketOutlivesASessionThatEndsWhileItOpens() throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            Device leaving = Device.signedUp(server);
            List<CompletableFuture<Listener>> opening = new ArrayList<>();
            for (int socket = 0; socket < 4; socket++) {
                opening.add(CompletableFuture.supplyAsync(() -> open(leaving.session.token())));
            }
            leaving.on(server).delete("/v1/session");
            for (CompletableFuture<Listener> opened : opening) {
                Listener listener = opened.exceptionally(refused -> null).join();
                if (listener != null) {
                    assertEquals("closed 4401", listener.last());
                }
            }
        }
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

    private SignIn.SessionOpened another() {
        return server.client()
                .post(
                        "/v1/signin/key",
                        new SignIn.KeyAttempt(
                                device.start.recovery().id(),
                                device.start.recovery().lookupHash(),
                                Transport.BEARER,
                                false))
                .as(SignIn.SessionOpened.class);
    }

    @Test
    void otherDevicesAreToldOfASessionThatBeginsOrEndsAndOfTheDeviceList() throws InterruptedException {
        Listener listener = open(device.session.token());
        listener.next();
        SignIn.SessionOpened other = another();
        assertEquals("{\"type\":\"account\"}", listener.next());
        Client client = server.client().as(other.token());
        client.put("/v1/devices", new Counted(1, Device.bytes(300)));
        assertEquals("{\"type\":\"account\"}", listener.next());
        client.delete("/v1/session");
        assertEquals("{\"type\":\"account\"}", listener.next());
        assertEquals(0, listener.arrived.size());
    }

    @Test
    void endingClosesTheSocketsOfTheEndedSessionsWithinASecond() throws Exception {
        // A second of a machine that does little else.
        Patience.inOneOfSomeTries(factor -> {
            SignIn.SessionOpened other = another();
            Listener own = open(device.session.token());
            Listener others = open(other.token());
            own.next();
            others.next();
            device.on(server).post("/v1/sessions/end", new Devices.End(Devices.Which.OTHERS));
            assertEquals("{\"type\":\"revoked\"}", others.arrived.poll(1, TimeUnit.SECONDS));
            assertEquals("closed 4401", others.next());
            assertEquals("{\"type\":\"account\"}", own.next());
            assertEquals(0, own.arrived.size(), "it lives on");
        });
    }

    @Test
    void aSpentTokenClosesTheSocketsOfItsSession() throws InterruptedException {
        Listener listener = open(device.session.token());
        listener.next();
        Devices.Renewed renewed = device.on(server)
                .send("POST", "/v1/session/renew", BodyPublishers.noBody())
                .as(Devices.Renewed.class);
        assertEquals(200, server.client().as(renewed.token()).get("/v1/session").status());
        assertEquals(0, listener.arrived.size(), "a renewal closes nothing");
        device.on(server).get("/v1/session");
        assertEquals("{\"type\":\"revoked\"}", listener.next());
        assertEquals("closed 4401", listener.next());
    }

    @Test
    void aNewPasswordIsHintedAndClosesTheSocketsOfSessionsThatItEnds() throws InterruptedException {
        server.time().pass(Duration.ofMinutes(1));
        Bytes phone = server.client()
                .post("/v1/signin", device.attempt(device.code(server.time())))
                .as(SignIn.SessionOpened.class)
                .token();
        Listener own = open(device.session.token());
        Listener other = open(phone);
        own.next();
        other.next();
        for (boolean endOthers : new boolean[] {false, true}) {
            Slots.Password request = new Slots.Password(
                    Device.passwordSlot(), new Counted(endOthers ? 3 : 2, Device.bytes(473)), endOthers);
            device.on(server).put("/v1/slots/password", request);
            assertEquals("{\"type\":\"account\"}", own.next());
            assertEquals(endOthers ? "{\"type\":\"revoked\"}" : "{\"type\":\"account\"}", other.next());
        }
        assertEquals("closed 4401", other.next());
    }

    @Test
    void aNewAuthenticatorAndNewBackupCodesAreHinted() throws InterruptedException {
        Listener listener = open(device.session.token());
        listener.next();
        SecondFactors.Started started = device.on(server)
                .send("POST", "/v1/totp/start", BodyPublishers.noBody())
                .as(SecondFactors.Started.class);
        String code = Device.code(started.totpSecret(), server.time().millis() / 30_000);
        device.on(server).post("/v1/totp/confirm", new SecondFactors.Confirm(started.pending(), code));
        assertEquals("{\"type\":\"account\"}", listener.next());
        device.on(server).put("/v1/backup-codes", new SecondFactors.BackupCodes(device.start.backupCodeHashes()));
        assertEquals("{\"type\":\"account\"}", listener.next());
    }

    private void assertHinted(Listener other, Client.Answer change) throws InterruptedException {
        assertEquals(204, change.status(), change::text);
        assertEquals("{\"type\":\"account\"}", other.next());
        assertEquals(0, other.arrived.size());
    }

    private static Counted directory(long counter) {
        return new Counted(counter, Device.bytes(473));
    }

    private Client.Answer remove(SignUp.NewSlot slot, long counter) {
        return device.on(server)
                .post("/v1/slots/" + slot.id().hex() + "/remove", new Passkeys.Remove(directory(counter), false));
    }

    @Test
    void otherDevicesAreHintedOfEveryChangeOfWaysInAndOfNames() throws InterruptedException {
        Listener other = open(another().token());
        other.next();
        Client own = device.on(server);
        SoftAuthenticator authenticator = new SoftAuthenticator();
        SignUp.NewSlot passkey = authenticator.slot();
        Passkeys.Registration made = authenticator.create(server.client()
                .send("POST", "/v1/passkeys/challenge", BodyPublishers.noBody())
                .as(Passkeys.Challenge.class)
                .challenge());
        assertHinted(other, own.put("/v1/slots/passkey", new Passkeys.Add(passkey, made, directory(2))));
        assertHinted(other, own.put("/v1/directory", directory(3)));
        assertHinted(other, remove(passkey, 4));
        SignUp.NewSlot script = Device.accessSlot("chats:read", null);
        assertHinted(other, own.put("/v1/slots/access", new AccessKeys.Add(script, directory(5))));
        assertHinted(other, own.put("/v1/directory", directory(6)));
        assertHinted(other, remove(script, 7));
        assertHinted(other, own.put("/v1/slots/recovery", new Slots.Recovery(Device.recoverySlot(), directory(8))));
    }

    /// What the device that rotates hears; the others are signed out.
    @Test
    void aRotationIsHintedAndClosesTheSocketsOfTheOthers() throws InterruptedException {
        Listener other = open(another().token());
        other.next();
        Listener own = open(device.session.token());
        own.next();
        Counted first = new Counted(1, Device.bytes(185));
        Rotations.Complete request = new Rotations.Complete(
                List.of(new Rotations.KeptSlot(device.start.slot().id(), Device.bytes(137))),
                Device.recoverySlot(),
                null,
                device.start.domainKeys(),
                Device.keyPair(),
                new Versioned(2, Device.bytes(201)),
                new Rotations.Lists(first, first, first, first),
                first,
                directory(2));
        String path = "/v1/rotations/" + Device.bytes(16).hex();
        assertEquals(204, device.on(server).post(path, request).status());
        assertEquals("{\"type\":\"account\"}", own.next());
        assertEquals("{\"type\":\"revoked\"}", other.next());
        assertEquals("closed 4401", other.next());
    }

    @Test
    void aDeletedAccountClosesTheSocketsOfAllItsSessions() throws InterruptedException {
        Listener own = open(device.session.token());
        own.next();
        Listener other = open(another().token());
        other.next();
        assertEquals("{\"type\":\"account\"}", own.next(), "another session");
        assertEquals(204, device.on(server).delete("/v1/account").status());
        for (Listener listener : List.of(own, other)) {
            assertEquals("{\"type\":\"revoked\"}", listener.next());
            assertEquals("closed 4401", listener.next());
        }
    }

    @Test
    void anAddedAndARemovedPasswordAreHinted() throws InterruptedException {
        Keyholder holder = Keyholder.signedUp(server);
        Listener listener = open(holder.session.token());
        listener.next();
        Keyholder.Begun begun = holder.begin();
        assertEquals(0, listener.arrived.size(), "nothing has changed yet");
        assertEquals(204, holder.confirm(begun, begun.code(server.time()), 2).status());
        assertEquals("{\"type\":\"account\"}", listener.next());
        assertEquals(204, holder.remove(begun.start().slot().id(), 3).status());
        assertEquals("{\"type\":\"account\"}", listener.next());
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

    /// Sends a handshake by hand and gives the whole answer, or the head of a success.
    private static String handshake(String requestLine, String... headers) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(60_000);
            String request = requestLine + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade, close\r\n"
                    + String.join("\r\n", headers) + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            StringBuilder answer = new StringBuilder();
            int octet;
            while ((octet = in.read()) >= 0) {
                answer.append((char) octet);
                if (answer.toString().startsWith("HTTP/1.1 101")
                        && answer.toString().endsWith("\r\n\r\n")) {
                    break;
                }
            }
            return answer.toString();
        }
    }

    private static void assertRefused(String expected, String answer) {
        assertTrue(answer.startsWith("HTTP/1.1 " + expected.substring(0, 3)), answer);
        assertFalse(answer.contains("Set-Cookie"), answer);
        assertTrue(answer.contains("Content-Type: application/problem+json\r\n"), answer);
        assertTrue(answer.contains("Cache-Control: no-store\r\n"), answer);
        String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
        Problem problem = Json.STRICT.readValue(body, Problem.class);
        assertEquals(expected, problem.status() + " " + problem.type().substring(Problem.PREFIX.length()), answer);
    }

    @Test
    void failedHandshakeIsAProblemAndSetsNoCookie() throws IOException {
        String bearer = "Authorization: Bearer " + device.session.token().base64url();
        String cookie = "Cookie: nescio-dev=" + device.session.token().base64url();
        String upgrade = "Upgrade: websocket";
        String version = "Sec-WebSocket-Version: 13";
        String key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
        String get = "GET /v1/hints";

        String opened = handshake(get, upgrade, version, key, bearer);
        assertTrue(opened.startsWith("HTTP/1.1 101"), opened);
        assertFalse(opened.contains("Set-Cookie"), opened);
        assertFalse(opened.contains("Content-Type"), opened);
        String asking = handshake(get, upgrade, version, key, bearer, "Sec-WebSocket-Protocol: nescio, chat");
        assertTrue(asking.startsWith("HTTP/1.1 101"), asking);
        assertFalse(asking.contains("Sec-WebSocket-Protocol"), asking);

        String stranger = handshake(get, upgrade, version, key);
        assertRefused("401 session-required", stranger);
        assertTrue(stranger.contains("WWW-Authenticate: Bearer\r\n"), stranger);
        assertRefused("401 session-required", handshake(get, upgrade, version, key, "Authorization: Bearer x"));
        assertRefused("403 origin-refused", handshake(get, upgrade, version, key, cookie));
        assertRefused(
                "403 origin-refused", handshake(get, upgrade, version, key, cookie, "Origin: https://example.org"));
        // The host is named without a port here.
        for (String own : List.of("http://127.0.0.1", "http://127.0.0.1:80", "https://127.0.0.1:443")) {
            String answer = handshake(get, upgrade, version, key, cookie, "Origin: " + own);
            assertTrue(answer.startsWith("HTTP/1.1 101"), answer);
        }
        for (String other : List.of("http://127.0.0.1:443", "https://127.0.0.1:80", "http://127.0.0.1:80:80")) {
            assertRefused("403 origin-refused", handshake(get, upgrade, version, key, cookie, "Origin: " + other));
        }
        for (String other : List.of("12", "8", "14", "x", "13, 8")) {
            String answer = handshake(get, upgrade, "Sec-WebSocket-Version: " + other, key, bearer);
            assertRefused("426 upgrade-required", answer);
            assertTrue(answer.contains("Sec-WebSocket-Version: 13\r\n"), answer);
            assertTrue(answer.contains("Upgrade: websocket\r\n"), answer);
        }
        assertRefused("400 bad-request", handshake(get, upgrade, version, bearer));
        assertRefused("400 bad-request", handshake(get, upgrade, key, bearer));
        assertRefused("400 bad-request", handshake(get, version, key, bearer));
        assertRefused("404 not-found", handshake("GET /v1/hints/", upgrade, version, key, bearer));
        String post = handshake("POST /v1/hints", upgrade, version, key, bearer, "Content-Length: 0");
        assertRefused("405 method-not-allowed", post);
        assertTrue(post.contains("Allow: GET\r\n"), post);
    }

    @Test
    void stoppingServerSaysSo() throws InterruptedException {
        Listener listener = open(device.session.token());
        listener.next();
        server.restart();
        assertEquals("closed 1001", listener.next());
    }
}
