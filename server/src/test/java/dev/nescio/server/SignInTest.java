package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Spec, sections 10.2 to 10.4 and 10.8.
@ParameterizedClass
@EnumSource(Backend.class)
class SignInTest {

    private static final Duration STEP = Duration.ofSeconds(30);
    private static final String FAILED = "401 sign-in-failed";

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
        server.time().pass(STEP.multipliedBy(3));
    }

    private Client.Answer signIn(SignIn.Attempt attempt) {
        return server.client().post("/v1/signin", attempt);
    }

    private String codeAtStep(int offset) {
        return Device.code(device.totpSecret, server.time().millis() / STEP.toMillis() + offset);
    }

    @Test
    void lookingUpGivesTheSlotsParameters() {
        SignIn.LookupAnswer answer = server.client()
                .post("/v1/signin/lookup", new SignIn.Lookup(device.start.hashedEmail()))
                .as(SignIn.LookupAnswer.class);
        assertEquals(new SignIn.LookupAnswer(device.start.slot().salt(), 65536, 3, 1), answer);
    }

    @Test
    void unknownAddressHasASaltThatStays() {
        SignIn.Lookup lookup = new SignIn.Lookup(Device.bytes(32));
        SignIn.LookupAnswer first =
                server.client().post("/v1/signin/lookup", lookup).as(SignIn.LookupAnswer.class);
        server.restart();
        assertEquals(first, server.client().post("/v1/signin/lookup", lookup).as(SignIn.LookupAnswer.class));
        assertNotEquals(
                first.salt(),
                server.client()
                        .post("/v1/signin/lookup", new SignIn.Lookup(Device.bytes(32)))
                        .as(SignIn.LookupAnswer.class)
                        .salt());
    }

    @Test
    void bothFactorsOpenASession() {
        SignIn.SessionOpened opened = signIn(device.attempt(codeAtStep(0))).as(SignIn.SessionOpened.class);
        assertEquals(device.start.account(), opened.account());
        assertEquals(
                device.start.slot().wrappedMasterKey(),
                opened.slots().getFirst().wrappedMasterKey());
        assertNotEquals(device.session.token(), opened.token());
        SignIn.Session session =
                server.client().as(opened.token()).get("/v1/session").as(SignIn.Session.class);
        assertEquals(
                new SignIn.Session(
                        opened.account(), opened.session(), server.time().millis(), opened.expiresAt()),
                session);
    }

    @Test
    void accountHasNoWrappedMasterKey() {
        Client.Answer answer = device.on(server).get("/v1/account");
        SignIn.Account account = answer.as(SignIn.Account.class);
        assertNull(account.slots().getFirst().wrappedMasterKey());
        assertEquals(device.start.domainKeys(), account.domainKeys());
        assertTrue(!answer.text().contains("wrappedMasterKey"), "the member is absent");
    }

    @Test
    void wrongPasswordAndWrongCodeLookTheSame() {
        SignIn.Attempt wrongPassword = new SignIn.Attempt(
                device.start.hashedEmail(), Device.bytes(32), codeAtStep(0), null, Transport.BEARER, false);
        SignIn.Attempt wrongCode = device.attempt(Device.wrongCode(device.totpSecret, server.time()));
        Client.Answer one = signIn(wrongPassword);
        Client.Answer other = signIn(wrongCode);
        assertEquals(FAILED, one.problemName());
        assertEquals(one.text(), other.text());
        assertEquals(200, signIn(device.attempt(codeAtStep(0))).status(), "failures use no code up");
    }

    @Test
    void aStepWorksOnceAndNoneBeforeIt() {
        assertEquals(200, signIn(device.attempt(codeAtStep(0))).status());
        assertEquals(FAILED, signIn(device.attempt(codeAtStep(0))).problemName());
        assertEquals(FAILED, signIn(device.attempt(codeAtStep(-1))).problemName());
        assertEquals(200, signIn(device.attempt(codeAtStep(1))).status());
        server.time().pass(STEP);
        assertEquals(FAILED, signIn(device.attempt(codeAtStep(0))).problemName());
        server.time().pass(STEP);
        assertEquals(200, signIn(device.attempt(codeAtStep(0))).status());
    }

    @Test
    void stepsFartherAwayAreRefused() {
        assertEquals(FAILED, signIn(device.attempt(codeAtStep(-2))).problemName());
        assertEquals(FAILED, signIn(device.attempt(codeAtStep(2))).problemName());
        assertEquals(200, signIn(device.attempt(codeAtStep(-1))).status());
    }

    @Test
    void ofConcurrentTriesWithOneCodeOneWins() throws Exception {
        List<Callable<Integer>> tries = Collections.nCopies(
                8, () -> signIn(device.attempt(codeAtStep(0))).status());
        assertEquals(1, successes(tries));
        List<Callable<Integer>> withBackupCode = Collections.nCopies(
                8, () -> signIn(device.attemptWithBackupCode(3)).status());
        assertEquals(1, successes(withBackupCode));
    }

    private static long successes(List<Callable<Integer>> tries) throws Exception {
        List<Integer> statuses = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Integer> one : threads.invokeAll(tries)) {
                statuses.add(one.get());
            }
        }
        return statuses.stream().filter(status -> status == 200).count();
    }

    @Test
    void backupCodeWorksOnceAndOnlyWithThePassword() {
        SignIn.Attempt withoutPassword = new SignIn.Attempt(
                device.start.hashedEmail(),
                Device.bytes(32),
                null,
                device.start.backupCodeHashes().getFirst(),
                Transport.BEARER,
                false);
        assertEquals(FAILED, signIn(withoutPassword).problemName());
        assertEquals(200, signIn(device.attemptWithBackupCode(0)).status());
        assertEquals(FAILED, signIn(device.attemptWithBackupCode(0)).problemName());
        assertEquals(200, signIn(device.attemptWithBackupCode(1)).status());
        Device other = Device.signedUp(server);
        SignIn.Attempt foreign = new SignIn.Attempt(
                device.start.hashedEmail(),
                device.start.slot().lookupHash(),
                null,
                other.start.backupCodeHashes().getFirst(),
                Transport.BEARER,
                false);
        assertEquals(FAILED, signIn(foreign).problemName());
    }

    @Test
    void sessionsEnd() {
        Client client = device.on(server);
        assertEquals(204, client.delete("/v1/session").status());
        assertEquals("401 session-required", client.get("/v1/session").problemName());
        assertEquals("401 session-required", client.delete("/v1/session").problemName());
        for (String value : List.of(
                "Bearer x",
                "Bearer ",
                "Basic YTpi",
                "Bearer " + Device.bytes(32).base64url())) {
            assertEquals(
                    "401 session-required",
                    server.client()
                            .with("Authorization", value)
                            .get("/v1/account")
                            .problemName());
        }
    }

    /// A connection may be shared: a proxy sends the requests of many people through one. A parser that remembers
    /// headers without regard to case would spell the start of this token as the stranger did.
    @Test
    void tokenIsReadAlikeWhateverCameBeforeOnTheConnection() {
        String token = device.session.token().base64url();
        String otherCase = swapCase(token);
        for (int length : List.of(1, 2, 42)) {
            Client stranger = server.client().with("Authorization", "Bearer " + otherCase.substring(0, length));
            assertEquals("401 session-required", stranger.get("/v1/session").problemName());
            assertEquals("401 session-required", stranger.get("/v1/session").problemName());
            assertEquals(200, device.on(server).get("/v1/session").status());
        }
    }

    private static String swapCase(String text) {
        StringBuilder swapped = new StringBuilder();
        text.chars()
                .forEach(c -> swapped.append(
                        (char) (Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c))));
        return swapped.toString();
    }

    @Test
    void sessionsExpire() {
        SignIn.SessionOpened staying = signIn(new SignIn.Attempt(
                        device.start.hashedEmail(),
                        device.start.slot().lookupHash(),
                        codeAtStep(0),
                        null,
                        Transport.BEARER,
                        true))
                .as(SignIn.SessionOpened.class);
        server.time().pass(Duration.ofHours(24));
        assertEquals(
                "401 session-required", device.on(server).get("/v1/session").problemName());
        server.time().pass(Duration.ofDays(28));
        assertEquals(200, server.client().as(staying.token()).get("/v1/session").status());
        server.time().pass(Duration.ofDays(1));
        assertEquals(
                "401 session-required",
                server.client().as(staying.token()).get("/v1/session").problemName());
    }

    @Test
    void besideTheCookieAuthorizationAloneDecides() {
        String token = device.session.token().base64url();
        Client cookie = server.client().with("Cookie", "nescio-dev=" + token);
        for (String other : List.of("Bearer x", "Basic " + token, "Bearer", "")) {
            assertEquals(
                    "401 session-required",
                    cookie.with("Authorization", other).get("/v1/session").problemName(),
                    other);
        }
        Client stale = server.client().with("Cookie", "nescio-dev=x");
        assertEquals(
                200,
                stale.with("Authorization", "Bearer " + token)
                        .get("/v1/session")
                        .status());
        assertEquals(
                "401 session-required",
                server.client()
                        .with("Cookie", "__Host-nescio=" + token)
                        .get("/v1/session")
                        .problemName(),
                "the cookie is the one for this host");
    }

    @Test
    void cookieNeedsItsOwnOriginToChangeAnything() {
        Client cookie = server.client()
                .with("Cookie", "nescio-dev=" + device.session.token().base64url());
        assertEquals(200, cookie.get("/v1/session").status());
        String own = "http://127.0.0.1:" + server.port();
        String container = "/v1/domains/chats/containers";
        assertEquals(
                "403 origin-refused",
                cookie.post(container, Device.container(1)).problemName());
        for (String origin : List.of(
                "http://127.0.0.1:1",
                "https://example.org",
                "null",
                own + "0",
                own + ":80",
                own + "/",
                own + "?",
                "127.0.0.1:" + server.port(),
                "http://127.0.0.1",
                "http://x@127.0.0.1:" + server.port())) {
            assertEquals(
                    "403 origin-refused",
                    cookie.with("Origin", origin)
                            .post(container, Device.container(1))
                            .problemName(),
                    origin);
        }
        assertEquals(
                201,
                cookie.with("Origin", own).post(container, Device.container(1)).status());
        assertEquals("403 origin-refused", cookie.delete("/v1/session").problemName());
        Client.Answer out = cookie.with("Origin", own).delete("/v1/session");
        assertEquals(204, out.status());
        assertEquals("nescio-dev=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0", out.header("Set-Cookie"));
    }

    @Test
    void onlyTheTokensHashIsStored() {
        Bytes token = device.session.token();
        String literal = backend == Backend.SQLITE ? "x'" + token.hex() + "'" : "'\\x" + token.hex() + "'";
        assertEquals(0, server.number("SELECT COUNT(*) FROM session WHERE token_hash = " + literal));
    }
}
