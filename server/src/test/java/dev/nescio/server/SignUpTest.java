package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.Transport;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Spec, section 10.1.
@ParameterizedClass
@EnumSource(Backend.class)
class SignUpTest {

    private static TestServer server;

    @Parameter
    Backend backend;

    private long rowsBefore;

    @BeforeParameterizedClassInvocation
    static void start(Backend backend) {
        server = TestServer.start(backend);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    @BeforeEach
    void count() {
        rowsBefore = server.countAll();
    }

    private long newRows() {
        return server.countAll() - rowsBefore;
    }

    private SignUp.Started begin(Device device) {
        SignUp.Started started =
                server.client().post("/v1/signup/start", device.start).as(SignUp.Started.class);
        device.totpSecret = started.totpSecret();
        return started;
    }

    private Client.Answer confirm(SignUp.Started started, String code) {
        return server.client()
                .post("/v1/signup/confirm", new SignUp.Confirm(started.signup(), code, Transport.BEARER, false));
    }

    @Test
    void openedSessionHoldsWhatTheDeviceSent() {
        Device device = Device.fresh();
        SignUp.Started started = begin(device);
        assertEquals(server.time().millis() + Duration.ofMinutes(15).toMillis(), started.expiresAt());

        Client.Answer answer = confirm(started, device.code(server.time()));
        assertEquals(201, answer.status());
        SignIn.SessionOpened session = answer.as(SignIn.SessionOpened.class);
        assertEquals(device.start.account(), session.account());
        assertEquals(
                device.start.slot().wrappedMasterKey(),
                session.slots().getFirst().wrappedMasterKey());
        assertEquals(device.start.slot().id(), session.slot());
        assertEquals(device.start.domainKeys(), session.domainKeys());
        assertEquals(device.start.profile(), session.profile().sealed());
        assertEquals(1, session.directory().counter());
        assertEquals(server.time().millis() + Duration.ofHours(24).toMillis(), session.expiresAt());
        assertEquals(200, server.client().as(session.token()).get("/v1/session").status());
    }

    @Test
    void nothingIsStoredBeforeTheFirstRightCode() {
        Device device = Device.fresh();
        SignUp.Started started = begin(device);
        assertEquals(0, newRows());
        assertEquals(
                "401 wrong-code",
                confirm(started, Device.wrongCode(device.totpSecret, server.time()))
                        .problemName());
        assertEquals(0, newRows());
        assertEquals(201, confirm(started, device.code(server.time())).status());
        assertEquals(
                15,
                newRows(),
                "an account, a password with its second factor, a recovery key, ten backup codes, a session, an entry of"
                        + " the log");
    }

    @Test
    void fiveWrongCodesDiscardIt() {
        Device device = Device.fresh();
        SignUp.Started started = begin(device);
        String wrong = Device.wrongCode(device.totpSecret, server.time());
        for (int left = 4; left >= 0; left--) {
            assertEquals(left, confirm(started, wrong).problem().triesLeft());
        }
        assertEquals(
                "404 not-found", confirm(started, device.code(server.time())).problemName());
        assertEquals(0, newRows());
    }

    @Test
    void cancellingLeavesNothing() {
        Device device = Device.fresh();
        SignUp.Started started = begin(device);
        assertEquals(
                204,
                server.client()
                        .post("/v1/signup/cancel", new SignUp.Cancel(started.signup()))
                        .status());
        assertEquals(
                "404 not-found", confirm(started, device.code(server.time())).problemName());
        assertEquals(0, newRows());
    }

    @Test
    void aQuarterOfAnHourLaterItIsGone() {
        Device device = Device.fresh();
        SignUp.Started started = begin(device);
        server.time().pass(Duration.ofMinutes(15).plusSeconds(1));
        assertEquals(
                "404 not-found", confirm(started, device.code(server.time())).problemName());
        assertEquals(0, newRows());
    }

    @Test
    void restartForgetsIt() {
        Device device = Device.fresh();
        SignUp.Started started = begin(device);
        server.restart();
        assertEquals(
                "404 not-found", confirm(started, device.code(server.time())).problemName());
        assertEquals(0, newRows());
    }

    @Test
    void addressIsTakenAtStartAndAtConfirm() {
        Device first = Device.fresh();
        Device second = Device.fresh();
        SignUp.Start sameAddress = new SignUp.Start(
                second.start.account(),
                first.start.hashedEmail(),
                second.start.slot(),
                second.start.recovery(),
                second.start.domainKeys(),
                second.start.keyPair(),
                second.start.profile(),
                second.start.directory(),
                second.start.backupCodeHashes());
        SignUp.Started one = begin(first);
        SignUp.Started other =
                server.client().post("/v1/signup/start", sameAddress).as(SignUp.Started.class);
        assertEquals(201, confirm(one, first.code(server.time())).status());

        long rows = newRows();
        String code = Device.code(other.totpSecret(), server.time().millis() / 30_000);
        assertEquals("409 address-taken", confirm(other, code).problemName());
        assertEquals(
                "409 address-taken",
                server.client().post("/v1/signup/start", sameAddress).problemName());
        assertEquals(rows, newRows());
    }

    /// Whether an account id is taken shows at confirm alone: it takes a code to ask.
    @Test
    void accountIdIsTakenAtConfirmOnly() {
        Device first = Device.fresh();
        SignUp.Started one = begin(first);
        assertEquals(201, confirm(one, first.code(server.time())).status());
        Device second = Device.fresh();
        SignUp.Start sameAccount = new SignUp.Start(
                first.start.account(),
                second.start.hashedEmail(),
                second.start.slot(),
                second.start.recovery(),
                second.start.domainKeys(),
                second.start.keyPair(),
                second.start.profile(),
                second.start.directory(),
                second.start.backupCodeHashes());
        long rows = newRows();
        SignUp.Started other =
                server.client().post("/v1/signup/start", sameAccount).as(SignUp.Started.class);
        String code = Device.code(other.totpSecret(), server.time().millis() / 30_000);
        assertEquals("409 address-taken", confirm(other, code).problemName());
        assertEquals(rows, newRows());
    }

    @Test
    void cookieReplacesTheTokenInTheBody() {
        Device device = Device.fresh();
        SignUp.Started started = begin(device);
        Client.Answer answer = server.client()
                .post(
                        "/v1/signup/confirm",
                        new SignUp.Confirm(started.signup(), device.code(server.time()), Transport.COOKIE, true));
        assertNull(answer.as(SignIn.SessionOpened.class).token());
        String cookie = answer.header("Set-Cookie");
        assertNotNull(cookie);
        assertTrue(cookie.startsWith("nescio-dev="), cookie);
        assertTrue(cookie.endsWith("; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000"), cookie);
        assertEquals(
                200,
                server.client()
                        .with("Cookie", cookie.substring(0, cookie.indexOf(';')))
                        .get("/v1/account")
                        .status());
    }

    @Test
    void codeThatConfirmedSignsNobodyIn() {
        Device device = Device.signedUp(server);
        assertEquals(
                "401 sign-in-failed",
                server.client()
                        .post("/v1/signin", device.attempt(device.code(server.time())))
                        .problemName());
    }
}
