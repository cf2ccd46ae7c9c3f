package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.SlotKind;
import dev.nescio.protocol.Slots;
import dev.nescio.protocol.Transport;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.ObjectNode;

/// Recovery keys and the proofs that changing them needs (spec, sections 10.3 and 10.9).
@ParameterizedClass
@EnumSource(Backend.class)
class RecoveryTest {

    private static final Duration PROOF = Duration.ofMinutes(5);

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

    private static SignIn.KeyAttempt attempt(SignUp.NewSlot slot) {
        return new SignIn.KeyAttempt(slot.id(), slot.lookupHash(), Transport.BEARER, false);
    }

    private static Client.Answer signIn(SignIn.KeyAttempt attempt) {
        return server.client().post("/v1/signin/key", attempt);
    }

    private Client.Answer replace(SignUp.NewSlot slot, long counter) {
        return replace(new Slots.Recovery(slot, new Counted(counter, Device.bytes(473))));
    }

    private Client.Answer replace(Slots.Recovery request) {
        return device.on(server).put("/v1/slots/recovery", request);
    }

    private Client.Answer prove(SignIn.Proof proof) {
        return device.on(server).post("/v1/session/proof", proof);
    }

    private SignIn.Proof right() {
        server.time().pass(Duration.ofSeconds(30));
        return new SignIn.Proof(device.start.slot().lookupHash(), device.code(server.time()), null, null);
    }

    /// An account has one from its sign-up on, so none has to be looked for that has not (spec, section
    /// 9.1). That no change of an account takes it away is seen in [HeldBackBodyTest].
    @Test
    void noAccountBeginsWithoutOneAndNoneIsRemoved() {
        ObjectNode request = Json.STRICT.valueToTree(Device.fresh().start);
        request.remove("recovery");
        assertEquals(
                "400 bad-request",
                server.client().post("/v1/signup/start", request).problemName());
        SoftAuthenticator authenticator = new SoftAuthenticator();
        Bytes challenge = server.client()
                .send("POST", "/v1/passkeys/challenge", BodyPublishers.noBody())
                .as(Passkeys.Challenge.class)
                .challenge();
        ObjectNode byPasskey =
                Json.STRICT.valueToTree(authenticator.signUp(authenticator.slot(), challenge, Device.bytes(32)));
        byPasskey.remove("recovery");
        assertEquals(
                "400 bad-request",
                server.client().post("/v1/signup/passkey", byPasskey).problemName());
        assertEquals(
                "404 not-found",
                device.on(server)
                        .post(
                                "/v1/slots/" + device.start.recovery().id().hex() + "/remove",
                                new Passkeys.Remove(new Counted(2, Device.bytes(473)), false))
                        .problemName());
        assertEquals(0, withoutRecoveryKey(server));
    }

    static long withoutRecoveryKey(TestServer server) {
        return server.number("SELECT COUNT(*) FROM account WHERE deleting_since IS NULL"
                + " AND account NOT IN (SELECT account FROM recovery_slot)");
    }

    @Test
    void opensASessionWithAllSlotsAndTheirWrappedKeys() {
        SignIn.SessionOpened opened = signIn(attempt(device.start.recovery())).as(SignIn.SessionOpened.class);
        assertEquals(device.start.account(), opened.account());
        assertEquals(device.start.recovery().id(), opened.slot());
        assertEquals(
                Set.of(device.start.slot().asSlot(), device.start.recovery().asSlot()),
                opened.slots().stream().collect(Collectors.toSet()));
        assertEquals(200, server.client().as(opened.token()).get("/v1/session").status());
    }

    @Test
    void neitherAnotherHashNorAnotherSlotOpensOne() {
        SlotId slot = device.start.recovery().id();
        for (SignIn.KeyAttempt wrong : List.of(
                new SignIn.KeyAttempt(slot, Device.bytes(32), Transport.BEARER, false),
                new SignIn.KeyAttempt(
                        new SlotId(Device.bytes(16)), device.start.recovery().lookupHash(), Transport.BEARER, false),
                new SignIn.KeyAttempt(slot, device.start.slot().lookupHash(), Transport.BEARER, false),
                // A password is no key that opens by itself.
                attempt(device.start.slot()))) {
            assertEquals("401 sign-in-failed", signIn(wrong).problemName());
        }
    }

    @Test
    void anotherOneTakesItsPlaceAtOnce() {
        SignUp.NewSlot next = Device.recoverySlot();
        assertEquals(204, replace(next, 2).status());
        assertEquals(
                "401 sign-in-failed", signIn(attempt(device.start.recovery())).problemName());
        assertEquals(200, signIn(attempt(next)).status());
        SignIn.Account account = device.on(server).get("/v1/account").as(SignIn.Account.class);
        assertEquals(2, account.directory().counter());
        assertEquals(
                List.of(next.id()),
                account.slots().stream()
                        .filter(slot -> slot.kind() == SlotKind.RECOVERY)
                        .map(SignIn.Slot::id)
                        .toList());
    }

    @Test
    void theSameRequestTwiceIsDoneOnce() {
        Slots.Recovery request = new Slots.Recovery(Device.recoverySlot(), new Counted(2, Device.bytes(473)));
        assertEquals(204, replace(request).status());
        assertEquals(204, replace(request).status());
        assertEquals(200, signIn(attempt(request.slot())).status());
    }

    @Test
    void aDirectoryThatDoesNotFollowChangesNothing() {
        for (long counter : new long[] {1, 3}) {
            Client.Answer answer = replace(Device.recoverySlot(), counter);
            assertEquals("409 directory-conflict", answer.problemName());
            assertEquals(1, answer.problem().directoryCounter());
        }
        assertEquals(200, signIn(attempt(device.start.recovery())).status());
    }

    @Test
    void changingNeedsAFreshProof() {
        server.time().pass(PROOF);
        assertEquals("403 proof-required", replace(Device.recoverySlot(), 2).problemName());
        assertEquals(200, signIn(attempt(device.start.recovery())).status());
        assertEquals(204, prove(right()).status());
        assertEquals(204, replace(Device.recoverySlot(), 2).status());
    }

    @Test
    void aWrongProofProvesNothing() {
        server.time().pass(PROOF);
        Device other = Device.signedUp(server);
        SignUp.NewSlot password = device.start.slot();
        SignUp.NewSlot recovery = device.start.recovery();
        server.time().pass(Duration.ofSeconds(90));
        for (SignIn.Proof wrong : List.of(
                new SignIn.Proof(Device.bytes(32), device.code(server.time()), null, null),
                new SignIn.Proof(password.lookupHash(), Device.wrongCode(device.totpSecret, server.time()), null, null),
                new SignIn.Proof(Device.bytes(32), null, null, recovery.id()),
                // Another account's own credentials.
                new SignIn.Proof(other.start.slot().lookupHash(), other.code(server.time()), null, null),
                new SignIn.Proof(
                        other.start.recovery().lookupHash(),
                        null,
                        null,
                        other.start.recovery().id()))) {
            assertEquals("401 sign-in-failed", prove(wrong).problemName());
            assertEquals("403 proof-required", replace(Device.recoverySlot(), 2).problemName());
        }
        // None of the wrong ones has used the code up.
        assertEquals(
                204,
                prove(new SignIn.Proof(password.lookupHash(), device.code(server.time()), null, null))
                        .status());
    }

    @Test
    void aCodeProvesOnce() {
        SignIn.Proof proof = right();
        assertEquals(204, prove(proof).status());
        assertEquals("401 sign-in-failed", prove(proof).problemName());
    }

    @Test
    void aBackupCodeOrTheRecoveryKeyProvesAsWell() {
        server.time().pass(PROOF);
        SignIn.Proof backup = new SignIn.Proof(
                device.start.slot().lookupHash(),
                null,
                device.start.backupCodeHashes().getFirst(),
                null);
        assertEquals(204, prove(backup).status());
        assertEquals("401 sign-in-failed", prove(backup).problemName());
        server.time().pass(PROOF);
        SignUp.NewSlot recovery = device.start.recovery();
        assertEquals(
                204,
                prove(new SignIn.Proof(recovery.lookupHash(), null, null, recovery.id()))
                        .status());
        assertEquals(204, replace(Device.recoverySlot(), 2).status());
    }
}
