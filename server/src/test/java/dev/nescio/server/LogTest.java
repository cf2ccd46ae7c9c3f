package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.AccessKeys;
import dev.nescio.protocol.AccountLog;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Devices;
import dev.nescio.protocol.DomainKeys;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.PairingId;
import dev.nescio.protocol.Pairings;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.Passwords;
import dev.nescio.protocol.Rotations;
import dev.nescio.protocol.SecondFactors;
import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.Slots;
import dev.nescio.protocol.Transport;
import dev.nescio.protocol.Versioned;
import dev.nescio.sealing.v1.LogEntryHash;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// The log of an account (spec, sections 9.5 and 10.20): which events add which entries, and that they
/// are a chain.
@ParameterizedClass
@EnumSource(Backend.class)
class LogTest {

    /// Only of these does the server say from where.
    private static final Set<String> OPENED = Stream.of(
                    LogKind.SIGNED_UP,
                    LogKind.SIGNED_IN_WITH_PASSWORD,
                    LogKind.SIGNED_IN_WITH_RECOVERY_KEY,
                    LogKind.SIGNED_IN_WITH_PASSKEY,
                    LogKind.SIGNED_IN_WITH_ACCESS_KEY,
                    LogKind.PAIRED)
            .map(LogKind::text)
            .collect(Collectors.toSet());

    private static final long HOUR = Duration.ofHours(1).toMillis();

    private static TestServer server;

    @Parameter
    Backend backend;

    private Device device;
    private SessionId own;
    private long directory = 1;
    private boolean rotated;

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
        own = device.session.session();
    }

    private Client client() {
        return device.on(server);
    }

    private static AccountLog.Page page(Client client, String query) {
        return client.get("/v1/account/log" + query).as(AccountLog.Page.class);
    }

    /// All entries, which are a chain.
    private List<AccountLog.Entry> log(Client client) {
        AccountLog.Page page = page(client, "");
        Bytes previous = LogEntryHash.NONE;
        long number = 1;
        for (AccountLog.Entry entry : page.entries()) {
            assertEquals(number++, entry.number());
            assertEquals(previous, entry.previous());
            assertEquals(0, entry.time() % HOUR);
            assertEquals(!rotated && OPENED.contains(entry.kind()), entry.note() != null, entry.kind());
            previous = LogEntryHash.of(device.start.account(), entry);
        }
        return page.entries();
    }

    private static String text(AccountLog.Entry entry) {
        return entry.kind()
                + (entry.session() == null ? "" : " by " + entry.session().hex())
                + (entry.other() == null ? "" : " to " + entry.other().hex())
                + (entry.slot() == null ? "" : " of " + entry.slot().hex());
    }

    private static String by(LogKind kind, SessionId session) {
        return kind.text() + " by " + session.hex();
    }

    private static String by(LogKind kind, SessionId session, SlotId slot) {
        return by(kind, session) + " of " + slot.hex();
    }

    /// Of what has happened since the first entry.
    private void assertLogged(String... events) {
        assertEquals(
                List.of(events),
                log(client()).stream().skip(1).map(LogTest::text).toList());
    }

    private Counted next() {
        return new Counted(++directory, Device.bytes(473));
    }

    private static void done(Client.Answer answer) {
        assertEquals(204, answer.status(), answer.text());
    }

    private SignIn.SessionOpened byRecoveryKey() {
        return server.client()
                .post(
                        "/v1/signin/key",
                        new SignIn.KeyAttempt(
                                device.start.recovery().id(),
                                device.start.recovery().lookupHash(),
                                Transport.BEARER,
                                false))
                .as(SignIn.SessionOpened.class);
    }

    private static Bytes challenge() {
        return server.client()
                .send("POST", "/v1/passkeys/challenge", BodyPublishers.noBody())
                .as(Passkeys.Challenge.class)
                .challenge();
    }

    @Test
    void itBeginsWithTheSignUpInTheHourOfIt() {
        AccountLog.Entry first = log(client()).getFirst();
        long now = server.time().millis();
        assertEquals(now - now % HOUR, first.time());
        assertEquals(by(LogKind.SIGNED_UP, own, device.start.slot().id()), text(first));
    }

    @Test
    void everySignInIsInItByTheCredentialThatMadeIt() {
        server.time().pass(Duration.ofSeconds(30));
        SignIn.SessionOpened byCode = server.client()
                .post("/v1/signin", device.attempt(device.code(server.time())))
                .as(SignIn.SessionOpened.class);
        SignIn.SessionOpened byBackupCode = server.client()
                .post("/v1/signin", device.attemptWithBackupCode(3))
                .as(SignIn.SessionOpened.class);
        SignIn.SessionOpened byKey = byRecoveryKey();
        SlotId password = device.start.slot().id();
        assertLogged(
                by(LogKind.SIGNED_IN_WITH_PASSWORD, byCode.session(), password),
                LogKind.BACKUP_CODE_USED.text() + " of " + password.hex(),
                by(LogKind.SIGNED_IN_WITH_PASSWORD, byBackupCode.session(), password),
                by(
                        LogKind.SIGNED_IN_WITH_RECOVERY_KEY,
                        byKey.session(),
                        device.start.recovery().id()));
    }

    @Test
    void aProofWithABackupCodeIsInIt() {
        SignIn.Proof proof = new SignIn.Proof(
                device.start.slot().lookupHash(),
                null,
                device.start.backupCodeHashes().get(1),
                null);
        done(client().post("/v1/session/proof", proof));
        assertLogged(by(LogKind.BACKUP_CODE_USED, own, device.start.slot().id()));
    }

    @Test
    void whatAStrangerTriesIsNot() {
        assertEquals(
                401,
                server.client()
                        .post("/v1/signin", device.attempt(Device.wrongCode(device.totpSecret, server.time())))
                        .status());
        assertEquals(
                401,
                server.client()
                        .post(
                                "/v1/signin/key",
                                new SignIn.KeyAttempt(
                                        device.start.recovery().id(), Device.bytes(32), Transport.BEARER, false))
                        .status());
        assertLogged();
    }

    @Test
    void theEndsOfSessionsAreInIt() {
        SignIn.SessionOpened first = byRecoveryKey();
        SignIn.SessionOpened second = byRecoveryKey();
        byRecoveryKey();
        done(client().delete("/v1/sessions/" + first.session().hex()));
        done(server.client().as(second.token()).delete("/v1/session"));
        done(client().post("/v1/sessions/end", new Devices.End(Devices.Which.OTHERS)));
        List<String> all = log(client()).stream().skip(4).map(LogTest::text).toList();
        assertEquals(
                List.of(
                        by(LogKind.SESSION_ENDED, own) + " to "
                                + first.session().hex(),
                        by(LogKind.SESSION_ENDED, second.session()) + " to "
                                + second.session().hex(),
                        by(LogKind.OTHERS_ENDED, own)),
                all);
        done(client().post("/v1/sessions/end", new Devices.End(Devices.Which.ALL)));
        device.session = byRecoveryKey();
        assertEquals(by(LogKind.ALL_ENDED, own), text(log(client()).get(7)));
    }

    @Test
    void aSpentTokenThatComesAgainIsInIt() {
        SignIn.SessionOpened other = byRecoveryKey();
        Client before = server.client().as(other.token());
        Devices.Renewed renewed = before.send("POST", "/v1/session/renew", BodyPublishers.noBody())
                .as(Devices.Renewed.class);
        assertEquals(200, server.client().as(renewed.token()).get("/v1/session").status());
        assertEquals(401, before.get("/v1/session").status());
        assertEquals(401, before.get("/v1/session").status());
        List<AccountLog.Entry> log = log(client());
        assertEquals(3, log.size(), "once");
        assertEquals(by(LogKind.SPENT_TOKEN_USED, other.session()), text(log.getLast()));
    }

    @Test
    void aPairedDeviceIsInIt() {
        PairingId pairing = new PairingId(Device.bytes(16));
        Bytes secret = Device.bytes(32);
        Pairings.Share share = new Pairings.Share(Device.bytes(32), Device.bytes(32));
        server.client()
                .post("/v1/pairings/start", new Pairings.Start(pairing, Device.bytes(32), Device.sha256(secret)));
        done(client().post("/v1/pairings/answer", new Pairings.Answer(pairing, share)));
        done(server.client().post("/v1/pairings/reveal", new Pairings.Reveal(pairing, secret, share)));
        done(client().post("/v1/pairings/approve", new Pairings.Approve(pairing, Device.bytes(Pairings.SEALED))));
        assertLogged();
        Pairings.Collected collected = server.client()
                .post("/v1/pairings/collect", new Pairings.Collect(pairing, secret, Transport.BEARER, false))
                .as(Pairings.Collected.class);
        assertLogged(by(LogKind.PAIRED, own) + " to " + collected.session().hex());
    }

    @Test
    void everyChangeOfAWayInIsInItOnce() {
        SignUp.NewSlot recovery = Device.recoverySlot();
        Slots.Recovery replaced = new Slots.Recovery(recovery, next());
        done(client().put("/v1/slots/recovery", replaced));
        done(client().put("/v1/slots/recovery", replaced));
        SignUp.NewSlot password = Device.passwordSlot();
        done(client().put("/v1/slots/password", new Slots.Password(password, next(), true)));
        SecondFactors.Started started =
                client().send("POST", "/v1/totp/start", BodyPublishers.noBody()).as(SecondFactors.Started.class);
        SecondFactors.Confirm confirm = new SecondFactors.Confirm(
                started.pending(),
                Device.code(started.totpSecret(), server.time().millis() / 30_000));
        done(client().post("/v1/totp/confirm", confirm));
        done(client().post("/v1/totp/confirm", confirm));
        SecondFactors.BackupCodes codes = new SecondFactors.BackupCodes(
                Stream.generate(() -> Device.bytes(32)).limit(10).toList());
        done(client().put("/v1/backup-codes", codes));
        done(client().put("/v1/backup-codes", codes));
        SoftAuthenticator authenticator = new SoftAuthenticator();
        SignUp.NewSlot passkey = authenticator.slot();
        done(client().put("/v1/slots/passkey", new Passkeys.Add(passkey, authenticator.create(challenge()), next())));
        done(client().put("/v1/directory", next()));
        done(remove(password.id()));
        SignUp.NewSlot added = addPassword();
        done(remove(passkey.id()));
        assertLogged(
                by(LogKind.RECOVERY_KEY_CHANGED, own, recovery.id()),
                by(LogKind.PASSWORD_CHANGED, own, password.id()),
                by(LogKind.AUTHENTICATOR_CHANGED, own, password.id()),
                by(LogKind.BACKUP_CODES_CHANGED, own),
                by(LogKind.PASSKEY_ADDED, own, passkey.id()),
                by(LogKind.NAMES_CHANGED, own),
                by(LogKind.PASSWORD_REMOVED, own, password.id()),
                by(LogKind.PASSWORD_ADDED, own, added.id()),
                by(LogKind.PASSKEY_REMOVED, own, passkey.id()));
    }

    private Client.Answer remove(SlotId slot) {
        return client().post("/v1/slots/" + slot.hex() + "/remove", new Passkeys.Remove(next(), false));
    }

    private SignUp.NewSlot addPassword() {
        SignUp.NewSlot slot = Device.passwordSlot();
        SecondFactors.Started started = client().post(
                        "/v1/slots/password/start",
                        new Passwords.Start(
                                slot,
                                Stream.generate(() -> Device.bytes(32))
                                        .limit(10)
                                        .toList()))
                .as(SecondFactors.Started.class);
        done(client().post(
                        "/v1/slots/password/confirm",
                        new Passwords.Confirm(
                                started.pending(),
                                Device.code(started.totpSecret(), server.time().millis() / 30_000),
                                next())));
        return slot;
    }

    @Test
    void aRefusedChangeIsNot() {
        Counted early = new Counted(7, Device.bytes(473));
        assertEquals(
                "409 directory-conflict",
                client().put("/v1/slots/recovery", new Slots.Recovery(Device.recoverySlot(), early))
                        .problemName());
        assertEquals(
                "409 last-way-in",
                client().post(
                                "/v1/slots/" + device.start.slot().id().hex() + "/remove",
                                new Passkeys.Remove(next(), true))
                        .problemName());
        assertLogged();
    }

    @Test
    void aPasskeyThatCountsBackwardsIsInItAndSoAreItsSignIns() {
        SoftAuthenticator authenticator = new SoftAuthenticator();
        SignUp.NewSlot passkey = authenticator.slot();
        done(client().put("/v1/slots/passkey", new Passkeys.Add(passkey, authenticator.create(challenge()), next())));
        authenticator.count = 5;
        SignIn.SessionOpened opened = server.client()
                .post(
                        "/v1/signin/passkey",
                        new Passkeys.Attempt(
                                authenticator.prove(challenge()), passkey.lookupHash(), Transport.BEARER, false))
                .as(SignIn.SessionOpened.class);
        authenticator.count = 5;
        assertEquals(
                401,
                server.client()
                        .post(
                                "/v1/signin/passkey",
                                new Passkeys.Attempt(
                                        authenticator.prove(challenge()),
                                        passkey.lookupHash(),
                                        Transport.BEARER,
                                        false))
                        .status());
        assertLogged(
                by(LogKind.PASSKEY_ADDED, own, passkey.id()),
                by(LogKind.SIGNED_IN_WITH_PASSKEY, opened.session(), passkey.id()),
                LogKind.PASSKEY_CLONE_REFUSED.text() + " of " + passkey.id().hex());
    }

    @Test
    void anAccessKeyIsInItOncePerDay() {
        SignUp.NewSlot key = Device.accessSlot("chats:read", null);
        done(client().put("/v1/slots/access", new AccessKeys.Add(key, next())));
        List<SessionId> opened = new ArrayList<>();
        for (Duration later : List.of(Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(12))) {
            server.time().pass(later);
            AccessKeys.Opened session = server.client()
                    .post(
                            "/v1/signin/access",
                            new SignIn.KeyAttempt(key.id(), key.lookupHash(), Transport.BEARER, false))
                    .as(AccessKeys.Opened.class);
            opened.add(session.session());
            Client script = server.client().as(session.token());
            assertEquals("403 scope-refused", script.get("/v1/account/log").problemName());
            done(script.delete("/v1/session"));
        }
        device.session = byRecoveryKey();
        done(client().post("/v1/slots/" + key.id().hex() + "/remove", new Passkeys.Remove(next(), false)));
        Set<String> days = new HashSet<>();
        List<AccountLog.Entry> log = log(client());
        for (AccountLog.Entry entry : log) {
            if (entry.kind().equals(LogKind.SIGNED_IN_WITH_ACCESS_KEY.text())) {
                assertEquals(key.id(), entry.slot());
                assertTrue(opened.contains(entry.session()));
                assertTrue(days.add(Long.toString(entry.time() / (24 * HOUR))), "one a day");
            }
        }
        assertEquals(2, days.size());
        assertEquals(6, log.size(), "no entry for a script that signs out");
        assertEquals(by(LogKind.ACCESS_KEY_REMOVED, device.session.session(), key.id()), text(log.getLast()));
    }

    @Test
    void anAccessKeyOfTheWholeAccountReadsIt() {
        SignUp.NewSlot key = Device.accessSlot("all", null);
        done(client().put("/v1/slots/access", new AccessKeys.Add(key, next())));
        AccessKeys.Opened session = server.client()
                .post("/v1/signin/access", new SignIn.KeyAttempt(key.id(), key.lookupHash(), Transport.BEARER, false))
                .as(AccessKeys.Opened.class);
        assertEquals(3, log(server.client().as(session.token())).size());
    }

    @Test
    void aRotationIsInIt() {
        SignUp.NewSlot recovery = Device.recoverySlot();
        Rotations.Complete rotation = new Rotations.Complete(
                List.of(new Rotations.KeptSlot(device.start.slot().id(), Device.bytes(137))),
                recovery,
                null,
                new DomainKeys(
                        Device.bytes(137), Device.bytes(137), Device.bytes(137), Device.bytes(137), Device.bytes(137)),
                Device.keyPair(),
                new Versioned(2, Device.bytes(201)),
                new Rotations.Lists(list(), list(), list(), list()),
                list(),
                next());
        done(client().post("/v1/rotations/" + Device.bytes(16).hex(), rotation));
        rotated = true;
        assertLogged(by(LogKind.MASTER_KEY_ROTATED, own, recovery.id()));
    }

    /// Whoever has a session would else fill the log, and push out of a reading what is older.
    @Test
    void whereNoOtherSessionIsNoneIsEndedInIt() {
        for (int i = 0; i < 3; i++) {
            done(client().post("/v1/sessions/end", new Devices.End(Devices.Which.OTHERS)));
        }
        SignUp.NewSlot password = Device.passwordSlot();
        done(client().put("/v1/slots/password", new Slots.Password(password, next(), true)));
        assertLogged(by(LogKind.PASSWORD_CHANGED, own, password.id()));
        byRecoveryKey();
        SignUp.NewSlot another = Device.passwordSlot();
        done(client().put("/v1/slots/password", new Slots.Password(another, next(), true)));
        List<AccountLog.Entry> log = log(client());
        assertEquals(
                List.of(by(LogKind.OTHERS_ENDED, own), by(LogKind.PASSWORD_CHANGED, own, another.id())),
                log.subList(3, log.size()).stream().map(LogTest::text).toList());
    }

    @Test
    void aSpentTokenOfAnAccessKeyIsInItOnceADay() {
        SignUp.NewSlot key = Device.accessSlot("all", null);
        done(client().put("/v1/slots/access", new AccessKeys.Add(key, next())));
        for (Duration later : List.of(Duration.ZERO, Duration.ZERO, Duration.ofDays(1))) {
            server.time().pass(later);
            AccessKeys.Opened session = server.client()
                    .post(
                            "/v1/signin/access",
                            new SignIn.KeyAttempt(key.id(), key.lookupHash(), Transport.BEARER, false))
                    .as(AccessKeys.Opened.class);
            Client before = server.client().as(session.token());
            Devices.Renewed renewed = before.send("POST", "/v1/session/renew", BodyPublishers.noBody())
                    .as(Devices.Renewed.class);
            assertEquals(
                    200, server.client().as(renewed.token()).get("/v1/session").status());
            assertEquals(401, before.get("/v1/session").status());
            assertEquals(
                    401, server.client().as(renewed.token()).get("/v1/session").status(), "it has ended");
        }
        device.session = byRecoveryKey();
        List<AccountLog.Entry> spent = log(client()).stream()
                .filter(entry -> entry.kind().equals(LogKind.SPENT_TOKEN_USED.text()))
                .toList();
        assertEquals(2, spent.size());
        assertEquals(
                Set.of(key.id()), spent.stream().map(AccountLog.Entry::slot).collect(Collectors.toSet()));
    }

    @Test
    void pagesOfAnExportThatAreAskedForAtOnceMakeOneEntry() {
        List<CompletableFuture<Client.Answer>> all = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> client().get("/v1/account/rows")))
                .toList();
        all.forEach(answer -> assertEquals(200, answer.join().status()));
        assertLogged(by(LogKind.ROWS_EXPORTED, own));
    }

    private static Counted list() {
        return new Counted(1, Device.bytes(185));
    }

    @Test
    void anExportIsInItOnceAnHourForASession() {
        for (int i = 0; i < 3; i++) {
            assertEquals(200, client().get("/v1/account/rows?from=" + i).status());
        }
        SignIn.SessionOpened other = byRecoveryKey();
        assertEquals(
                200, server.client().as(other.token()).get("/v1/account/rows").status());
        List<String> log = log(client()).stream().skip(1).map(LogTest::text).toList();
        assertEquals(
                List.of(
                        by(LogKind.ROWS_EXPORTED, own),
                        by(
                                LogKind.SIGNED_IN_WITH_RECOVERY_KEY,
                                other.session(),
                                device.start.recovery().id()),
                        by(LogKind.ROWS_EXPORTED, other.session())),
                log);
    }

    @Test
    void itIsGivenInPages() {
        byRecoveryKey();
        byRecoveryKey();
        AccountLog.Page first = page(client(), "?limit=2");
        assertEquals(
                List.of(1L, 2L),
                first.entries().stream().map(AccountLog.Entry::number).toList());
        assertTrue(first.more());
        AccountLog.Page second = page(client(), "?after=2&limit=2");
        assertEquals(
                List.of(3L),
                second.entries().stream().map(AccountLog.Entry::number).toList());
        assertEquals(new AccountLog.Page(List.of(), false), page(client(), "?after=3"));
        assertEquals(
                "400 bad-request", client().get("/v1/account/log?limit=501").problemName());
    }

    @Test
    void nobodySeesThatOfAnotherAccount() {
        Device other = Device.signedUp(server);
        byRecoveryKey();
        assertEquals(1, page(other.on(server), "").entries().size());
        assertEquals(
                "401 session-required", server.client().get("/v1/account/log").problemName());
    }

    @Test
    void signInsAtTheSameMomentMakeOneChain() {
        List<CompletableFuture<SignIn.SessionOpened>> all = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(this::byRecoveryKey))
                .toList();
        all.forEach(CompletableFuture::join);
        assertEquals(9, log(client()).size());
    }

    /// Of those that are too old one stays, so that a client sees how old those are that went.
    @Test
    void entriesGoAfter400DaysButForTheNewestOfThem() throws SQLException {
        for (int i = 0; i < 3; i++) {
            byRecoveryKey();
        }
        long old = server.time().millis() - Duration.ofDays(401).toMillis();
        server.execute("UPDATE log_entry SET hour = " + (old - old % HOUR) + " WHERE number <= 3");
        byRecoveryKey();
        assertEquals(
                List.of(3L, 4L, 5L),
                page(client(), "").entries().stream()
                        .map(AccountLog.Entry::number)
                        .toList());
    }

    @Test
    void timeDoesNotGoBackInIt() throws SQLException {
        long later = server.time().millis() + Duration.ofHours(5).toMillis();
        server.execute("UPDATE log_entry SET hour = " + (later - later % HOUR));
        byRecoveryKey();
        List<AccountLog.Entry> log = page(client(), "").entries();
        assertEquals(log.getFirst().time(), log.getLast().time());
    }

    /// No entry, no event: where it cannot be written down, nothing happens.
    @Test
    void nothingHappensWithoutItsEntry() throws SQLException {
        SignIn.SessionOpened other = byRecoveryKey();
        server.execute("ALTER TABLE log_entry RENAME TO away");
        try {
            for (Client.Answer answer : List.of(
                    server.client()
                            .post(
                                    "/v1/signin/key",
                                    new SignIn.KeyAttempt(
                                            device.start.recovery().id(),
                                            device.start.recovery().lookupHash(),
                                            Transport.BEARER,
                                            false)),
                    server.client().post("/v1/signin", device.attemptWithBackupCode(0)),
                    client().delete("/v1/sessions/" + other.session().hex()),
                    client().post("/v1/sessions/end", new Devices.End(Devices.Which.OTHERS)),
                    client().put(
                                    "/v1/slots/recovery",
                                    new Slots.Recovery(Device.recoverySlot(), new Counted(2, Device.bytes(473)))),
                    client().get("/v1/account/rows"))) {
                assertTrue(answer.status() >= 500, answer::text);
            }
        } finally {
            server.execute("ALTER TABLE away RENAME TO log_entry");
        }
        assertEquals(
                Set.of(own, other.session()),
                client().get("/v1/sessions").as(Devices.Sessions.class).sessions().stream()
                        .map(Devices.Session::session)
                        .collect(Collectors.toSet()));
        byRecoveryKey();
        assertEquals(
                200,
                server.client()
                        .post("/v1/signin", device.attemptWithBackupCode(0))
                        .status(),
                "the backup code was not used up");
        assertEquals(5, log(client()).size());
    }

    @Test
    void everyKindHasATextOfItsOwn() {
        assertEquals(
                LogKind.values().length,
                EnumSet.allOf(LogKind.class).stream()
                        .map(LogKind::text)
                        .distinct()
                        .count());
        for (LogKind kind : LogKind.values()) {
            assertEquals(kind, LogKind.of(kind.text()).orElseThrow());
        }
    }
}
