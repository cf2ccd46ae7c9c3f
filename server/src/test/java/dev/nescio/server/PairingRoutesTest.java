package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.AccountLog;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Devices;
import dev.nescio.protocol.PairingId;
import dev.nescio.protocol.Pairings;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.Rotations;
import dev.nescio.protocol.SecondFactors;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.Slots;
import dev.nescio.protocol.Transport;
import dev.nescio.protocol.Versioned;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Pairing a new device (spec, section 10.11).
@ParameterizedClass
@EnumSource(Backend.class)
class PairingRoutesTest {

    private static final String GONE = "404 not-found";

    private static TestServer server;

    @Parameter
    Backend backend;

    private Device signedIn;
    private PairingId pairing;
    private final Bytes secret = Device.bytes(32);
    private Pairings.Start start;
    private final Pairings.Share answer = share();
    private final Pairings.Share revealed = share();
    private final Bytes sealed = Device.bytes(Pairings.SEALED);

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
        signedIn = Device.signedUp(server);
        pairing = new PairingId(Device.bytes(16));
        start = new Pairings.Start(pairing, Device.bytes(32), Device.sha256(secret));
    }

    private static Pairings.Share share() {
        return new Pairings.Share(Device.bytes(32), Device.bytes(32));
    }

    private static Client.Answer fresh(String step, Object body) {
        return server.client().post("/v1/pairings/" + step, body);
    }

    private static Client.Answer signedIn(Device device, String step, Object body) {
        return device.on(server).post("/v1/pairings/" + step, body);
    }

    private Client.Answer collect(Bytes shown) {
        return fresh("collect", new Pairings.Collect(pairing, shown, Transport.BEARER, false));
    }

    private void upTo(String step) {
        List<String> steps = List.of("start", "answer", "reveal", "approve");
        for (String each : steps.subList(0, steps.indexOf(step) + 1)) {
            Client.Answer made = switch (each) {
                case "start" -> fresh("start", start);
                case "answer" -> signedIn(signedIn, "answer", new Pairings.Answer(pairing, answer));
                case "reveal" -> fresh("reveal", new Pairings.Reveal(pairing, secret, revealed));
                default -> signedIn(signedIn, "approve", new Pairings.Approve(pairing, sealed));
            };
            assertEquals(each.equals("start") ? 201 : 204, made.status(), each + ": " + made.text());
        }
    }

    /// A development state made such accounts.
    @Test
    void forAnAccountOfBeforeThereWereKeyPairsNoSessionIsOpened() throws SQLException {
        upTo("approve");
        long sessions = server.count("session");
        server.execute("UPDATE account SET public_key = NULL, private_key = NULL");
        assertEquals(GONE, collect(secret).problemName());
        assertEquals(sessions, server.count("session"));
    }

    @Test
    void theSameStartLaterEndsAtTheSameTime() {
        Pairings.Started first = fresh("start", start).as(Pairings.Started.class);
        server.time().pass(Duration.ofSeconds(60));
        assertEquals(first, fresh("start", start).as(Pairings.Started.class));
        server.time().pass(Duration.ofSeconds(59));
        assertEquals(200, fresh("poll", new Pairings.Poll(pairing, secret)).status());
        server.time().pass(Duration.ofSeconds(2));
        assertEquals(GONE, fresh("poll", new Pairings.Poll(pairing, secret)).problemName());
    }

    @Test
    void aNewDeviceGetsTheGrantAndASession() {
        assertEquals(
                server.time().millis() + 120_000,
                fresh("start", start).as(Pairings.Started.class).expiresAt());
        Pairings.Looked looked =
                signedIn(signedIn, "look", new Pairings.Look(pairing)).as(Pairings.Looked.class);
        assertEquals(new Pairings.Looked(start.commitment(), null), looked);
        assertEquals(
                new Pairings.Polled(null, false),
                fresh("poll", new Pairings.Poll(pairing, secret)).as(Pairings.Polled.class));
        upTo("answer");
        assertEquals(
                new Pairings.Polled(new Pairings.Answered(signedIn.start.account(), answer), false),
                fresh("poll", new Pairings.Poll(pairing, secret)).as(Pairings.Polled.class));
        upTo("reveal");
        assertEquals(
                new Pairings.Looked(start.commitment(), revealed),
                signedIn(signedIn, "look", new Pairings.Look(pairing)).as(Pairings.Looked.class));
        long sessions = server.count("session");
        upTo("approve");
        assertTrue(fresh("poll", new Pairings.Poll(pairing, secret))
                .as(Pairings.Polled.class)
                .approved());
        assertEquals(sessions, server.count("session"), "none before it is collected");

        Pairings.Collected collected = collect(secret).as(Pairings.Collected.class);
        assertEquals(
                signedIn.on(server)
                        .get("/v1/account/log")
                        .as(AccountLog.Page.class)
                        .entries()
                        .getLast()
                        .number(),
                collected.account().logNumber(),
                "with the entry of this session");
        assertEquals(sealed, collected.sealed());
        assertEquals(signedIn.start.account(), collected.account().account());
        assertEquals(signedIn.start.domainKeys(), collected.account().domainKeys());
        assertTrue(collected.account().slots().stream().allMatch(slot -> slot.wrappedMasterKey() == null));
        SignIn.Session session =
                server.client().as(collected.token()).get("/v1/session").as(SignIn.Session.class);
        assertEquals(signedIn.start.account(), session.account());
        assertEquals(collected.session(), session.session());
        assertEquals(GONE, collect(secret).problemName(), "once");
        assertEquals(
                GONE, signedIn(signedIn, "look", new Pairings.Look(pairing)).problemName());
    }

    @Test
    void aBrowserGetsTheTokenInACookie() {
        upTo("approve");
        Client.Answer collected = fresh("collect", new Pairings.Collect(pairing, secret, Transport.COOKIE, true));
        assertNull(collected.as(Pairings.Collected.class).token());
        assertNotNull(collected.header("Set-Cookie"));
    }

    private static final Counted NEXT = new Counted(2, Device.bytes(473));

    /// By another device, on which a credential was just proven.
    private Client another() {
        return server.client()
                .as(server.client()
                        .post(
                                "/v1/signin/key",
                                new SignIn.KeyAttempt(
                                        signedIn.start.recovery().id(),
                                        signedIn.start.recovery().lookupHash(),
                                        Transport.BEARER,
                                        false))
                        .as(SignIn.SessionOpened.class)
                        .token());
    }

    private static Client.Answer endOthers(Client by) {
        return by.post("/v1/sessions/end", new Devices.End(Devices.Which.OTHERS));
    }

    private static Client.Answer anotherRecoveryKey(Client by) {
        return by.put("/v1/slots/recovery", new Slots.Recovery(Device.recoverySlot(), NEXT));
    }

    private static Client.Answer anotherPassword(Client by, boolean endOthers) {
        return by.put("/v1/slots/password", new Slots.Password(Device.passwordSlot(), NEXT, endOthers));
    }

    private static Client.Answer otherBackupCodes(Client by) {
        return by.put(
                "/v1/backup-codes",
                new SecondFactors.BackupCodes(
                        Stream.generate(() -> Device.bytes(32)).limit(10).toList()));
    }

    private static Client.Answer anotherAuthenticator(Client by) {
        SecondFactors.Started started =
                by.send("POST", "/v1/totp/start", BodyPublishers.noBody()).as(SecondFactors.Started.class);
        String code = Device.code(started.totpSecret(), server.time().millis() / 30_000);
        return by.post("/v1/totp/confirm", new SecondFactors.Confirm(started.pending(), code));
    }

    private static SlotId addedPasskey(Client by) {
        SoftAuthenticator authenticator = new SoftAuthenticator();
        SignUp.NewSlot slot = authenticator.slot();
        Passkeys.Challenge challenge = server.client()
                .send("POST", "/v1/passkeys/challenge", BodyPublishers.noBody())
                .as(Passkeys.Challenge.class);
        Client.Answer added =
                by.put("/v1/slots/passkey", new Passkeys.Add(slot, authenticator.create(challenge.challenge()), NEXT));
        assertEquals(204, added.status(), added::text);
        return slot.id();
    }

    private static Client.Answer without(SlotId slot, Client by) {
        Counted directory = new Counted(NEXT.counter() + 1, Device.bytes(473));
        return by.post("/v1/slots/" + slot.hex() + "/remove", new Passkeys.Remove(directory, false));
    }

    private Client.Answer withoutThePassword(Client by) {
        addedPasskey(by);
        return without(signedIn.start.slot().id(), by);
    }

    /// By a device that is not signed in yet.
    private Client.Answer signInAlone() {
        return server.client()
                .post(
                        "/v1/signin/key",
                        new SignIn.KeyAttempt(
                                signedIn.start.recovery().id(),
                                signedIn.start.recovery().lookupHash(),
                                Transport.BEARER,
                                false,
                                true));
    }

    private Client.Answer rotation(Client by) {
        Counted list = new Counted(1, Device.bytes(185));
        return by.post(
                "/v1/rotations/" + Device.bytes(16).hex(),
                new Rotations.Complete(
                        List.of(new Rotations.KeptSlot(signedIn.start.slot().id(), Device.bytes(137))),
                        Device.recoverySlot(),
                        null,
                        signedIn.start.domainKeys(),
                        signedIn.start.keyPair(),
                        new Versioned(2, Device.bytes(201)),
                        new Rotations.Lists(list, list, list, list),
                        list,
                        NEXT));
    }

    /// It was approved in good faith, and then the person changed something because they feared for
    /// their account.
    @Test
    void whatWasApprovedBeforeSuchAChangeLetsNobodyIn() {
        List<Function<Client, Client.Answer>> changes = List.of(
                PairingRoutesTest::endOthers,
                PairingRoutesTest::anotherRecoveryKey,
                by -> anotherPassword(by, false),
                by -> anotherPassword(by, true),
                PairingRoutesTest::otherBackupCodes,
                PairingRoutesTest::anotherAuthenticator,
                by -> without(addedPasskey(by), by),
                this::withoutThePassword,
                by -> signInAlone(),
                this::rotation);
        for (boolean bySameSession : List.of(true, false)) {
            for (int i = 0; i < changes.size(); i++) {
                int which = i;
                signUp();
                upTo("approve");
                Client.Answer changed = changes.get(i).apply(bySameSession ? signedIn.on(server) : another());
                assertTrue(List.of(200, 204).contains(changed.status()), () -> which + ": " + changed.text());
                long sessions = server.count("session");
                assertEquals(GONE, collect(secret).problemName(), () -> "change " + which);
                assertEquals(sessions, server.count("session"));
            }
        }
    }

    @Test
    void anotherWayInEndsNoPairing() {
        upTo("approve");
        addedPasskey(signedIn.on(server));
        assertEquals(201, collect(secret).status());
    }

    @Test
    void whatIsApprovedAfterSuchAChangeLetsIn() {
        upTo("reveal");
        assertEquals(204, anotherRecoveryKey(signedIn.on(server)).status());
        upTo("approve");
        assertEquals(201, collect(secret).status());
    }

    @Test
    void theChangesOfAnotherAccountEndNoPairing() {
        upTo("approve");
        assertEquals(204, endOthers(Device.signedUp(server).on(server)).status());
        assertEquals(201, collect(secret).status());
    }

    @Test
    void nothingIsPossibleBeforeItsTurn() {
        Pairings.Reveal reveal = new Pairings.Reveal(pairing, secret, revealed);
        Pairings.Approve approve = new Pairings.Approve(pairing, sealed);
        assertEquals(
                GONE, signedIn(signedIn, "look", new Pairings.Look(pairing)).problemName());
        upTo("start");
        assertEquals(GONE, fresh("reveal", reveal).problemName());
        assertEquals(GONE, signedIn(signedIn, "approve", approve).problemName());
        assertEquals(GONE, collect(secret).problemName());
        upTo("answer");
        assertEquals(GONE, signedIn(signedIn, "approve", approve).problemName());
        assertEquals(GONE, collect(secret).problemName());
        upTo("reveal");
        assertEquals(GONE, collect(secret).problemName());
        upTo("approve");
        assertEquals(201, collect(secret).status());
    }

    @Test
    void whatWasSaidOnceStays() {
        upTo("approve");
        upTo("approve");
        assertEquals(
                GONE,
                fresh("start", new Pairings.Start(pairing, Device.bytes(32), Device.bytes(32)))
                        .problemName());
        assertEquals(
                GONE,
                signedIn(signedIn, "answer", new Pairings.Answer(pairing, share()))
                        .problemName());
        assertEquals(
                GONE,
                fresh("reveal", new Pairings.Reveal(pairing, secret, share())).problemName());
        assertEquals(
                GONE,
                signedIn(signedIn, "approve", new Pairings.Approve(pairing, Device.bytes(Pairings.SEALED)))
                        .problemName());
        assertEquals(sealed, collect(secret).as(Pairings.Collected.class).sealed());
    }

    @Test
    void onlyTheDeviceThatStartedCanGoOn() {
        upTo("approve");
        Bytes other = Device.bytes(32);
        assertEquals(GONE, fresh("poll", new Pairings.Poll(pairing, other)).problemName());
        assertEquals(
                GONE,
                fresh("poll", new Pairings.Poll(pairing, Device.sha256(secret))).problemName());
        assertEquals(
                GONE,
                fresh("reveal", new Pairings.Reveal(pairing, other, revealed)).problemName());
        assertEquals(GONE, collect(other).problemName());
        assertEquals(204, fresh("cancel", new Pairings.Poll(pairing, other)).status());
        assertEquals(201, collect(secret).status(), "a stranger has cancelled nothing");
    }

    @Test
    void onlyTheSessionThatAnsweredCanGoOn() {
        upTo("reveal");
        Device stranger = Device.signedUp(server);
        Device sameAccount = Device.fresh();
        sameAccount.session = anotherSession();
        for (Device other : List.of(stranger, sameAccount)) {
            assertEquals(
                    GONE, signedIn(other, "look", new Pairings.Look(pairing)).problemName());
            assertEquals(
                    GONE,
                    signedIn(other, "answer", new Pairings.Answer(pairing, share()))
                            .problemName());
            assertEquals(
                    GONE,
                    signedIn(other, "approve", new Pairings.Approve(pairing, sealed))
                            .problemName());
            assertEquals(
                    204, signedIn(other, "refuse", new Pairings.Look(pairing)).status());
        }
        upTo("approve");
    }

    private SignIn.SessionOpened anotherSession() {
        server.time().pass(Duration.ofSeconds(30));
        return server.client()
                .post("/v1/signin", signedIn.attempt(signedIn.code(server.time())))
                .as(SignIn.SessionOpened.class);
    }

    @Test
    void approvingNeedsAProof() {
        server.time().pass(Duration.ofMinutes(5));
        upTo("reveal");
        Pairings.Approve approve = new Pairings.Approve(pairing, sealed);
        assertEquals(
                "403 proof-required", signedIn(signedIn, "approve", approve).problemName());
        assertEquals(
                "401 session-required",
                server.client().post("/v1/pairings/approve", approve).problemName());
        assertEquals(GONE, collect(secret).problemName());
        assertEquals(
                204,
                signedIn.on(server)
                        .post(
                                "/v1/session/proof",
                                new SignIn.Proof(
                                        signedIn.start.slot().lookupHash(), signedIn.code(server.time()), null, null))
                        .status());
        upTo("approve");
        assertEquals(201, collect(secret).status());
    }

    @Test
    void aSessionThatEndedHasLetNobodyIn() {
        upTo("approve");
        assertEquals(204, signedIn.on(server).delete("/v1/session").status());
        long sessions = server.count("session");
        assertEquals(GONE, collect(secret).problemName());
        assertEquals(sessions, server.count("session"));
    }

    /// It has shown no credential, so it may not let in the next device by itself.
    @Test
    void theNewSessionHasProvenNothing() {
        upTo("approve");
        Bytes token = collect(secret).as(Pairings.Collected.class).token();
        assertEquals(
                "403 proof-required",
                server.client()
                        .as(token)
                        .post("/v1/pairings/approve", new Pairings.Approve(pairing, sealed))
                        .problemName());
    }

    @Test
    void eitherSideEndsIt() {
        upTo("approve");
        assertEquals(204, fresh("cancel", new Pairings.Poll(pairing, secret)).status());
        assertEquals(GONE, collect(secret).problemName());
        assertEquals(204, fresh("cancel", new Pairings.Poll(pairing, secret)).status());
        upTo("approve");
        assertEquals(
                204, signedIn(signedIn, "refuse", new Pairings.Look(pairing)).status());
        assertEquals(GONE, collect(secret).problemName());
        assertEquals(
                204, signedIn(signedIn, "refuse", new Pairings.Look(pairing)).status());
    }

    @Test
    void itLivesTwoMinutesHoweverFarItCame() {
        upTo("start");
        server.time().pass(Duration.ofSeconds(100));
        upTo("approve");
        server.time().pass(Duration.ofSeconds(19));
        assertEquals(200, fresh("poll", new Pairings.Poll(pairing, secret)).status());
        server.time().pass(Duration.ofSeconds(1));
        assertEquals(GONE, fresh("poll", new Pairings.Poll(pairing, secret)).problemName());
        assertEquals(GONE, collect(secret).problemName());
    }

    /// Of all that happens at one moment, one answer counts and one session is opened.
    @Test
    void atTheSameMomentOneIsFirst() throws Exception {
        upTo("start");
        long answers = together(204, () -> signedIn(signedIn, "answer", new Pairings.Answer(pairing, share())));
        assertEquals(1, answers);
        assertEquals(
                204,
                fresh("reveal", new Pairings.Reveal(pairing, secret, revealed)).status());
        assertEquals(
                204,
                signedIn(signedIn, "approve", new Pairings.Approve(pairing, sealed))
                        .status());
        long sessions = server.count("session");
        assertEquals(1, together(201, () -> collect(secret)));
        assertEquals(sessions + 1, server.count("session"));
    }

    private static long together(int status, Callable<Client.Answer> request) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Client.Answer>> all = threads.invokeAll(java.util.Collections.nCopies(8, request));
            long made = 0;
            for (Future<Client.Answer> one : all) {
                if (one.get().status() == status) {
                    made++;
                } else {
                    assertEquals(GONE, one.get().problemName());
                }
            }
            return made;
        }
    }
}
