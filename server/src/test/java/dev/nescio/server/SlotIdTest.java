package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.Slots;
import dev.nescio.protocol.Transport;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Ids of slots that are in use (spec, section 9.1), on every route that brings one.
@ParameterizedClass
@EnumSource(Backend.class)
class SlotIdTest {

    private static final String REFUSED = "400 bad-request";

    private static TestServer server;

    @Parameter
    Backend backend;

    private Device device;
    private SlotId password;
    private SlotId recovery;
    private SlotId passkey;
    private long rows;

    @BeforeParameterizedClassInvocation
    static void start(Backend backend) {
        server = TestServer.start(backend);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    @BeforeEach
    void haveASlotOfEachKind() {
        device = Device.signedUp(server);
        password = device.start.slot().id();
        recovery = device.start.recovery().id();
        SoftAuthenticator authenticator = new SoftAuthenticator();
        SignUp.NewSlot slot = authenticator.slot();
        passkey = slot.id();
        assertEquals(204, add(device, authenticator, slot).status());
        rows = server.countAll();
    }

    private static Client.Answer add(Device to, SoftAuthenticator authenticator, SignUp.NewSlot slot) {
        return to.on(server)
                .put("/v1/slots/passkey", new Passkeys.Add(slot, registration(authenticator), directory(to)));
    }

    private static Passkeys.Registration registration(SoftAuthenticator authenticator) {
        return authenticator.create(server.client()
                .send("POST", "/v1/passkeys/challenge", BodyPublishers.noBody())
                .as(Passkeys.Challenge.class)
                .challenge());
    }

    private Client.Answer addPasskey(SlotId id) {
        SoftAuthenticator authenticator = new SoftAuthenticator();
        return add(device, authenticator, under(id, authenticator.slot()));
    }

    private static Client.Answer putRecovery(Device of, SlotId id) {
        return of.on(server)
                .put("/v1/slots/recovery", new Slots.Recovery(under(id, Device.recoverySlot()), directory(of)));
    }

    private static Client.Answer putPassword(Device of, SlotId id) {
        return of.on(server)
                .put("/v1/slots/password", new Slots.Password(under(id, Device.passwordSlot()), directory(of), false));
    }

    /// The one that follows on the stored one.
    private static Counted directory(Device of) {
        long counter = stored(of).directory().counter();
        return new Counted(counter + 1, Device.bytes(473));
    }

    private static SignIn.Account stored(Device of) {
        return of.on(server).get("/v1/account").as(SignIn.Account.class);
    }

    private static SignUp.NewSlot under(SlotId id, SignUp.NewSlot slot) {
        return new SignUp.NewSlot(
                id,
                slot.kind(),
                slot.salt(),
                slot.memoryKiB(),
                slot.passes(),
                slot.lanes(),
                slot.credentialId(),
                slot.scope(),
                slot.expiresAt(),
                slot.lookupHash(),
                slot.scopeRecord(),
                slot.wrappedMasterKey());
    }

    @Test
    void twoSlotsOfAnAccountHaveTwoIds() {
        SignIn.Account before = stored(device);
        for (SlotId taken : List.of(password, passkey)) {
            assertEquals(REFUSED, putRecovery(device, taken).problemName());
        }
        for (SlotId taken : List.of(recovery, passkey)) {
            assertEquals(REFUSED, putPassword(device, taken).problemName());
        }
        for (SlotId taken : List.of(password, recovery, passkey)) {
            assertEquals(REFUSED, addPasskey(taken).problemName());
        }
        assertEquals(before, stored(device));
        assertEquals(rows, server.countAll());
    }

    @Test
    void aSlotMayBeReplacedUnderItsOwnId() {
        assertEquals(204, putRecovery(device, recovery).status());
        assertEquals(204, putPassword(device, password).status());
    }

    @Test
    void aRecoveryKeyOfAnotherAccountIsNotReplaced() {
        Device other = Device.signedUp(server);
        SignIn.Account before = stored(other);
        assertEquals(REFUSED, putRecovery(other, recovery).problemName());
        assertEquals(before, stored(other));
        SignUp.NewSlot own = other.start.recovery();
        assertEquals(
                200,
                server.client()
                        .post(
                                "/v1/signin/key",
                                new SignIn.KeyAttempt(own.id(), own.lookupHash(), Transport.BEARER, false))
                        .status());
    }

    /// Only a recovery key is found by its slot's id. Whoever knows one of another account's is told nothing of it.
    @Test
    void otherSlotsOfAnotherAccountAreNoneOfItsConcern() {
        Device other = Device.signedUp(server);
        assertEquals(204, putRecovery(other, password).status());
        assertEquals(204, putPassword(other, recovery).status());
        SoftAuthenticator authenticator = new SoftAuthenticator();
        assertEquals(
                204,
                add(other, authenticator, under(passkey, authenticator.slot())).status());
    }

    @Test
    void nobodySignsUpWithTheRecoverySlotOfAnotherAccount() {
        Device fresh = Device.fresh();
        SignUp.Start start = new SignUp.Start(
                fresh.start.account(),
                fresh.start.hashedEmail(),
                fresh.start.slot(),
                under(recovery, fresh.start.recovery()),
                fresh.start.domainKeys(),
                fresh.start.keyPair(),
                fresh.start.profile(),
                fresh.start.directory(),
                fresh.start.backupCodeHashes());
        SignUp.Started started = server.client().post("/v1/signup/start", start).as(SignUp.Started.class);
        String code = Device.code(started.totpSecret(), server.time().millis() / 30_000);
        assertEquals(
                REFUSED,
                server.client()
                        .post("/v1/signup/confirm", new SignUp.Confirm(started.signup(), code, Transport.BEARER, false))
                        .problemName());
        assertEquals(rows, server.countAll());
    }

    @Test
    void norWithAPasskey() {
        SoftAuthenticator authenticator = new SoftAuthenticator();
        Passkeys.SignUpNow whole = authenticator.signUp(authenticator.slot(), Device.bytes(32), Device.bytes(32));
        Passkeys.SignUpNow request = new Passkeys.SignUpNow(
                whole.account(),
                whole.hashedEmail(),
                whole.slot(),
                registration(authenticator),
                under(recovery, whole.recovery()),
                whole.domainKeys(),
                whole.keyPair(),
                whole.profile(),
                whole.directory(),
                whole.transport(),
                whole.stay());
        assertEquals(
                REFUSED, server.client().post("/v1/signup/passkey", request).problemName());
        assertEquals(rows, server.countAll());
    }
}
