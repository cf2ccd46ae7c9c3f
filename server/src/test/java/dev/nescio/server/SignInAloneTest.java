package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.protocol.AccessKeys;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Devices;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.Transport;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Signing in and ending all other sessions in one step (spec, section 10.3).
@ParameterizedClass
@EnumSource(Backend.class)
class SignInAloneTest {

    private static final String ENDED = "401 session-required";

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

    private SignIn.Attempt attempt(Bytes lookupHash, int backupCode, Boolean endOthers) {
        return new SignIn.Attempt(
                device.start.hashedEmail(),
                lookupHash,
                null,
                device.start.backupCodeHashes().get(backupCode),
                Transport.BEARER,
                false,
                endOthers);
    }

    private static List<SessionId> sessions(Bytes token) {
        return server.client().as(token).get("/v1/sessions").as(Devices.Sessions.class).sessions().stream()
                .map(Devices.Session::session)
                .toList();
    }

    @Test
    void endsEveryOtherSession() {
        SignUp.NewSlot slot = Device.accessSlot("all", null);
        assertEquals(
                204,
                device.on(server)
                        .put("/v1/slots/access", new AccessKeys.Add(slot, new Counted(2, Device.bytes(473))))
                        .status());
        Bytes script = server.client()
                .post("/v1/signin/access", new SignIn.KeyAttempt(slot.id(), slot.lookupHash(), Transport.BEARER, false))
                .as(AccessKeys.Opened.class)
                .token();
        Device other = Device.signedUp(server);
        SignIn.SessionOpened alone = server.client()
                .post("/v1/signin", attempt(device.start.slot().lookupHash(), 0, true))
                .as(SignIn.SessionOpened.class);
        assertEquals(List.of(alone.session()), sessions(alone.token()));
        assertEquals(ENDED, device.on(server).get("/v1/session").problemName());
        assertEquals(ENDED, server.client().as(script).get("/v1/session").problemName());
        assertEquals(200, other.on(server).get("/v1/session").status());
    }

    @Test
    void soDoesOneByTheRecoveryKeyAndOneByAPasskey() {
        SignUp.NewSlot recovery = device.start.recovery();
        SignIn.SessionOpened alone = server.client()
                .post(
                        "/v1/signin/key",
                        new SignIn.KeyAttempt(recovery.id(), recovery.lookupHash(), Transport.BEARER, false, true))
                .as(SignIn.SessionOpened.class);
        assertEquals(List.of(alone.session()), sessions(alone.token()));
        Keyholder holder = Keyholder.signedUp(server);
        SignIn.SessionOpened byPasskey = server.client()
                .post(
                        "/v1/signin/passkey",
                        new Passkeys.Attempt(
                                holder.authenticator.prove(holder.challenge()),
                                holder.passkey.lookupHash(),
                                Transport.BEARER,
                                false,
                                true))
                .as(SignIn.SessionOpened.class);
        assertEquals(List.of(byPasskey.session()), sessions(byPasskey.token()));
    }

    @Test
    void oneThatFailsEndsNothing() {
        assertEquals(
                "401 sign-in-failed",
                server.client()
                        .post("/v1/signin", attempt(Device.bytes(32), 0, true))
                        .problemName());
        assertEquals(
                200,
                server.client()
                        .post("/v1/signin", attempt(device.start.slot().lookupHash(), 1, null))
                        .status());
        assertEquals(
                "401 sign-in-failed",
                server.client()
                        .post("/v1/signin", attempt(device.start.slot().lookupHash(), 1, true))
                        .problemName(),
                "the code was used");
        assertEquals(2, sessions(device.session.token()).size());
    }

    @Test
    void oneThatWantsNoSuchThingEndsNothing() {
        server.time().pass(Duration.ofMinutes(1));
        SignIn.SessionOpened beside = server.client()
                .post("/v1/signin", attempt(device.start.slot().lookupHash(), 0, false))
                .as(SignIn.SessionOpened.class);
        assertEquals(List.of(device.session.session(), beside.session()), sessions(beside.token()));
    }

    @Test
    void anAccessKeyEndsNoSession() {
        SignUp.NewSlot slot = Device.accessSlot("all", null);
        assertEquals(
                204,
                device.on(server)
                        .put("/v1/slots/access", new AccessKeys.Add(slot, new Counted(2, Device.bytes(473))))
                        .status());
        assertEquals(
                "400 bad-request",
                server.client()
                        .post(
                                "/v1/signin/access",
                                new SignIn.KeyAttempt(slot.id(), slot.lookupHash(), Transport.BEARER, false, true))
                        .problemName());
        assertEquals(200, device.on(server).get("/v1/session").status());
    }
}
