package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.AccessKeys;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.SecondFactors;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.Slots;
import dev.nescio.protocol.Transport;
import dev.nescio.server.config.Settings;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Databases;
import dev.nescio.server.db.StorageUnavailable;
import dev.nescio.server.keyservice.KeyService;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// A credential that was proven is replaced before the proof is written down (spec, section 10.9).
@ParameterizedClass
@EnumSource(Backend.class)
class ReplacedWhileProvenTest {

    @Parameter
    Backend backend;

    private final TestTime time = new TestTime();
    private final Interruption interruption = new Interruption();
    private Path folder;
    private Settings settings;
    private Server server;
    private Client client;
    private Device device;

    @BeforeEach
    void start() {
        folder = TestServer.temporaryFolder();
        settings = TestServer.settings(folder, backend.fresh(folder), false);
        Database database = Databases.open(settings.database());
        KeyService keys = Server.openKeys(settings, database);
        server = Server.start(settings, interruption.in(database), keys, time, time.ticker());
        client = new Client(server.port());
        device = Device.signedUp(client, time);
        time.pass(Duration.ofMinutes(1));
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
        TestServer.delete(folder);
    }

    private Client mine() {
        return client.as(device.session.token());
    }

    private SignUp.NewSlot changePassword() {
        SignUp.NewSlot next = Device.passwordSlot();
        Slots.Password request = new Slots.Password(next, new Counted(2, Device.bytes(473)), true);
        assertEquals(204, mine().put("/v1/slots/password", request).status());
        return next;
    }

    /// @return its secret
    private Bytes replaceAuthenticator() {
        SecondFactors.Started started =
                mine().send("POST", "/v1/totp/start", BodyPublishers.noBody()).as(SecondFactors.Started.class);
        String code = Device.code(started.totpSecret(), time.millis() / 30_000);
        assertEquals(
                204,
                mine().post("/v1/totp/confirm", new SecondFactors.Confirm(started.pending(), code))
                        .status());
        return started.totpSecret();
    }

    private void replaceRecoveryKey() {
        Slots.Recovery request = new Slots.Recovery(Device.recoverySlot(), new Counted(2, Device.bytes(473)));
        assertEquals(204, mine().put("/v1/slots/recovery", request).status());
    }

    private Client.Answer signIn() {
        return client.post("/v1/signin", device.attempt(device.code(time)));
    }

    @Test
    void thePasswordOpensNoSession() {
        interruption.beforeTransaction(this::changePassword);
        assertEquals("401 sign-in-failed", signIn().problemName());
    }

    @Test
    void thePasswordOpensNoSessionWithABackupCodeEither() {
        interruption.beforeTransaction(this::changePassword);
        assertEquals(
                "401 sign-in-failed",
                client.post("/v1/signin", device.attemptWithBackupCode(0)).problemName());
    }

    @Test
    void theAuthenticatorOpensNoSession() {
        // A step later than the one that the new authenticator begins with.
        String later = Device.code(device.totpSecret, time.millis() / 30_000 + 1);
        interruption.beforeTransaction(this::replaceAuthenticator);
        assertEquals(
                "401 sign-in-failed",
                client.post("/v1/signin", device.attempt(later)).problemName());
    }

    @Test
    void theRecoveryKeyOpensNoSession() {
        interruption.beforeTransaction(this::replaceRecoveryKey);
        SignIn.KeyAttempt attempt = new SignIn.KeyAttempt(
                device.start.recovery().id(), device.start.recovery().lookupHash(), Transport.BEARER, false);
        assertEquals(
                "401 sign-in-failed", client.post("/v1/signin/key", attempt).problemName());
    }

    @Test
    void theAccessKeyOpensNoSession() {
        SignUp.NewSlot slot = Device.accessSlot("chats:write", null);
        assertEquals(
                204,
                mine().put("/v1/slots/access", new AccessKeys.Add(slot, new Counted(2, Device.bytes(473))))
                        .status());
        interruption.beforeTransaction(() -> assertEquals(
                204,
                mine().post(
                                "/v1/slots/" + slot.id().hex() + "/remove",
                                new Passkeys.Remove(new Counted(3, Device.bytes(473)), false))
                        .status()));
        SignIn.KeyAttempt attempt = new SignIn.KeyAttempt(slot.id(), slot.lookupHash(), Transport.BEARER, false);
        assertEquals(
                "401 sign-in-failed", client.post("/v1/signin/access", attempt).problemName());
    }

    @Test
    void thePasskeyOpensNoSession() {
        SoftAuthenticator passkey = new SoftAuthenticator();
        SignUp.NewSlot slot = passkey.slot();
        assertEquals(
                204,
                mine().put(
                                "/v1/slots/passkey",
                                new Passkeys.Add(slot, passkey.create(challenge()), new Counted(2, Device.bytes(473))))
                        .status());
        Passkeys.Attempt attempt =
                new Passkeys.Attempt(passkey.prove(challenge()), slot.lookupHash(), Transport.BEARER, false);
        interruption.beforeTransaction(() -> assertEquals(
                204,
                mine().post(
                                "/v1/slots/" + slot.id().hex() + "/remove",
                                new Passkeys.Remove(new Counted(3, Device.bytes(473)), false))
                        .status()));
        assertEquals(
                "401 sign-in-failed", client.post("/v1/signin/passkey", attempt).problemName());
    }

    /// Adds a passkey, so that the password can be removed.
    private void addPasskey() {
        SoftAuthenticator passkey = new SoftAuthenticator();
        Passkeys.Add request =
                new Passkeys.Add(passkey.slot(), passkey.create(challenge()), new Counted(2, Device.bytes(473)));
        assertEquals(204, mine().put("/v1/slots/passkey", request).status());
    }

    private void removePassword() {
        assertEquals(
                204,
                mine().post(
                                "/v1/slots/" + device.start.slot().id().hex() + "/remove",
                                new Passkeys.Remove(new Counted(3, Device.bytes(473)), false))
                        .status());
    }

    @Test
    void aPasswordThatIsRemovedOpensNoSession() {
        addPasskey();
        interruption.beforeTransaction(this::removePassword);
        assertEquals("401 sign-in-failed", signIn().problemName());
    }

    @Test
    void aPasswordThatIsRemovedOpensNoSessionWithABackupCodeEither() {
        addPasskey();
        interruption.beforeTransaction(this::removePassword);
        assertEquals(
                "401 sign-in-failed",
                client.post("/v1/signin", device.attemptWithBackupCode(0)).problemName());
    }

    /// Nothing of a second factor is left where the password is removed at the same moment.
    @Test
    void aPasswordThatIsRemovedWhileItIsReplacedIsNotBroughtBack() {
        addPasskey();
        Slots.Password password = new Slots.Password(Device.passwordSlot(), new Counted(4, Device.bytes(473)), false);
        interruption.beforeTransaction(this::removePassword);
        assertEquals("404 not-found", mine().put("/v1/slots/password", password).problemName());
        assertEquals(
                2, mine().get("/v1/account").as(SignIn.Account.class).slots().size());
    }

    @Test
    void aPasswordThatIsRemovedWhileAnAuthenticatorIsConfirmedIsNotBroughtBack() {
        addPasskey();
        SecondFactors.Started started =
                mine().send("POST", "/v1/totp/start", BodyPublishers.noBody()).as(SecondFactors.Started.class);
        String code = Device.code(started.totpSecret(), time.millis() / 30_000);
        interruption.beforeTransaction(this::removePassword);
        assertEquals(
                "404 not-found",
                mine().post("/v1/totp/confirm", new SecondFactors.Confirm(started.pending(), code))
                        .problemName());
        assertEquals(
                2, mine().get("/v1/account").as(SignIn.Account.class).slots().size());
    }

    @Test
    void noBackupCodesAreLeftWhereThePasswordIsRemovedMeanwhile() throws SQLException {
        addPasskey();
        interruption.beforeTransaction(this::removePassword);
        assertEquals(
                "404 not-found",
                mine().put("/v1/backup-codes", new SecondFactors.BackupCodes(device.start.backupCodeHashes()))
                        .problemName());
        assertEquals(0, rows("backup_code"));
    }

    private long rows(String table) throws SQLException {
        try (Connection connection = Backend.connect(settings.database());
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
            found.next();
            return found.getLong(1);
        }
    }

    private Passkeys.Add added(SoftAuthenticator passkey, Passkeys.Registration registration, long counter) {
        return new Passkeys.Add(passkey.slot(), registration, new Counted(counter, Device.bytes(473)));
    }

    /// A person has touched the authenticator for it once, and is not asked again.
    @Test
    void anotherChangeAtTheSameMomentLeavesANewPasskeyUsable() {
        SoftAuthenticator passkey = new SoftAuthenticator();
        Passkeys.Registration registration = passkey.create(challenge());
        interruption.beforeTransaction(() -> assertEquals(
                204,
                mine().put("/v1/directory", new Counted(2, Device.bytes(473))).status()));
        Client.Answer conflict = mine().put("/v1/slots/passkey", added(passkey, registration, 2));
        assertEquals("409 directory-conflict", conflict.problemName());
        assertEquals(
                204,
                mine().put("/v1/slots/passkey", added(passkey, registration, 3)).status());
    }

    @Test
    void aDatabaseThatCannotWriteLeavesANewPasskeyUsable() {
        SoftAuthenticator passkey = new SoftAuthenticator();
        Passkeys.Add request = added(passkey, passkey.create(challenge()), 2);
        SoftAuthenticator another = new SoftAuthenticator();
        Passkeys.SignUpNow signUp = another.signUp(another.slot(), challenge(), Device.bytes(32));
        for (int i = 0; i < 2; i++) {
            interruption.beforeTransaction(() -> {
                throw new StorageUnavailable("the disk is full", null);
            });
            assertEquals(
                    "503 unavailable", mine().put("/v1/slots/passkey", request).problemName());
            interruption.beforeTransaction(() -> {
                throw new StorageUnavailable("the disk is full", null);
            });
            assertEquals(
                    "503 unavailable", client.post("/v1/signup/passkey", signUp).problemName());
        }
        assertEquals(204, mine().put("/v1/slots/passkey", request).status());
        assertEquals(201, client.post("/v1/signup/passkey", signUp).status());
    }

    @Test
    void aNewPasskeyThatIsSentTwiceAtTheSameMomentIsAddedOnce() {
        SoftAuthenticator passkey = new SoftAuthenticator();
        Passkeys.Add request = added(passkey, passkey.create(challenge()), 2);
        interruption.beforeTransaction(
                () -> assertEquals(204, mine().put("/v1/slots/passkey", request).status()));
        assertEquals(204, mine().put("/v1/slots/passkey", request).status());
    }

    private Bytes challenge() {
        return client.send("POST", "/v1/passkeys/challenge", BodyPublishers.noBody())
                .as(Passkeys.Challenge.class)
                .challenge();
    }

    @Test
    void thePasswordProvesNothing() {
        Client waiting = client.as(signIn().as(SignIn.SessionOpened.class).token());
        time.pass(Duration.ofMinutes(6));
        device.session = signIn().as(SignIn.SessionOpened.class);
        time.pass(Duration.ofMinutes(1));
        interruption.beforeTransaction(() -> {
            Slots.Password request =
                    new Slots.Password(Device.passwordSlot(), new Counted(2, Device.bytes(473)), false);
            assertEquals(204, mine().put("/v1/slots/password", request).status());
        });
        SignIn.Proof proof = new SignIn.Proof(device.start.slot().lookupHash(), device.code(time), null, null);
        assertEquals(
                "401 sign-in-failed", waiting.post("/v1/session/proof", proof).problemName());
        Slots.Recovery change = new Slots.Recovery(Device.recoverySlot(), new Counted(3, Device.bytes(473)));
        assertEquals(
                "403 proof-required", waiting.put("/v1/slots/recovery", change).problemName());
    }

    /// The server has sealed the old second factor for the new slot, and then another one takes its place.
    @Test
    void anAuthenticatorThatIsReplacedDuringAChangeOfThePasswordStays() {
        AtomicReference<Bytes> secret = new AtomicReference<>();
        interruption.beforeTransaction(() -> secret.set(replaceAuthenticator()));
        assertOpens(changePassword(), secret.get());
    }

    /// The same the other way round.
    @Test
    void aPasswordThatIsReplacedWhileAnAuthenticatorIsConfirmedStays() {
        AtomicReference<SignUp.NewSlot> slot = new AtomicReference<>();
        interruption.beforeTransaction(() -> slot.set(changePassword()));
        Bytes totpSecret = replaceAuthenticator();
        assertOpens(slot.get(), totpSecret);
    }

    private void assertOpens(SignUp.NewSlot slot, Bytes totpSecret) {
        time.pass(Duration.ofMinutes(1));
        String old = Device.code(device.totpSecret, time.millis() / 30_000);
        assertEquals(401, client.post("/v1/signin", device.attempt(slot, old)).status());
        String code = Device.code(totpSecret, time.millis() / 30_000);
        assertEquals(200, client.post("/v1/signin", device.attempt(slot, code)).status());
    }

    /// The change begins when the sign-in has already looked whether the slot is there. It has to wait, and then ends
    /// the session.
    @Test
    void aSessionThatOpensAtTheSameMomentEndsWithTheOthers() throws InterruptedException {
        AtomicReference<Thread> changing = new AtomicReference<>();
        interruption.beforeStatement("totp_step < ", () -> {
            changing.set(Thread.ofVirtual().start(this::changePassword));
            Interruption.pause();
        });
        Client.Answer answer = signIn();
        changing.get().join();
        if (answer.status() == 200) {
            Bytes token = answer.as(SignIn.SessionOpened.class).token();
            assertEquals(401, client.as(token).get("/v1/session").status());
        }
        assertEquals(200, mine().get("/v1/session").status());
        assertEquals(
                401, client.post("/v1/signin", device.attemptWithBackupCode(0)).status());
    }

    /// Another session ends this one when its change has already looked whether it lives. Whoever ends it is told so
    /// only when the change is written, and not before it.
    @Test
    void nothingIsWrittenByASessionAfterSomebodyWasToldThatItHasEnded() throws InterruptedException {
        Client other = client.as(signIn().as(SignIn.SessionOpened.class).token());
        String path = "/v1/sessions/" + device.session.session().hex();
        AtomicReference<Thread> ending = new AtomicReference<>();
        AtomicBoolean ended = new AtomicBoolean();
        AtomicBoolean endedBefore = new AtomicBoolean();
        interruption.beforeStatement("INTO recovery_slot", () -> {
            ending.set(
                    Thread.ofVirtual().start(() -> ended.set(other.delete(path).status() == 204)));
            Interruption.pause();
            endedBefore.set(ended.get());
        });
        replaceRecoveryKey();
        ending.get().join();
        assertFalse(endedBefore.get());
        assertTrue(ended.get());
        assertEquals(401, mine().get("/v1/session").status());
    }
}
