package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.SecondFactors;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.Slots;
import dev.nescio.protocol.Transport;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What a stolen credential has proven in another session is worth nothing once the credential is replaced or removed
/// (spec, section 10.9).
@ParameterizedClass
@EnumSource(Backend.class)
class OtherProofsTest {

    private static TestServer server;

    @Parameter
    Backend backend;

    private Device device;
    private SoftAuthenticator stolen;
    private SignUp.NewSlot stolenSlot;
    private Client thief;
    private long counter;

    @BeforeParameterizedClassInvocation
    static void start(Backend backend) {
        server = TestServer.start(backend);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    @BeforeEach
    void steal() {
        device = Device.signedUp(server);
        counter = 1;
        stolen = new SoftAuthenticator();
        stolenSlot = stolen.slot();
        assertEquals(204, add(device.on(server), stolen, stolenSlot).status());
        thief = server.client()
                .as(server.client()
                        .post(
                                "/v1/signin/passkey",
                                new Passkeys.Attempt(
                                        stolen.prove(challenge()), stolenSlot.lookupHash(), Transport.BEARER, false))
                        .as(SignIn.SessionOpened.class)
                        .token());
        server.time().pass(Duration.ofMinutes(1));
    }

    private static Bytes challenge() {
        return server.client()
                .send("POST", "/v1/passkeys/challenge", BodyPublishers.noBody())
                .as(Passkeys.Challenge.class)
                .challenge();
    }

    private Counted next() {
        counter++;
        return new Counted(counter, Device.bytes(473));
    }

    private Client.Answer add(Client client, SoftAuthenticator authenticator, SignUp.NewSlot slot) {
        return client.put("/v1/slots/passkey", new Passkeys.Add(slot, authenticator.create(challenge()), next()));
    }

    private Client.Answer remove(boolean endOthers) {
        return device.on(server)
                .post("/v1/slots/" + stolenSlot.id().hex() + "/remove", new Passkeys.Remove(next(), endOthers));
    }

    private Client.Answer addAnother(Client client) {
        SoftAuthenticator another = new SoftAuthenticator();
        return add(client, another, another.slot());
    }

    private void assertNoLongerProven() {
        assertEquals("403 proof-required", addAnother(thief).problemName());
        counter--;
        assertEquals(200, thief.get("/v1/session").status());
        assertEquals(204, addAnother(device.on(server)).status(), "the owner's own proof still holds");
    }

    @Test
    void aRemovedPasskeyTakesTheSessionsAlongThatItOpened() {
        assertEquals(204, remove(true).status());
        assertEquals("401 session-required", thief.get("/v1/session").problemName());
        assertEquals(200, device.on(server).get("/v1/session").status());
    }

    @Test
    void aRemovedPasskeyHasProvenNothing() {
        assertEquals(204, remove(false).status());
        assertNoLongerProven();
    }

    @Test
    void aRefusedRemovalLeavesOthersAlone() {
        assertEquals(204, remove(false).status());
        assertEquals(204, device.on(server).post("/v1/session/proof", proof()).status());
        assertEquals("404 not-found", remove(true).problemName());
        assertEquals(200, thief.get("/v1/session").status());
    }

    private SignIn.Proof proof() {
        return new SignIn.Proof(device.start.slot().lookupHash(), device.code(server.time()), null, null);
    }

    @Test
    void whatIsReplacedHasProvenNothing() {
        Slots.Recovery change = new Slots.Recovery(Device.recoverySlot(), next());
        assertEquals(204, device.on(server).put("/v1/slots/recovery", change).status());
        assertNoLongerProven();
    }

    @Test
    void aPasswordThatIsChangedHasProvenNothingWhereSessionsStay() {
        Slots.Password change = new Slots.Password(Device.passwordSlot(), next(), false);
        assertEquals(204, device.on(server).put("/v1/slots/password", change).status());
        assertNoLongerProven();
    }

    @Test
    void anAuthenticatorThatIsReplacedHasProvenNothing() {
        SecondFactors.Started started = device.on(server)
                .send("POST", "/v1/totp/start", BodyPublishers.noBody())
                .as(SecondFactors.Started.class);
        String code = Device.code(started.totpSecret(), server.time().millis() / 30_000);
        SecondFactors.Confirm change = new SecondFactors.Confirm(started.pending(), code);
        assertEquals(204, device.on(server).post("/v1/totp/confirm", change).status());
        assertNoLongerProven();
    }

    @Test
    void backupCodesThatAreReplacedHaveProvenNothing() {
        SecondFactors.BackupCodes change = new SecondFactors.BackupCodes(
                Stream.generate(() -> Device.bytes(32)).limit(10).toList());
        assertEquals(204, device.on(server).put("/v1/backup-codes", change).status());
        assertNoLongerProven();
    }

    @Test
    void whatIsAddedOrRenamedLeavesOtherProofsAlone() {
        assertEquals(204, addAnother(device.on(server)).status());
        assertEquals(204, device.on(server).put("/v1/directory", next()).status());
        assertEquals(204, addAnother(thief).status());
    }
}
