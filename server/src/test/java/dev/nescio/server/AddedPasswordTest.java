package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.Passwords;
import dev.nescio.protocol.SecondFactors;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import dev.nescio.server.Keyholder.Begun;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Giving an account that has passkeys alone a password, and taking it away again (spec, section 10.14).
@ParameterizedClass
@EnumSource(Backend.class)
class AddedPasswordTest {

    private static TestServer server;

    @Parameter
    Backend backend;

    private Keyholder holder;

    @BeforeParameterizedClassInvocation
    static void start(Backend backend) {
        server = TestServer.start(backend, true);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    @BeforeEach
    void signUp() {
        // Else all these sign-ups would be too many for one network.
        server.time().pass(Duration.ofHours(1));
        holder = Keyholder.signedUp(server);
    }

    /// A code that was not used before.
    private static String nextCode(Begun begun) {
        server.time().pass(Duration.ofSeconds(30));
        return begun.code(server.time());
    }

    private static SlotId slot(Begun begun) {
        return begun.start().slot().id();
    }

    private void assertNoPassword(Begun begun, long counter) {
        assertEquals("401 sign-in-failed", holder.signIn(begun, nextCode(begun)).problemName());
        assertEquals("401 sign-in-failed", holder.signInWithBackupCode(begun, 0).problemName());
        assertFalse(holder.slots().contains(slot(begun)));
        assertEquals(counter, holder.account().directory().counter());
        assertEquals(200, holder.signInWithPasskey().status());
    }

    @Test
    void signsInWithItsSecondFactorAndThePasskeyStays() {
        String before = holder.lookUp().text();
        Begun begun = holder.begin();
        String first = begun.code(server.time());
        assertEquals(204, holder.confirm(begun, first, 2).status());
        assertEquals("401 sign-in-failed", holder.signIn(begun, first).problemName(), "used by confirming");
        SignIn.SessionOpened opened = holder.signIn(begun, nextCode(begun)).as(SignIn.SessionOpened.class);
        assertEquals(slot(begun), opened.slot());
        assertEquals(2, opened.directory().counter());
        assertEquals(
                Set.of(
                        begun.start().slot().asSlot(),
                        holder.passkey.asSlot(),
                        holder.request.recovery().asSlot()),
                Set.copyOf(opened.slots()));
        for (int i = 0; i < 10; i++) {
            assertEquals(200, holder.signInWithBackupCode(begun, i).status());
        }
        assertEquals("401 sign-in-failed", holder.signInWithBackupCode(begun, 0).problemName());
        assertEquals(200, holder.signInWithPasskey().status());
        assertNotEquals(before, holder.lookUp().text());
        assertEquals(
                begun.start().slot().salt(),
                holder.lookUp().as(SignIn.LookupAnswer.class).salt());
    }

    @Test
    void theIdOfAnotherSlotOfTheAccountIsRefused() {
        SignUp.NewSlot other = Device.passwordSlot();
        SignUp.NewSlot taken = SignUp.NewSlot.of(
                SignIn.Slot.password(
                        holder.request.recovery().id(),
                        other.salt(),
                        Argon2Parameters.CURRENT,
                        other.wrappedMasterKey()),
                other.lookupHash());
        Begun begun =
                holder.begin(new Passwords.Start(taken, Keyholder.password().backupCodeHashes()));
        assertEquals(
                "400 bad-request",
                holder.confirm(begun, begun.code(server.time()), 2).problemName());
        assertEquals(1, holder.account().directory().counter());
        assertEquals("401 sign-in-failed", holder.signIn(begun, nextCode(begun)).problemName());
    }

    @Test
    void nothingIsStoredBeforeTheFirstRightCode() {
        long before = server.countAll();
        String lookedUp = holder.lookUp().text();
        Begun begun = holder.begin();
        assertEquals(
                "401 wrong-code",
                holder.confirm(begun, Device.wrongCode(begun.started().totpSecret(), server.time()), 2)
                        .problemName());
        assertEquals(before, server.countAll());
        assertEquals(lookedUp, holder.lookUp().text());
        assertNoPassword(begun, 1);
    }

    @Test
    void cancellingWaitingTooLongFiveWrongCodesAndARestartLeaveNothing() {
        Begun cancelled = holder.begin();
        assertEquals(
                204,
                holder.own()
                        .post(
                                "/v1/slots/password/cancel",
                                new SecondFactors.Cancel(cancelled.started().pending()))
                        .status());
        assertGone(cancelled);

        Begun guessed = holder.begin();
        for (int left = 4; left >= 0; left--) {
            Client.Answer answer =
                    holder.confirm(guessed, Device.wrongCode(guessed.started().totpSecret(), server.time()), 2);
            assertEquals("401 wrong-code", answer.problemName());
            assertEquals(left, answer.problem().triesLeft());
        }
        assertGone(guessed);

        Begun late = holder.begin();
        server.time().pass(Duration.ofMinutes(15));
        holder.session = holder.signInWithPasskey().as(SignIn.SessionOpened.class);
        assertGone(late);

        Begun forgotten = holder.begin();
        server.restart();
        holder.reaches(server.client());
        assertGone(forgotten);
    }

    private void assertGone(Begun begun) {
        assertEquals(
                "404 not-found",
                holder.confirm(begun, begun.code(server.time()), 2).problemName());
        assertNoPassword(begun, 1);
    }

    @Test
    void theSameConfirmationTwiceIsDoneOnce() {
        Begun begun = holder.begin();
        Passwords.Confirm confirm = begun.confirm(begun.code(server.time()), 2);
        assertEquals(
                204, holder.own().post("/v1/slots/password/confirm", confirm).status());
        assertEquals(200, holder.signInWithBackupCode(begun, 0).status());
        assertEquals(
                204, holder.own().post("/v1/slots/password/confirm", confirm).status());
        assertEquals("401 sign-in-failed", holder.signInWithBackupCode(begun, 0).problemName());
        assertEquals("401 sign-in-failed", holder.signIn(begun, confirm.totp()).problemName());
        assertEquals(2, holder.account().directory().counter());
    }

    @Test
    void aDirectoryThatDoesNotFollowChangesNothingAndCostsNoTry() {
        Begun begun = holder.begin();
        for (int i = 0; i < 6; i++) {
            Client.Answer answer = holder.confirm(begun, begun.code(server.time()), i % 2 == 0 ? 1 : 3);
            assertEquals("409 directory-conflict", answer.problemName());
            assertEquals(1, answer.problem().directoryCounter());
        }
        assertNoPassword(begun, 1);
        assertEquals(204, holder.confirm(begun, begun.code(server.time()), 2).status());
    }

    @Test
    void whatWaitsIsOfNoUseToAnotherAccount() {
        Begun begun = holder.begin();
        Keyholder other = Keyholder.signedUp(server);
        assertEquals(
                "404 not-found",
                other.confirm(begun, begun.code(server.time()), 2).problemName());
        assertEquals(1, other.account().directory().counter());
        assertEquals(2, other.slots().size());
        assertEquals(204, holder.confirm(begun, begun.code(server.time()), 2).status());
    }

    @Test
    void anAccountHasOnePassword() {
        Begun waiting = holder.begin();
        Begun begun = holder.add(2);
        assertEquals(
                "409 password-exists",
                holder.own()
                        .post("/v1/slots/password/start", Keyholder.password())
                        .problemName());
        assertEquals(
                "409 password-exists",
                holder.confirm(waiting, waiting.code(server.time()), 3).problemName());
        assertEquals(
                "401 sign-in-failed", holder.signIn(waiting, nextCode(waiting)).problemName());
        assertEquals(2, holder.account().directory().counter());
        assertEquals(200, holder.signIn(begun, nextCode(begun)).status());
        Device device = Device.signedUp(server);
        assertEquals(
                "409 password-exists",
                device.on(server)
                        .post("/v1/slots/password/start", Keyholder.password())
                        .problemName());
    }

    @Test
    void beginningConfirmingAndRemovingNeedAFreshProof() {
        Begun begun = holder.begin();
        server.time().pass(Duration.ofMinutes(5));
        assertEquals(
                "403 proof-required",
                holder.confirm(begun, begun.code(server.time()), 2).problemName());
        assertEquals(
                "403 proof-required",
                holder.own()
                        .post("/v1/slots/password/start", Keyholder.password())
                        .problemName());
        assertNoPassword(begun, 1);
        holder.session = holder.signInWithPasskey().as(SignIn.SessionOpened.class);
        assertEquals(204, holder.confirm(begun, begun.code(server.time()), 2).status());
        server.time().pass(Duration.ofMinutes(5));
        assertEquals("403 proof-required", holder.remove(slot(begun), 3).problemName());
        assertEquals(200, holder.signIn(begun, nextCode(begun)).status());
    }

    @Test
    void anAccountBeginsTenInAnHour() {
        for (int i = 0; i < 10; i++) {
            holder.begin();
        }
        assertEquals(
                "429 too-many-requests",
                holder.own()
                        .post("/v1/slots/password/start", Keyholder.password())
                        .problemName());
    }

    @Test
    void onlyASlotOfAPasswordIsTaken() {
        Passwords.Start start = Keyholder.password();
        assertEquals(
                "400 bad-request",
                holder.own()
                        .post(
                                "/v1/slots/password/start",
                                Map.of("slot", Device.recoverySlot(), "backupCodeHashes", start.backupCodeHashes()))
                        .problemName());
    }

    // ---- removing ---------------------------------------------------------------------------------------------------

    @Test
    void aRemovedOneLeavesNothingAndItsAddressLooksAsBefore() {
        Client.Answer before = holder.lookUp();
        long rows = server.countAll();
        Begun begun = holder.add(2);
        assertEquals(rows + 12, server.countAll(), "the password, ten backup codes, and an entry of the log");
        assertEquals(204, holder.remove(slot(begun), 3).status());
        assertEquals(rows + 2, server.countAll(), "two entries of the log");
        assertNoPassword(begun, 3);
        assertEquals(before.text(), holder.lookUp().text());
        assertEquals(
                "401 sign-in-failed",
                holder.own()
                        .post(
                                "/v1/session/proof",
                                new SignIn.Proof(begun.start().slot().lookupHash(), nextCode(begun), null, null))
                        .problemName());
        assertEquals("404 not-found", holder.remove(slot(begun), 4).problemName());
    }

    @Test
    void theSameRemovalTwiceIsDoneOnceAndItCanBeAddedAgain() {
        Begun begun = holder.add(2);
        Passkeys.Remove removal = new Passkeys.Remove(new Counted(3, Device.bytes(473)), false);
        String path = "/v1/slots/" + slot(begun).hex() + "/remove";
        assertEquals(204, holder.own().post(path, removal).status());
        assertEquals(204, holder.own().post(path, removal).status());
        assertNoPassword(begun, 3);
        Begun next = holder.add(4);
        assertEquals("409 directory-conflict", holder.own().post(path, removal).problemName());
        assertEquals(200, holder.signIn(next, nextCode(next)).status());
        assertEquals("401 sign-in-failed", holder.signIn(begun, nextCode(begun)).problemName());
    }

    @Test
    void theSameConfirmationDoesNotBringARemovedOneBack() {
        Begun begun = holder.begin();
        Passwords.Confirm confirm = begun.confirm(begun.code(server.time()), 2);
        assertEquals(
                204, holder.own().post("/v1/slots/password/confirm", confirm).status());
        assertEquals(204, holder.remove(slot(begun), 3).status());
        assertEquals(
                "409 directory-conflict",
                holder.own().post("/v1/slots/password/confirm", confirm).problemName());
        assertEquals(
                "404 not-found",
                holder.confirm(begun, begun.code(server.time()), 4).problemName(),
                "what waited is gone since it was confirmed");
        assertNoPassword(begun, 3);
    }

    @Test
    void theLastWayInStays() {
        Device device = Device.signedUp(server);
        SlotId password = device.start.slot().id();
        Client own = device.on(server);
        long rows = server.countAll();
        Passkeys.Remove removal = new Passkeys.Remove(new Counted(2, Device.bytes(473)), false);
        assertEquals(
                "409 last-way-in",
                own.post("/v1/slots/" + password.hex() + "/remove", removal).problemName(),
                "a recovery key is a way back, not a way in");
        assertEquals(rows, server.countAll());
        assertEquals(
                1, own.get("/v1/account").as(SignIn.Account.class).directory().counter());
        server.time().pass(Duration.ofSeconds(30));
        assertEquals(
                200,
                server.client()
                        .post("/v1/signin", device.attempt(device.code(server.time())))
                        .status());

        Begun begun = holder.add(2);
        assertEquals(204, holder.remove(holder.passkey.id(), 3).status());
        assertEquals("409 last-way-in", holder.remove(slot(begun), 4).problemName());
        assertEquals(200, holder.signIn(begun, nextCode(begun)).status());
        assertEquals(200, holder.signInWithBackupCode(begun, 3).status());
    }

    /// After the server got another host name its earlier passkeys sign nobody in.
    @Test
    void aPasskeyOfAnotherHostNameIsNoWayIn() throws SQLException {
        Begun begun = holder.add(2);
        server.execute("UPDATE passkey_slot SET rp_id = 'old.example.org'");
        assertEquals("409 last-way-in", holder.remove(slot(begun), 3).problemName());
        server.execute("UPDATE passkey_slot SET rp_id = '" + TestServer.URL.rpId() + "'");
        assertEquals(204, holder.remove(slot(begun), 3).status());
    }

    @Test
    void aRecoveryKeyAndAnotherAccountsPasswordAreNotRemoved() {
        assertEquals(
                "404 not-found",
                holder.remove(holder.request.recovery().id(), 2).problemName());
        Device device = Device.signedUp(server);
        assertEquals("404 not-found", holder.remove(device.start.slot().id(), 2).problemName());
        assertEquals(1, holder.account().directory().counter());
        assertEquals(
                200,
                server.client()
                        .post("/v1/signin", device.attemptWithBackupCode(0))
                        .status());
    }

    @Test
    void sessionsLiveOnWhenThePasswordIsRemoved() {
        Begun begun = holder.add(2);
        Bytes other = holder.signIn(begun, nextCode(begun))
                .as(SignIn.SessionOpened.class)
                .token();
        assertEquals(204, holder.remove(slot(begun), 3).status());
        assertEquals(200, server.client().as(other).get("/v1/session").status());
    }
}
