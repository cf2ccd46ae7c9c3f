package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.AccessKeys;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Devices;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.Limits;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.Scope;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.SlotKind;
import dev.nescio.protocol.Sync;
import dev.nescio.protocol.Transport;
import dev.nescio.server.http.Endpoint;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
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

/// Access keys, and how far the sessions reach that they open (spec, sections 3.12 and 10.17).
@ParameterizedClass
@EnumSource(Backend.class)
class AccessKeysTest {

    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final String CHATS = "/v1/domains/chats/containers";
    private static final String APPS = "/v1/domains/apps/containers";

    private static TestServer server;

    @Parameter
    Backend backend;

    private Device device;
    private long directory;

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
        directory = 1;
    }

    private Client.Answer add(SignUp.NewSlot slot) {
        return device.on(server)
                .put("/v1/slots/access", new AccessKeys.Add(slot, new Counted(directory + 1, Device.bytes(473))));
    }

    private SignUp.NewSlot added(String scope, Long expiresAt) {
        SignUp.NewSlot slot = Device.accessSlot(scope, expiresAt);
        assertEquals(204, add(slot).status());
        directory++;
        return slot;
    }

    private static Client.Answer signIn(SignUp.NewSlot slot, boolean stay) {
        return server.client()
                .post("/v1/signin/access", new SignIn.KeyAttempt(slot.id(), slot.lookupHash(), Transport.BEARER, stay));
    }

    private static AccessKeys.Opened opened(SignUp.NewSlot slot) {
        return signIn(slot, false).as(AccessKeys.Opened.class);
    }

    private static Client client(SignUp.NewSlot slot) {
        return server.client().as(opened(slot).token());
    }

    private static long now() {
        return server.time().millis();
    }

    private Client.Answer remove(SlotId slot) {
        return device.on(server)
                .post(
                        "/v1/slots/" + slot.hex() + "/remove",
                        new Passkeys.Remove(new Counted(directory + 1, Device.bytes(473)), false));
    }

    @Test
    void aScopedOneIsGivenItsScopeRecordAndNothingElse() {
        SignUp.NewSlot slot = added("chats:read", now() + 90 * DAY);
        AccessKeys.Opened opened = opened(slot);
        assertEquals(device.start.account(), opened.account());
        assertEquals(slot.scopeRecord(), opened.scopeRecord());
        assertNull(opened.wrappedMasterKey());
        assertNull(opened.whole());
    }

    @Test
    void oneOfTheWholeAccountIsGivenItsWrappedMasterKeyAndWhatTheAccountShows() {
        SignUp.NewSlot slot = added("all", null);
        AccessKeys.Opened opened = opened(slot);
        assertEquals(slot.wrappedMasterKey(), opened.wrappedMasterKey());
        assertNull(opened.scopeRecord());
        assertEquals(3, opened.whole().slots().size());
        assertTrue(opened.whole().slots().stream().allMatch(shown -> shown.envelope() == null));
    }

    /// A script that signs in each minute, or a thief, would else fill the account's list of sessions.
    @Test
    void aSeventeenthSessionEndsTheOldest() {
        SignUp.NewSlot slot = added("chats:read", null);
        SignUp.NewSlot other = added("chats:read", null);
        Client ofOther = client(other);
        List<Client> opened = new ArrayList<>();
        for (int i = 0; i < 17; i++) {
            server.time().pass(Duration.ofSeconds(1));
            opened.add(client(slot));
        }
        assertEquals(
                "401 session-required", opened.getFirst().get("/v1/session").problemName());
        for (Client each : opened.subList(1, 17)) {
            assertEquals(200, each.get("/v1/session").status());
        }
        assertEquals(200, ofOther.get("/v1/session").status());
        assertEquals(200, device.on(server).get("/v1/session").status());
    }

    @Test
    void removingOneCanEndAllOthers() {
        SignUp.NewSlot slot = added("all", null);
        Client script = client(slot);
        Client another = server.client()
                .as(server.client()
                        .post(
                                "/v1/signin/key",
                                new SignIn.KeyAttempt(
                                        device.start.recovery().id(),
                                        device.start.recovery().lookupHash(),
                                        Transport.BEARER,
                                        false))
                        .as(SignIn.SessionOpened.class)
                        .token());
        assertEquals(
                204,
                device.on(server)
                        .post(
                                "/v1/slots/" + slot.id().hex() + "/remove",
                                new Passkeys.Remove(new Counted(directory + 1, Device.bytes(473)), true))
                        .status());
        assertEquals("401 session-required", script.get("/v1/session").problemName());
        assertEquals("401 session-required", another.get("/v1/session").problemName());
        assertEquals(200, device.on(server).get("/v1/session").status());
    }

    @Test
    void neitherAnotherHashNorAnotherSlotOpensASession() {
        SignUp.NewSlot slot = added("chats:read", null);
        for (SignIn.KeyAttempt wrong : List.of(
                new SignIn.KeyAttempt(slot.id(), Device.bytes(32), Transport.BEARER, false),
                new SignIn.KeyAttempt(new SlotId(Device.bytes(16)), slot.lookupHash(), Transport.BEARER, false),
                // A recovery key is a person's, and does not sign in here; nor an access key there.
                new SignIn.KeyAttempt(
                        device.start.recovery().id(), device.start.recovery().lookupHash(), Transport.BEARER, false))) {
            assertEquals(
                    "401 sign-in-failed",
                    server.client().post("/v1/signin/access", wrong).problemName());
        }
        assertEquals(
                "401 sign-in-failed",
                server.client()
                        .post(
                                "/v1/signin/key",
                                new SignIn.KeyAttempt(slot.id(), slot.lookupHash(), Transport.BEARER, false))
                        .problemName());
    }

    @Test
    void devicesSeeItWithTheDaysOfItsUse() {
        SignUp.NewSlot slot = added("chats:read,apps:write", now() + DAY);
        SignIn.Slot shown = shown(slot.id());
        assertEquals(Scope.parse("chats:read,apps:write"), shown.scope());
        assertEquals(now() + DAY, shown.expiresAt());
        assertEquals(now() - now() % DAY, shown.createdDay());
        assertNull(shown.usedDay());
        assertEquals(200, signIn(slot, false).status());
        assertEquals(now() - now() % DAY, shown(slot.id()).usedDay());
        SignIn.SessionOpened whole = server.client()
                .post(
                        "/v1/signin/key",
                        new SignIn.KeyAttempt(
                                device.start.recovery().id(),
                                device.start.recovery().lookupHash(),
                                Transport.BEARER,
                                false))
                .as(SignIn.SessionOpened.class);
        assertEquals(
                slot.scopeRecord(),
                whole.slots().stream()
                        .filter(each -> each.kind() == SlotKind.ACCESS)
                        .findFirst()
                        .orElseThrow()
                        .scopeRecord());
    }

    private SignIn.Slot shown(SlotId id) {
        return device.on(server).get("/v1/account").as(SignIn.Account.class).slots().stream()
                .filter(slot -> slot.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void itsSessionsAreMarkedAndCountAsNoProof() {
        SignUp.NewSlot slot = added("all", null);
        AccessKeys.Opened opened = opened(slot);
        List<Devices.Session> sessions =
                device.on(server).get("/v1/sessions").as(Devices.Sessions.class).sessions();
        assertEquals(2, sessions.size());
        sessions.forEach(session ->
                assertEquals(session.session().equals(opened.session()) ? slot.id() : null, session.accessKey()));
        Client script = server.client().as(opened.token());
        assertEquals(200, script.get("/v1/account").status());
        assertEquals(
                "403 scope-refused",
                script.put("/v1/directory", new Counted(directory + 1, Device.bytes(473)))
                        .problemName());
        server.time().pass(Duration.ofSeconds(30));
        assertEquals(
                "403 scope-refused",
                script.post(
                                "/v1/session/proof",
                                new SignIn.Proof(
                                        device.start.slot().lookupHash(), device.code(server.time()), null, null))
                        .problemName());
    }

    @Test
    void oneThatHasEndedSignsNobodyIn() {
        SignUp.NewSlot slot = added("chats:write", now() + DAY);
        assertEquals(200, signIn(slot, false).status());
        server.time().pass(Duration.ofDays(1));
        assertEquals("401 sign-in-failed", signIn(slot, false).problemName());
    }

    @Test
    void noSessionOutlivesItsKeyNotEvenRenewed() {
        long end = now() + 3 * DAY;
        SignUp.NewSlot slot = added("chats:write", end);
        AccessKeys.Opened stays = signIn(slot, true).as(AccessKeys.Opened.class);
        assertEquals(end, stays.expiresAt());
        assertEquals(now() + DAY, opened(slot).expiresAt());
        server.time().pass(Duration.ofDays(2));
        Client script = server.client().as(stays.token());
        Devices.Renewed renewed = script.send("POST", "/v1/session/renew", BodyPublishers.noBody())
                .as(Devices.Renewed.class);
        assertEquals(end, renewed.expiresAt());
        script = server.client().as(renewed.token());
        assertEquals(200, script.get("/v1/session").status());
        server.time().pass(Duration.ofDays(1));
        assertEquals("401 session-required", script.get("/v1/session").problemName());
    }

    @Test
    void removingItEndsItsSessionsAndNoOther() {
        SignUp.NewSlot slot = added("chats:read", null);
        SignUp.NewSlot other = added("chats:read", null);
        Client script = client(slot);
        Client unharmed = client(other);
        assertEquals(204, remove(slot.id()).status());
        assertEquals("401 session-required", script.get("/v1/session").problemName());
        assertEquals("401 sign-in-failed", signIn(slot, false).problemName());
        assertEquals(200, unharmed.get("/v1/session").status());
        assertEquals(200, device.on(server).get("/v1/session").status());
    }

    @Test
    void oneMoreThanAnAccountMayHaveIsRefused() {
        for (int i = 0; i < Limits.ACCESS_KEYS; i++) {
            added("chats:read", null);
        }
        assertEquals(
                "422 access-key-refused",
                add(Device.accessSlot("chats:read", null)).problemName());
    }

    @Test
    void oneThatIsThereOrHasEndedIsRefused() {
        SignUp.NewSlot slot = added("chats:read", null);
        assertEquals("422 access-key-refused", add(slot).problemName());
        assertEquals(
                "422 access-key-refused",
                add(Device.accessSlot("chats:read", now())).problemName());
    }

    @Test
    void aDirectoryThatDoesNotFollowAddsNothing() {
        directory = 5;
        SignUp.NewSlot slot = Device.accessSlot("chats:read", null);
        assertEquals("409 directory-conflict", add(slot).problemName());
        assertEquals("401 sign-in-failed", signIn(slot, false).problemName());
    }

    // ---- how far it reaches -------------------------------------------------------------------------------

    private Sync.NewContainer created(String path, long listCounter) {
        Sync.NewContainer container = Device.container(listCounter);
        device.on(server).post(path, container).as(Sync.Committed.class);
        return container;
    }

    private static String commits(Sync.NewContainer container) {
        return "/v1/containers/" + container.id().hex() + "/commits";
    }

    @Test
    void aReadOnlyOneReadsItsDomainAndWritesNothing() {
        Sync.NewContainer chat = created(CHATS, 1);
        Client script = client(added("chats:read", null));
        assertEquals(200, script.get(CHATS).status());
        assertEquals(200, script.get("/v1/containers/" + chat.id().hex()).status());
        assertEquals(
                "403 scope-refused", script.post(CHATS, Device.container(2)).problemName());
        assertEquals(
                "403 scope-refused",
                script.post(commits(chat), Device.commit(2, Device.item())).problemName());
        assertEquals(
                0,
                device.on(server)
                        .get("/v1/containers/" + chat.id().hex())
                        .as(Sync.ContainerContent.class)
                        .items()
                        .size());
    }

    @Test
    void oneThatWritesReachesNoOtherDomain() {
        Sync.NewContainer chat = created(CHATS, 1);
        Sync.NewContainer app = created(APPS, 1);
        Client script = client(added("chats:write", null));
        assertEquals(
                200, script.post(commits(chat), Device.commit(2, Device.item())).status());
        assertEquals(201, script.post(CHATS, Device.container(2)).status());
        assertEquals("403 scope-refused", script.get(APPS).problemName());
        assertEquals("403 scope-refused", script.post(APPS, Device.container(2)).problemName());
        assertEquals(
                "403 scope-refused",
                script.get("/v1/containers/" + app.id().hex()).problemName());
        assertEquals(
                "403 scope-refused",
                script.post(commits(app), Device.commit(2, Device.item())).problemName());
        assertEquals(
                "404 not-found", script.get("/v1/domains/profile/containers").problemName());
        assertEquals(
                "404 not-found",
                script.post(commits(Device.container(1)), Device.commit(2, Device.item()))
                        .problemName());
    }

    @Test
    void changesLeaveOtherDomainsOutAndStillComeToAnEnd() {
        for (int i = 1; i <= 3; i++) {
            created(APPS, i);
        }
        Sync.NewContainer chat = created(CHATS, 1);
        for (int i = 4; i <= 6; i++) {
            created(APPS, i);
        }
        Client script = client(added("chats:read,emails:write", null));
        Sync.Changes page = script.get("/v1/changes?limit=1").as(Sync.Changes.class);
        assertEquals(1, page.changes().size());
        assertEquals(chat.id(), page.changes().getFirst().id());
        assertEquals(Domain.CHATS, page.changes().getFirst().domain());
        assertEquals(false, page.more());
    }

    private static final Set<Endpoint> FOR_EACH_DOMAIN = EnumSet.of(
            Endpoint.SESSION,
            Endpoint.SIGN_OUT,
            Endpoint.RENEW,
            Endpoint.CREATE_CONTAINER,
            Endpoint.CONTAINERS,
            Endpoint.COMMIT,
            Endpoint.CONTAINER,
            Endpoint.CHANGES,
            Endpoint.HINTS);

    /// A route that is new is refused unless somebody lists it here.
    @Test
    void everyOtherRouteRefusesAScopedOne() {
        Client script = client(added("chats:write,apps:write,emails:write,embeds:write", null));
        for (Endpoint endpoint : Endpoint.values()) {
            if (endpoint.access() == Endpoint.Access.ANYBODY || FOR_EACH_DOMAIN.contains(endpoint)) {
                continue;
            }
            String path = endpoint.path().replace("{id}", "00".repeat(16));
            Client asking = endpoint.request().isPresent() ? script.with("Content-Type", "application/json") : script;
            Client.Answer answer = asking.send(endpoint.method(), path, BodyPublishers.ofString("{}"));
            assertEquals("403 scope-refused", answer.problemName(), endpoint::toString);
        }
        assertEquals(200, script.get("/v1/session").status());
    }

    /// One of the whole account is a session like any other, but changes no way to sign in and lets no
    /// device in.
    @Test
    void whatIsForPersonsRefusesEveryAccessKey() {
        Client script = client(added("all", null));
        for (Endpoint endpoint : Endpoint.values()) {
            if (endpoint.access() == Endpoint.Access.PERSON || endpoint.access() == Endpoint.Access.PROVEN) {
                String path = endpoint.path().replace("{id}", "00".repeat(16));
                Client.Answer answer = script.with("Content-Type", "application/json")
                        .send(endpoint.method(), path, BodyPublishers.ofString("{}"));
                assertEquals("403 scope-refused", answer.problemName(), endpoint::toString);
            }
        }
    }

    private static final class Heard implements WebSocket.Listener {

        private final LinkedBlockingQueue<String> texts = new LinkedBlockingQueue<>();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            texts.add(text.toString());
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            texts.add("closed " + code);
            return null;
        }

        String next() throws InterruptedException {
            String text = texts.poll(1, TimeUnit.MINUTES);
            assertNotNull(text, "nothing was hinted");
            return text;
        }
    }

    private static Heard listen(Bytes token) {
        Heard heard = new Heard();
        HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Authorization", "Bearer " + token.base64url())
                .buildAsync(URI.create("ws://127.0.0.1:" + server.port() + "/v1/hints"), heard)
                .join();
        return heard;
    }

    @Test
    void hintsOfOtherDomainsAndOfTheAccountDoNotReachAScopedOneAndRemovingClosesItsSockets()
            throws InterruptedException {
        SignUp.NewSlot slot = added("chats:read", null);
        Heard heard = listen(opened(slot).token());
        assertTrue(heard.next().contains("hello"));
        created(APPS, 1);
        assertEquals(
                204,
                device.on(server)
                        .put("/v1/devices", new Counted(1, Device.bytes(200)))
                        .status());
        created(CHATS, 1);
        // The first that it hears is the chat.
        assertEquals("{\"type\":\"changed\",\"sequence\":2}", heard.next());
        assertEquals(204, remove(slot.id()).status());
        assertTrue(heard.next().contains("revoked"));
        assertEquals("closed 4401", heard.next());
    }
}
