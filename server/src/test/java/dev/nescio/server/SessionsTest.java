package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.AccessKeys;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Devices;
import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.Transport;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Listing, ending and renewing sessions, and the device list (spec, sections 10.4 and 10.10).
@ParameterizedClass
@EnumSource(Backend.class)
class SessionsTest {

    private static final String ENDED = "401 session-required";
    private static final long HOUR = Duration.ofHours(1).toMillis();

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

    private SignIn.SessionOpened another(boolean stay) {
        return server.client()
                .post(
                        "/v1/signin/key",
                        new SignIn.KeyAttempt(
                                device.start.recovery().id(),
                                device.start.recovery().lookupHash(),
                                Transport.BEARER,
                                stay))
                .as(SignIn.SessionOpened.class);
    }

    private static Client with(Bytes token) {
        return server.client().as(token);
    }

    private static Devices.Sessions list(Bytes token) {
        return with(token).get("/v1/sessions").as(Devices.Sessions.class);
    }

    private static Devices.Renewed renew(Bytes token) {
        return with(token)
                .send("POST", "/v1/session/renew", BodyPublishers.noBody())
                .as(Devices.Renewed.class);
    }

    private static boolean lives(Bytes token) {
        Client.Answer answer = with(token).get("/v1/session");
        if (answer.status() != 200) {
            assertEquals(ENDED, answer.problemName());
        }
        return answer.status() == 200;
    }

    private static Set<SessionId> ids(Devices.Sessions sessions) {
        return sessions.sessions().stream().map(Devices.Session::session).collect(Collectors.toSet());
    }

    // ---- how many --------------------------------------------------------------------------------------------------

    @Test
    void theTwoHundredAndFiftySeventhEndsTheOneThatWasNotUsedForLongest() {
        List<Bytes> opened = Stream.generate(() -> {
                    server.time().pass(Duration.ofSeconds(1));
                    return another(true).token();
                })
                .limit(255)
                .toList();
        server.time().pass(Duration.ofHours(1));
        assertTrue(lives(device.session.token()), "used once more");
        assertTrue(lives(opened.getFirst()));
        Bytes next = another(false).token();
        assertFalse(lives(opened.get(1)), "the oldest of those that were not used since");
        for (Bytes token : List.of(device.session.token(), opened.getFirst(), opened.get(2), opened.getLast(), next)) {
            assertTrue(lives(token));
        }
        assertEquals(256, list(next).sessions().size());
    }

    /// Else whoever has an access key could sign the person's devices out.
    @Test
    void thoseOfAccessKeysTakeNoPlaceFromAPersons() {
        server.time().pass(Duration.ofSeconds(1));
        for (int i = 0; i < 255; i++) {
            another(true);
        }
        SignUp.NewSlot slot = Device.accessSlot("chats:read", null);
        assertEquals(
                204,
                device.on(server)
                        .put("/v1/slots/access", new AccessKeys.Add(slot, new Counted(2, Device.bytes(473))))
                        .status());
        server.client()
                .post("/v1/signin/access", new SignIn.KeyAttempt(slot.id(), slot.lookupHash(), Transport.BEARER, false))
                .as(AccessKeys.Opened.class);
        assertEquals(257, list(device.session.token()).sessions().size());
        Bytes next = another(false).token();
        assertFalse(lives(device.session.token()), "a person's gives way to a person's");
        assertEquals(257, list(next).sessions().size());
    }

    // ---- listing ---------------------------------------------------------------------------------------------------

    @Test
    void listsTheLiveSessionsOfTheAccountWithFullHours() {
        server.time().pass(Duration.ofMinutes(7));
        SignIn.SessionOpened other = another(false);
        Device.signedUp(server);
        Devices.Sessions listed = list(other.token());
        assertEquals(Set.of(device.session.session(), other.session()), ids(listed));
        assertNull(listed.devices());
        for (Devices.Session session : listed.sessions()) {
            assertEquals(session.session().equals(other.session()), session.current());
            assertEquals(0, session.createdAt() % HOUR);
            assertEquals(0, session.lastSeenAt() % HOUR);
        }
        server.time().pass(Duration.ofHours(24).minusMinutes(7));
        assertEquals(Set.of(other.session()), ids(list(other.token())), "the other one's time is over");
    }

    @Test
    void whenASessionWasUsedIsNotedOnceInAnHour() {
        String query = "SELECT MAX(seen_at) FROM session WHERE expires_at = " + device.session.expiresAt();
        long opened = server.number(query);
        assertEquals(0, opened % HOUR);
        server.time().pass(Duration.ofHours(2));
        assertEquals(opened, server.number(query));
        device.on(server).get("/v1/account").as(SignIn.Account.class);
        assertEquals(opened + 2 * HOUR, server.number(query));
        assertEquals(
                opened + 2 * HOUR,
                list(device.session.token()).sessions().getFirst().lastSeenAt());
    }

    // ---- ending ----------------------------------------------------------------------------------------------------

    @Test
    void endsOneTheOthersOrAllWithoutAProof() {
        List<SignIn.SessionOpened> others =
                IntStream.range(0, 4).mapToObj(i -> another(true)).toList();
        server.time().pass(Duration.ofMinutes(6));
        Client client = with(others.getFirst().token());
        assertEquals(
                204,
                client.delete("/v1/sessions/" + device.session.session().hex()).status());
        assertFalse(lives(device.session.token()));
        assertEquals(
                "404 not-found",
                client.delete("/v1/sessions/" + device.session.session().hex()).problemName());
        assertEquals(
                List.of(true, true, true, true),
                others.stream().map(other -> lives(other.token())).toList());

        assertEquals(
                204,
                client.post("/v1/sessions/end", new Devices.End(Devices.Which.OTHERS))
                        .status());
        assertEquals(
                List.of(true, false, false, false),
                others.stream().map(other -> lives(other.token())).toList());

        SignIn.SessionOpened last = another(false);
        assertEquals(
                204,
                client.post("/v1/sessions/end", new Devices.End(Devices.Which.ALL))
                        .status());
        assertFalse(lives(others.getFirst().token()) || lives(last.token()));
    }

    @Test
    void anotherAccountsSessionIsNotThere() {
        Device stranger = Device.signedUp(server);
        Client client = stranger.on(server);
        assertEquals(
                "404 not-found",
                client.delete("/v1/sessions/" + device.session.session().hex()).problemName());
        assertEquals(
                204,
                client.post("/v1/sessions/end", new Devices.End(Devices.Which.ALL))
                        .status());
        assertTrue(lives(device.session.token()));
        for (String id : List.of("x", "0", device.session.session().hex().toUpperCase(Locale.ROOT) + "A")) {
            assertEquals(
                    "400 bad-request",
                    device.on(server).delete("/v1/sessions/" + id).problemName());
        }
        assertEquals(
                "400 bad-request",
                device.on(server)
                        .postText("/v1/sessions/end", "application/json", "{\"which\":\"mine\"}")
                        .problemName());
    }

    @Test
    void endingTheOwnSessionRemovesTheCookie() {
        Client cookie = server.client()
                .with("Cookie", "nescio-dev=" + device.session.token().base64url())
                .with("Origin", "http://127.0.0.1:" + server.port());
        SignIn.SessionOpened other = another(false);
        assertNull(cookie.delete("/v1/sessions/" + other.session().hex()).header("Set-Cookie"));
        assertEquals(
                "nescio-dev=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0",
                cookie.delete("/v1/sessions/" + device.session.session().hex()).header("Set-Cookie"));
    }

    // ---- renewing --------------------------------------------------------------------------------------------------

    @Test
    void theOldTokenWorksUntilTheNewOneIsFirstUsed() {
        Bytes old = device.session.token();
        server.time().pass(Duration.ofHours(13));
        Devices.Renewed renewed = renew(old);
        assertEquals(server.time().millis() + Duration.ofHours(24).toMillis(), renewed.expiresAt());
        assertTrue(lives(old), "the answer may have been lost, or not yet been stored");
        assertTrue(lives(old));
        server.time().pass(Duration.ofHours(23));
        assertTrue(lives(renewed.token()));
        assertTrue(lives(renewed.token()));
        assertEquals(
                device.session.session(),
                with(renewed.token())
                        .get("/v1/session")
                        .as(SignIn.Session.class)
                        .session());
    }

    @Test
    void aSpentTokenEndsTheSession() {
        Bytes old = device.session.token();
        Bytes next = renew(old).token();
        assertTrue(lives(next));
        SignIn.SessionOpened other = another(false);
        assertFalse(lives(old));
        assertFalse(lives(next), "nobody knows which of the two is the thief");
        assertTrue(lives(other.token()), "no other session of the account");
    }

    /// A thief who renews twice at once does not make the first token unknown instead of spent.
    @Test
    void aTokenIsSpentHoweverManyCameAfterIt() {
        Bytes first = device.session.token();
        Bytes last = first;
        for (int i = 0; i < 3; i++) {
            last = renew(last).token();
            assertTrue(lives(last));
        }
        assertFalse(lives(first));
        assertFalse(lives(last));
        assertEquals(
                0,
                server.number("SELECT COUNT(*) FROM spent_token WHERE session NOT IN (SELECT session FROM session)"));
    }

    /// The answer was lost, so nobody has the token that it brought.
    @Test
    void renewingAgainWithTheTokenInUseHarmsNothing() {
        Bytes old = device.session.token();
        Bytes lost = renew(old).token();
        Bytes next = renew(old).token();
        assertNotEquals(lost, next);
        assertTrue(lives(old));
        assertTrue(lives(next));
        assertTrue(lives(renew(next).token()));
    }

    /// Somebody else has it, who has copied the token in use.
    @Test
    void aTokenThatALaterRenewalReplacedEndsTheSession() {
        Bytes old = device.session.token();
        Bytes first = renew(old).token();
        Bytes second = renew(old).token();
        Bytes third = renew(old).token();
        assertTrue(lives(third));
        SignIn.SessionOpened other = another(false);
        assertFalse(lives(second));
        for (Bytes token : List.of(third, first, old)) {
            assertFalse(lives(token));
        }
        assertTrue(lives(other.token()), "no other session of the account");
    }

    @Test
    void ofRenewalsAtOnceOneTokenCountsAndTheOthersAreSpent() {
        Bytes old = device.session.token();
        List<Bytes> tokens =
                Stream.generate(() ->
                                CompletableFuture.supplyAsync(() -> renew(old).token()))
                        .limit(8)
                        .toList()
                        .stream()
                        .map(CompletableFuture::join)
                        .toList();
        List<Bytes> next = tokens.stream()
                .filter(token -> rows("session WHERE next_token_hash = ", token) == 1)
                .toList();
        assertEquals(1, next.size());
        assertTrue(tokens.stream()
                .filter(token -> !next.contains(token))
                .allMatch(token -> rows("spent_token WHERE token_hash = ", token) == 1));
        assertTrue(lives(next.getFirst()));
    }

    private long rows(String where, Bytes token) {
        return server.number("SELECT COUNT(*) FROM " + where + literal(Device.sha256(token)));
    }

    private String literal(Bytes bytes) {
        return backend == Backend.SQLITE ? "x'" + bytes.hex() + "'" : "'\\x" + bytes.hex() + "'";
    }

    @Test
    void aNewTokenMayBeUsedFirstByManyAtOnce() {
        Bytes token = device.session.token();
        for (int round = 0; round < 20; round++) {
            Bytes next = renew(token).token();
            List<CompletableFuture<Boolean>> uses = Stream.generate(
                            () -> CompletableFuture.supplyAsync(() -> lives(next), Thread::startVirtualThread))
                    .limit(8)
                    .toList();
            assertTrue(uses.stream().allMatch(CompletableFuture::join));
            token = next;
        }
    }

    @Test
    void aStayingSessionIsRenewedForThirtyDays() {
        SignIn.SessionOpened staying = another(true);
        server.time().pass(Duration.ofDays(20));
        Devices.Renewed renewed = renew(staying.token());
        assertEquals(server.time().millis() + Duration.ofDays(30).toMillis(), renewed.expiresAt());
        server.time().pass(Duration.ofDays(29));
        assertTrue(lives(renewed.token()));
    }

    @Test
    void anEndedSessionIsNotRenewed() {
        device.on(server).delete("/v1/session");
        assertEquals(
                ENDED,
                device.on(server)
                        .send("POST", "/v1/session/renew", BodyPublishers.noBody())
                        .problemName());
    }

    @Test
    void theCookieIsSetAnew() {
        Client cookie = server.client()
                .with("Cookie", "nescio-dev=" + device.session.token().base64url());
        String path = "/v1/session/renew";
        assertEquals(
                "403 origin-refused",
                cookie.send("POST", path, BodyPublishers.noBody()).problemName());
        Client.Answer answer =
                cookie.with("Origin", "http://127.0.0.1:" + server.port()).send("POST", path, BodyPublishers.noBody());
        assertNull(answer.as(Devices.Renewed.class).token());
        String set = answer.header("Set-Cookie");
        String token = set.substring("nescio-dev=".length(), set.indexOf(';'));
        assertEquals("nescio-dev=" + token + "; Path=/; HttpOnly; SameSite=Strict; Max-Age=86400", set);
        assertTrue(lives(Bytes.parse(token)));
        assertFalse(lives(device.session.token()));
    }

    @Test
    void onlyHashesOfTokensAreStored() {
        Bytes next = renew(device.session.token()).token();
        Bytes last = renew(next).token();
        for (Bytes token : List.of(device.session.token(), next, last)) {
            String literal = literal(token);
            assertEquals(
                    0,
                    server.number("SELECT COUNT(*) FROM session WHERE token_hash = " + literal
                            + " OR next_token_hash = " + literal));
            assertEquals(0, server.number("SELECT COUNT(*) FROM spent_token WHERE token_hash = " + literal));
        }
        String short31 = backend == Backend.SQLITE ? "zeroblob(31)" : "decode(repeat('00', 31), 'hex')";
        assertThrows(SQLException.class, () -> server.execute("UPDATE session SET next_token_hash = " + short31));
        assertThrows(SQLException.class, () -> server.execute("UPDATE session SET seen_at = seen_at + 1"));
        assertThrows(SQLException.class, () -> server.execute("UPDATE spent_token SET token_hash = " + short31));
    }

    // ---- the device list -------------------------------------------------------------------------------------------

    private Client.Answer put(Counted devices) {
        return device.on(server).put("/v1/devices", devices);
    }

    @Test
    void keepsTheDeviceListOfTheHighestCounter() {
        Counted first = new Counted(1, Device.bytes(300));
        assertEquals(204, put(first).status());
        assertEquals(204, put(first).status(), "the answer was lost");
        assertEquals(first, list(device.session.token()).devices());
        Counted second = new Counted(2, Device.bytes(400));
        assertEquals(204, put(second).status());
        for (Counted wrong : List.of(
                first,
                new Counted(1, Device.bytes(300)),
                new Counted(4, Device.bytes(300)),
                new Counted(2, Device.bytes(400)))) {
            Client.Answer answer = put(wrong);
            assertEquals("409 devices-conflict", answer.problemName());
            assertEquals(2, answer.problem().devicesCounter());
        }
        assertEquals(second, list(another(false).token()).devices());
        Device stranger = Device.signedUp(server);
        assertNull(list(stranger.session.token()).devices());
    }

    @Test
    void aListThatIsNotTheFirstNeedsOneBefore() {
        Client.Answer answer = put(new Counted(2, Device.bytes(300)));
        assertEquals("409 devices-conflict", answer.problemName());
        assertEquals(0, answer.problem().devicesCounter());
        assertEquals(204, put(new Counted(1, Device.bytes(64 * 1024))).status());
        assertEquals(
                "400 bad-request",
                putText("{\"counter\":2,\"sealed\":\""
                        + Device.bytes(64 * 1024 + 1).base64url() + "\"}"));
    }

    private String putText(String json) {
        return device.on(server)
                .with("Content-Type", "application/json")
                .send("PUT", "/v1/devices", BodyPublishers.ofString(json))
                .problemName();
    }

    @Test
    void ofListsPutAtOnceOneIsStored() {
        List<Integer> statuses = Stream.generate(() -> CompletableFuture.supplyAsync(
                        () -> put(new Counted(1, Device.bytes(300))).status()))
                .limit(8)
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .sorted()
                .toList();
        assertEquals(204, statuses.getFirst());
        assertEquals(7, statuses.stream().filter(status -> status == 409).count());
    }
}
