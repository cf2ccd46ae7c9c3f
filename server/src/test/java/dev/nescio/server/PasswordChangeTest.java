package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.Slots;
import dev.nescio.protocol.Transport;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Changing the password (spec, section 10.9).
@ParameterizedClass
@EnumSource(Backend.class)
class PasswordChangeTest {

    private static TestServer server;

    @Parameter
    Backend backend;

    private Device device;

    @BeforeParameterizedClassInvocation
    static void start(Backend backend) {
        server = TestServer.start(backend, false);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    @BeforeEach
    void signUp() {
        device = Device.signedUp(server);
    }

    private static Slots.Password request(SignUp.NewSlot slot, long counter, boolean endOthers) {
        return new Slots.Password(slot, new Counted(counter, Device.bytes(473)), endOthers);
    }

    private Client.Answer change(Slots.Password request) {
        return device.on(server).put("/v1/slots/password", request);
    }

    /// A code that was not used before.
    private String nextCode() {
        server.time().pass(Duration.ofSeconds(30));
        return device.code(server.time());
    }

    private Client.Answer signIn(SignUp.NewSlot slot) {
        return server.client().post("/v1/signin", device.attempt(slot, nextCode()));
    }

    private static int sessionStatus(Bytes token) {
        return server.client().as(token).get("/v1/session").status();
    }

    @Test
    void theNewOneSignsInAndTheOldOneNoLonger() {
        SignUp.NewSlot next = Device.passwordSlot();
        assertEquals(204, change(request(next, 2, false)).status());
        assertEquals("401 sign-in-failed", signIn(device.start.slot()).problemName());
        SignIn.SessionOpened opened = signIn(next).as(SignIn.SessionOpened.class);
        assertEquals(next.id(), opened.slot());
        assertEquals(2, opened.directory().counter());
        assertTrue(opened.slots().contains(next.asSlot()));
        assertEquals(2, opened.slots().size(), "that of the password and that of the recovery key");
        SignIn.LookupAnswer answer = server.client()
                .post("/v1/signin/lookup", new SignIn.Lookup(device.start.hashedEmail()))
                .as(SignIn.LookupAnswer.class);
        assertEquals(next.salt(), answer.salt());
    }

    @Test
    void theSecondFactorStaysAsItWas() {
        String used = nextCode();
        assertEquals(
                200, server.client().post("/v1/signin", device.attempt(used)).status());
        SignUp.NewSlot next = Device.passwordSlot();
        assertEquals(204, change(request(next, 2, false)).status());
        assertEquals(
                "401 sign-in-failed",
                server.client().post("/v1/signin", device.attempt(next, used)).problemName(),
                "a code that was used before the change is not fresh after it");
        SignIn.Attempt backup = new SignIn.Attempt(
                device.start.hashedEmail(),
                next.lookupHash(),
                null,
                device.start.backupCodeHashes().getFirst(),
                Transport.BEARER,
                false);
        assertEquals(200, server.client().post("/v1/signin", backup).status());
        assertEquals(
                "401 sign-in-failed", server.client().post("/v1/signin", backup).problemName());
        assertEquals(200, signIn(next).status());
    }

    @Test
    void otherSessionsEndOnlyWhereTheyShall() {
        Bytes other = signIn(device.start.slot()).as(SignIn.SessionOpened.class).token();
        Device stranger = Device.signedUp(server);
        SignUp.NewSlot second = Device.passwordSlot();
        assertEquals(204, change(request(second, 2, false)).status());
        assertEquals(200, sessionStatus(other));
        assertEquals(204, change(request(Device.passwordSlot(), 3, true)).status());
        assertEquals(401, sessionStatus(other));
        assertEquals(200, sessionStatus(device.session.token()));
        assertEquals(200, sessionStatus(stranger.session.token()));
    }

    @Test
    void theSameRequestTwiceIsDoneOnce() {
        Slots.Password request = request(Device.passwordSlot(), 2, true);
        assertEquals(204, change(request).status());
        Bytes since = signIn(request.slot()).as(SignIn.SessionOpened.class).token();
        assertEquals(204, change(request).status());
        assertEquals(200, sessionStatus(since), "a session opened after the change is not another one's");
        assertEquals(200, signIn(request.slot()).status());
    }

    @Test
    void aDirectoryThatDoesNotFollowChangesNothing() {
        Bytes other = signIn(device.start.slot()).as(SignIn.SessionOpened.class).token();
        for (long counter : new long[] {1, 3}) {
            Client.Answer answer = change(request(Device.passwordSlot(), counter, true));
            assertEquals("409 directory-conflict", answer.problemName());
            assertEquals(1, answer.problem().directoryCounter());
        }
        assertEquals(200, sessionStatus(other));
        assertEquals(200, signIn(device.start.slot()).status());
    }

    @Test
    void needsAFreshProof() {
        Slots.Password request = request(Device.passwordSlot(), 2, false);
        server.time().pass(Duration.ofMinutes(5));
        assertEquals("403 proof-required", change(request).problemName());
        assertEquals(200, signIn(device.start.slot()).status());
        assertEquals(204, prove(device.start.slot()).status());
        assertEquals(204, change(request).status());
    }

    @Test
    void theOldPasswordProvesNothingAfterwards() {
        SignUp.NewSlot next = Device.passwordSlot();
        assertEquals(204, change(request(next, 2, false)).status());
        assertEquals("401 sign-in-failed", prove(device.start.slot()).problemName());
        assertEquals(204, prove(next).status());
    }

    private Client.Answer prove(SignUp.NewSlot slot) {
        return device.on(server).post("/v1/session/proof", new SignIn.Proof(slot.lookupHash(), nextCode(), null, null));
    }

    @Test
    void onlyASlotOfAPasswordIsTaken() {
        Client.Answer answer = device.on(server)
                .put(
                        "/v1/slots/password",
                        Map.of(
                                "slot",
                                Device.recoverySlot(),
                                "directory",
                                new Counted(2, Device.bytes(473)),
                                "endOthers",
                                false));
        assertEquals("400 bad-request", answer.problemName());
        assertEquals(200, signIn(device.start.slot()).status());
    }
}
