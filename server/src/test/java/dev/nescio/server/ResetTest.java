package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.AccountLog;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.Resets;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.Transport;
import dev.nescio.server.config.DatabaseSetting;
import dev.nescio.server.config.Settings;
import dev.nescio.server.config.UnusableSetting;
import dev.nescio.server.db.Dump;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Beginning an account anew when every way in is lost (spec, section 10.18).
@ParameterizedClass
@EnumSource(Backend.class)
class ResetTest {

    @Parameter
    Backend backend;

    private TestServer server;
    private Device device;

    @BeforeEach
    void begin() {
        server = TestServer.start(backend);
        device = Device.signedUp(server);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    // ---- what the operator does -------------------------------------------------------------------------------------

    static ResetCodeCommand.Answer expect(Settings settings, Clock time, Bytes address, Bytes codeHash) {
        String line = Json.STRICT.writeValueAsString(new ResetCodeCommand.Request(address, codeHash)) + "\n";
        return Json.STRICT.readValue(run(settings, time, line), ResetCodeCommand.Answer.class);
    }

    /// Has what the operator has made stand where mailed codes do.
    ///
    /// @param alone whether it stands there alone
    static void asIfMailed(Settings settings, boolean alone) {
        try (Connection connection = Backend.connect(settings.database());
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO mailed_reset_code SELECT account, code_hmac, expires_at FROM reset_code"
                    + " WHERE account NOT IN (SELECT account FROM mailed_reset_code)");
            if (alone) {
                statement.execute("DELETE FROM reset_code");
                // No mailed code is taken of somebody who has just proven a credential.
                statement.execute(
                        "UPDATE session SET proven_at = 0 WHERE account IN (SELECT account FROM mailed_reset_code)");
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String run(Settings settings, Clock time, String in) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ResetCodeCommand.run(
                settings,
                new BufferedReader(new StringReader(in)),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                time);
        return out.toString(StandardCharsets.UTF_8);
    }

    /// @return the hash of a code that the operator has asked for, beside the running server
    private Bytes codeFor(Device of) {
        Bytes code = Device.bytes(32);
        ResetCodeCommand.Answer answer = expect(server.settings(), server.time(), of.start.hashedEmail(), code);
        assertTrue(answer.found());
        assertEquals(server.time().millis() + Duration.ofHours(24).toMillis(), answer.expiresAt());
        return code;
    }

    // ---- what the person does ---------------------------------------------------------------------------------------

    /// What somebody makes who begins anew under the address of a device.
    static SignUp.Start anew(Bytes address) {
        SignUp.Start made = Device.fresh().start;
        return new SignUp.Start(
                made.account(),
                address,
                made.slot(),
                made.recovery(),
                made.domainKeys(),
                made.keyPair(),
                made.profile(),
                made.directory(),
                made.backupCodeHashes());
    }

    private Client.Answer start(Bytes code, SignUp.Start start) {
        return server.client().post("/v1/reset/start", new Resets.Start(code, start));
    }

    private SignUp.Started started(Bytes code, SignUp.Start start) {
        return start(code, start).as(SignUp.Started.class);
    }

    private Client.Answer confirm(SignUp.Started started) {
        return confirm(started, Device.code(started.totpSecret(), server.time().millis() / 30_000));
    }

    private Client.Answer confirm(SignUp.Started started, String code) {
        return server.client()
                .post("/v1/reset/confirm", new SignUp.Confirm(started.signup(), code, Transport.BEARER, false));
    }

    private int signIn(SignUp.Start start, Bytes totpSecret) {
        server.time().pass(Duration.ofSeconds(60));
        return server.client()
                .post(
                        "/v1/signin",
                        new SignIn.Attempt(
                                start.hashedEmail(),
                                start.slot().lookupHash(),
                                Device.code(totpSecret, server.time().millis() / 30_000),
                                null,
                                Transport.BEARER,
                                false))
                .status();
    }

    private int signInWithRecoveryKey(SignUp.Start start) {
        return server.client()
                .post(
                        "/v1/signin/key",
                        new SignIn.KeyAttempt(
                                start.recovery().id(), start.recovery().lookupHash(), Transport.BEARER, false))
                .status();
    }

    private long rowsOf(String table, AccountId account) {
        String id = backend == Backend.SQLITE ? "x'" + account.hex() + "'" : "'\\x" + account.hex() + "'";
        return server.number("SELECT COUNT(*) FROM " + table + " WHERE account = " + id);
    }

    private void assertUntouched() {
        assertEquals(200, device.on(server).get("/v1/account").status());
        assertEquals(200, signInWithRecoveryKey(device.start));
        assertEquals(200, signIn(device.start, device.totpSecret));
    }

    // ---- tests ------------------------------------------------------------------------------------------------------

    @Test
    void theNewAccountTakesTheAddressAndNothingOfTheOldOneOpens() {
        device.on(server).post("/v1/domains/chats/containers", Device.container(1));
        SignInAlertsTest.keepAddress(server.settings(), device.start.account());
        Bytes code = codeFor(device);
        SignUp.Start anew = anew(device.start.hashedEmail());
        SignUp.Started started = started(code, anew);
        assertEquals(server.time().millis() + Duration.ofMinutes(15).toMillis(), started.expiresAt());
        SignIn.SessionOpened opened = confirm(started).as(SignIn.SessionOpened.class);
        assertEquals(anew.account(), opened.account());
        assertEquals(anew.slot().id(), opened.slot());
        assertEquals(1, opened.directory().counter());
        assertNull(opened.resetCancelled());
        assertEquals(200, server.client().as(opened.token()).get("/v1/account").status());
        // The old account: no session, no way in, no wrapped key, and it is being deleted.
        assertEquals(401, device.on(server).get("/v1/session").status());
        assertEquals(401, signInWithRecoveryKey(device.start));
        assertEquals(401, signIn(device.start, device.totpSecret));
        for (String table :
                List.of("password_slot", "recovery_slot", "backup_code", "session", "reset_code", "alert_address")) {
            assertEquals(0, rowsOf(table, device.start.account()), table);
        }
        assertEquals(1, server.number("SELECT COUNT(*) FROM account WHERE deleting_since IS NOT NULL"));
        assertEquals(
                0,
                server.number("SELECT SUM(length(directory) + length(chats_key) + length(profile)) FROM account"
                        + " WHERE deleting_since IS NOT NULL"));
        assertEquals(200, signIn(anew, started.totpSecret()));
        assertEquals(200, signInWithRecoveryKey(anew));
    }

    @Test
    void nothingIsTouchedBeforeTheFirstRightCodeOfTheAuthenticator() {
        Bytes code = codeFor(device);
        SignUp.Started started = started(code, anew(device.start.hashedEmail()));
        String wrong = Device.wrongCode(started.totpSecret(), server.time());
        for (int left = 4; left >= 0; left--) {
            assertEquals(left, confirm(started, wrong).problem().triesLeft());
        }
        assertEquals("404 not-found", confirm(started).problemName());
        assertEquals(200, device.on(server).get("/v1/account").status());
        // The reset code was not used up by that.
        SignUp.Started again = started(code, anew(device.start.hashedEmail()));
        assertEquals(
                204,
                server.client()
                        .post("/v1/reset/cancel", new SignUp.Cancel(again.signup()))
                        .status());
        assertEquals("404 not-found", confirm(again).problemName());
        assertUntouched();
    }

    @Test
    void whateverIsWrongWithTheCodeIsOneAnswer() {
        Bytes address = device.start.hashedEmail();
        Client.Answer none = start(Device.bytes(32), anew(address));
        Device other = Device.signedUp(server);
        Bytes ofOther = codeFor(other);
        Bytes first = codeFor(device);
        Bytes second = codeFor(device);
        Client.Answer unknown = start(first, anew(Device.bytes(32)));
        Client.Answer wrong = start(Device.bytes(32), anew(address));
        Client.Answer another = start(ofOther, anew(address));
        Client.Answer replaced = start(first, anew(address));
        SignUp.Started started = started(second, anew(address));
        assertEquals(201, confirm(started).status());
        Client.Answer used = start(second, anew(address));
        server.time().pass(Duration.ofHours(24));
        Client.Answer expired = start(ofOther, anew(other.start.hashedEmail()));
        for (Client.Answer answer : List.of(none, unknown, wrong, another, replaced, used, expired)) {
            assertEquals("403 reset-failed", answer.problemName());
            assertEquals(none.text(), answer.text());
        }
        assertEquals(200, signInWithRecoveryKey(other.start));
    }

    @Test
    void aCodeWorksOnceHoweverManyWaitWithIt() {
        Bytes code = codeFor(device);
        SignUp.Started one = started(code, anew(device.start.hashedEmail()));
        SignUp.Started two = started(code, anew(device.start.hashedEmail()));
        SignIn.SessionOpened opened = confirm(one).as(SignIn.SessionOpened.class);
        assertEquals("403 reset-failed", confirm(two).problemName());
        assertEquals("404 not-found", confirm(two).problemName());
        assertEquals(200, server.client().as(opened.token()).get("/v1/account").status());
    }

    /// Both are confirmed at the same moment.
    static void assertOneTakesThePlace(List<SignUp.Started> both, Function<SignUp.Started, Client.Answer> confirm)
            throws InterruptedException {
        CyclicBarrier together = new CyclicBarrier(2);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Integer>> tries = both.stream()
                    .<Callable<Integer>>map(started -> () -> {
                        together.await();
                        return confirm.apply(started).status();
                    })
                    .toList();
            int[] statuses = threads.invokeAll(tries).stream()
                    .map(Future::resultNow)
                    .mapToInt(Integer::intValue)
                    .sorted()
                    .toArray();
            assertEquals("[201, 403]", Arrays.toString(statuses));
        }
    }

    @Test
    void ofTwoAtTheSameMomentOneTakesThePlace() throws Exception {
        Bytes code = codeFor(device);
        List<SignUp.Started> both = List.of(
                started(code, anew(device.start.hashedEmail())), started(code, anew(device.start.hashedEmail())));
        assertOneTakesThePlace(both, this::confirm);
        assertEquals(1, server.number("SELECT COUNT(*) FROM account WHERE deleting_since IS NULL"));
    }

    @Test
    void aCodeThatRunsOutWhileAResetWaitsIsOver() {
        Bytes code = codeFor(device);
        server.time().pass(Duration.ofHours(24).minusMinutes(10));
        SignUp.Started started = started(code, anew(device.start.hashedEmail()));
        server.time().pass(Duration.ofMinutes(10));
        assertEquals("403 reset-failed", confirm(started).problemName());
        assertEquals(200, signInWithRecoveryKey(device.start));
    }

    @Test
    void whoeverSignsInCancelsIt() {
        Bytes code = codeFor(device);
        SignUp.Started started = started(code, anew(device.start.hashedEmail()));
        SignIn.Session shown = device.on(server).get("/v1/session").as(SignIn.Session.class);
        assertEquals(server.time().millis() + Duration.ofHours(24).toMillis(), shown.resetUntil());
        assertEquals(
                401,
                server.client()
                        .post("/v1/signin", device.attempt(Device.wrongCode(device.totpSecret, server.time())))
                        .status());
        assertEquals(1, server.count("reset_code"), "a sign-in that fails cancels nothing");
        server.time().pass(Duration.ofSeconds(60));
        SignIn.SessionOpened opened = server.client()
                .post("/v1/signin", device.attempt(device.code(server.time())))
                .as(SignIn.SessionOpened.class);
        assertEquals(true, opened.resetCancelled());
        assertEquals(0, server.count("reset_code"));
        assertEquals("403 reset-failed", confirm(started).problemName());
        assertNull(device.on(server).get("/v1/session").as(SignIn.Session.class).resetUntil());
        // Nothing is left to cancel.
        assertEquals(200, signInWithRecoveryKey(device.start));
        server.time().pass(Duration.ofSeconds(60));
        assertNull(server.client()
                .post("/v1/signin", device.attempt(device.code(server.time())))
                .as(SignIn.SessionOpened.class)
                .resetCancelled());
    }

    @Test
    void aProofInASessionCancelsItAndASessionAloneDoesNot() {
        codeFor(device);
        Client own = device.on(server);
        assertEquals(
                200,
                own.send("POST", "/v1/session/renew", BodyPublishers.noBody()).status());
        assertEquals(1, server.count("reset_code"));
        assertEquals(
                204,
                own.post(
                                "/v1/session/proof",
                                new SignIn.Proof(
                                        device.start.recovery().lookupHash(),
                                        null,
                                        null,
                                        device.start.recovery().id()))
                        .status());
        assertEquals(0, server.count("reset_code"));
    }

    // ---- what the log says of it ------------------------------------------------------------------------------------

    private List<String> log(Client client) {
        return client.get("/v1/account/log").as(AccountLog.Page.class).entries().stream()
                .map(entry -> entry.kind()
                        + (entry.session() == null
                                ? ""
                                : " by " + entry.session().hex())
                        + (entry.slot() == null ? "" : " of " + entry.slot().hex()))
                .toList();
    }

    private List<String> logOfDevice() {
        List<String> all = log(device.on(server));
        return all.subList(1, all.size());
    }

    @Test
    void theLogSaysThatACodeWasMadeReplacedAndCancelled() {
        codeFor(device);
        codeFor(device);
        Client own = device.on(server);
        SignIn.Proof proof = new SignIn.Proof(
                device.start.recovery().lookupHash(),
                null,
                null,
                device.start.recovery().id());
        assertEquals(204, own.post("/v1/session/proof", proof).status());
        assertEquals(204, own.post("/v1/session/proof", proof).status());
        String bySession = " by " + device.session.session().hex();
        assertEquals(
                List.of("reset-code-made", "reset-code-replaced", "reset-code-cancelled" + bySession), logOfDevice());
    }

    @Test
    void theLogSaysThatASignInCancelledACode() {
        codeFor(device);
        server.time().pass(Duration.ofSeconds(60));
        SignIn.SessionOpened opened = server.client()
                .post("/v1/signin", device.attempt(device.code(server.time())))
                .as(SignIn.SessionOpened.class);
        List<String> log = logOfDevice();
        assertEquals("reset-code-made", log.getFirst());
        assertEquals("reset-code-cancelled by " + opened.session().hex(), log.getLast());
        assertEquals(3, log.size(), log::toString);
    }

    @Test
    void ofACodeThatHasExpiredTheLogSaysNothingMore() {
        codeFor(device);
        server.time().pass(Duration.ofHours(25));
        device.session = server.client()
                .post("/v1/signin", device.attempt(device.code(server.time())))
                .as(SignIn.SessionOpened.class);
        codeFor(device);
        List<String> log = logOfDevice();
        assertEquals(List.of("reset-code-made", "reset-code-made"), List.of(log.getFirst(), log.getLast()));
        assertEquals(3, log.size(), log::toString);
    }

    @Test
    void theLogOfTheNewAccountBeginsWithItsSignUpAndTheUseOfTheCode() {
        SignUp.Start anew = anew(device.start.hashedEmail());
        SignIn.SessionOpened opened = confirm(started(codeFor(device), anew)).as(SignIn.SessionOpened.class);
        String bySession = " by " + opened.session().hex();
        assertEquals(
                List.of("signed-up" + bySession + " of " + anew.slot().id().hex(), "reset-code-used" + bySession),
                log(server.client().as(opened.token())));
    }

    /// No entry, no event.
    @Test
    void withoutItsEntryACodeIsNeitherMadeNorCancelledNorUsed() throws SQLException {
        SignUp.Started started = started(codeFor(device), anew(device.start.hashedEmail()));
        server.execute("ALTER TABLE log_entry RENAME TO away");
        try {
            assertThrows(RuntimeException.class, () -> codeFor(device));
            assertEquals(500, signInWithRecoveryKey(device.start));
            assertEquals(500, confirm(started).status());
        } finally {
            server.execute("ALTER TABLE away RENAME TO log_entry");
        }
        assertEquals(List.of("reset-code-made"), logOfDevice());
        assertEquals(201, confirm(started).status(), "the first code is the one that counts");
    }

    @Test
    void aRecoveryKeyThatSignsInCancelsIt() {
        codeFor(device);
        assertEquals(200, signInWithRecoveryKey(device.start));
        assertEquals(0, server.count("reset_code"));
    }

    @Test
    void anAccountOfPasskeysIsBegunAnewWithAPassword() {
        Keyholder keyholder = Keyholder.signedUp(server);
        Bytes code = Device.bytes(32);
        assertTrue(expect(server.settings(), server.time(), keyholder.request.hashedEmail(), code)
                .found());
        SignUp.Start anew = anew(keyholder.request.hashedEmail());
        SignUp.Started started = started(code, anew);
        assertEquals(201, confirm(started).status());
        assertEquals(401, keyholder.signInWithPasskey().status());
        assertEquals(401, keyholder.own().get("/v1/session").status());
        assertEquals(200, signIn(anew, started.totpSecret()));
    }

    /// An id of another account, or a recovery key's, changes nothing: the old account stays whole.
    @Test
    void anIdThatIsInUseLeavesTheOldAccountWhole() {
        Device other = Device.signedUp(server);
        Bytes code = codeFor(device);
        SignUp.Start made = anew(device.start.hashedEmail());
        for (SignUp.Start start : List.of(
                new SignUp.Start(
                        other.start.account(),
                        made.hashedEmail(),
                        made.slot(),
                        made.recovery(),
                        made.domainKeys(),
                        made.keyPair(),
                        made.profile(),
                        made.directory(),
                        made.backupCodeHashes()),
                new SignUp.Start(
                        device.start.account(),
                        made.hashedEmail(),
                        made.slot(),
                        made.recovery(),
                        made.domainKeys(),
                        made.keyPair(),
                        made.profile(),
                        made.directory(),
                        made.backupCodeHashes()),
                new SignUp.Start(
                        made.account(),
                        made.hashedEmail(),
                        made.slot(),
                        other.start.recovery(),
                        made.domainKeys(),
                        made.keyPair(),
                        made.profile(),
                        made.directory(),
                        made.backupCodeHashes()))) {
            assertEquals("400 bad-request", confirm(started(code, start)).problemName());
            assertEquals(200, device.on(server).get("/v1/account").status());
            assertEquals(1, server.count("reset_code"));
        }
        assertEquals(200, signInWithRecoveryKey(other.start));
        assertUntouched();
    }

    @Test
    void theOperatorIsToldOfAnAddressWithoutAnAccount() {
        ResetCodeCommand.Answer answer = expect(server.settings(), server.time(), Device.bytes(32), Device.bytes(32));
        assertFalse(answer.found());
        assertNull(answer.expiresAt());
        assertNull(answer.sessions());
        assertNull(answer.lastUsedAt());
        assertEquals(0, server.count("reset_code"));
    }

    @Test
    void theOperatorIsToldWhetherSomebodyUsesTheAccount() {
        long signedUp = server.time().millis();
        ResetCodeCommand.Answer answer =
                expect(server.settings(), server.time(), device.start.hashedEmail(), Device.bytes(32));
        assertEquals(1, answer.sessions());
        assertEquals(signedUp - signedUp % 3_600_000, answer.lastUsedAt());
        server.time().pass(Duration.ofHours(3));
        assertEquals(200, signInWithRecoveryKey(device.start));
        long later = server.time().millis();
        answer = expect(server.settings(), server.time(), device.start.hashedEmail(), Device.bytes(32));
        assertEquals(2, answer.sessions());
        assertEquals(later - later % 3_600_000, answer.lastUsedAt());
        server.time().pass(Duration.ofDays(31));
        answer = expect(server.settings(), server.time(), device.start.hashedEmail(), Device.bytes(32));
        assertTrue(answer.found());
        assertEquals(0, answer.sessions());
        assertNull(answer.lastUsedAt());
    }

    @Test
    void aResetTakesNoMailedCode() {
        Bytes code = codeFor(device);
        SignUp.Start made = anew(device.start.hashedEmail());
        JsonNode body = Json.STRICT.valueToTree(Map.of("resetCodeHash", code, "account", made));
        ((ObjectNode) body.get("account"))
                .putObject("mailedCode")
                .put("mailed", Device.bytes(32).base64url())
                .put("code", "00000000");
        assertEquals(
                "400 bad-request", server.client().post("/v1/reset/start", body).problemName());
        assertEquals(201, start(code, made).status());
    }

    // ---- beside somebody who still has a way in ---------------------------------------------------------------------

    private static final int ROUNDS = 6;

    /// Whoever proves a credential at the moment of a reset keeps the account whole, or has lost it.
    private void race(int won, Function<Device, Client.Answer> other, boolean stays) throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            Device owner = Device.signedUp(server);
            Bytes code = codeFor(owner);
            server.time().pass(Duration.ofSeconds(60));
            SignUp.Started started = started(code, anew(owner.start.hashedEmail()));
            CyclicBarrier together = new CyclicBarrier(2);
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<Client.Answer> others = threads.submit(() -> {
                    together.await();
                    return other.apply(owner);
                });
                Future<Client.Answer> reset = threads.submit(() -> {
                    together.await();
                    return confirm(started);
                });
                boolean begun = reset.get().status() == 201;
                String both = reset.get().text() + others.get().text();
                assertEquals(begun ? 401 : won, others.get().status(), both);
                if (!begun) {
                    assertEquals("403 reset-failed", reset.get().problemName());
                }
                boolean whole = !begun && stays;
                assertEquals(
                        whole ? 200 : 401, owner.on(server).get("/v1/account").status(), both);
                assertEquals(whole ? 200 : 401, signInWithRecoveryKey(owner.start), both);
                assertEquals(0, rowsOf("reset_code", owner.start.account()), both);
                if (begun) {
                    SignIn.SessionOpened opened = reset.get().as(SignIn.SessionOpened.class);
                    assertEquals(
                            200,
                            server.client()
                                    .as(opened.token())
                                    .get("/v1/account")
                                    .status());
                }
            }
        }
    }

    @Test
    void aSignInAtTheSameMomentCancelsItOrFails() throws Exception {
        race(200, owner -> server.client().post("/v1/signin", owner.attempt(owner.code(server.time()))), true);
    }

    @Test
    void aProofAtTheSameMomentCancelsItOrFails() throws Exception {
        race(
                204,
                owner -> owner.on(server)
                        .post(
                                "/v1/session/proof",
                                new SignIn.Proof(
                                        owner.start.recovery().lookupHash(),
                                        null,
                                        null,
                                        owner.start.recovery().id())),
                true);
    }

    @Test
    void aDeletionAtTheSameMomentIsDoneOrFails() throws Exception {
        race(204, owner -> owner.on(server).delete("/v1/account"), false);
    }

    @Test
    void aPasskeyThatSignsInCancelsIt() {
        Keyholder keyholder = Keyholder.signedUp(server);
        Bytes code = Device.bytes(32);
        assertTrue(expect(server.settings(), server.time(), keyholder.request.hashedEmail(), code)
                .found());
        SignUp.Started started = started(code, anew(keyholder.request.hashedEmail()));
        Client.Answer signedIn = keyholder.signInWithPasskey();
        assertEquals(200, signedIn.status());
        assertEquals(true, signedIn.as(SignIn.SessionOpened.class).resetCancelled());
        assertEquals(0, server.count("reset_code"));
        assertEquals("403 reset-failed", confirm(started).problemName());
    }

    // ---- the database ----------------------------------------------------------------------------------------------

    private void execute(DatabaseSetting database, String sql) throws SQLException {
        try (Connection connection = Backend.connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /// A server of another version may be running on it, and a mistyped URL may name somebody else's.
    @Test
    void theOperatorsCommandChangesNoSchemaAndMakesNone() throws Exception {
        Path folder = TestServer.temporaryFolder();
        DatabaseSetting others = backend.fresh(folder);
        execute(others, "CREATE TABLE somebody_elses (x INTEGER)");
        String none = assertThrows(
                        UnusableSetting.class,
                        () -> expect(
                                TestServer.settings(folder, others, false),
                                server.time(),
                                Device.bytes(32),
                                Device.bytes(32)))
                .getMessage();
        assertTrue(none.contains("No Nescio server has used this database"), none);
        assertThrows(SQLException.class, () -> execute(others, "SELECT * FROM account"));
        assertThrows(SQLException.class, () -> execute(others, "SELECT * FROM flyway_schema_history"));

        DatabaseSetting own = server.settings().database();
        String newest = "(SELECT MAX(installed_rank) FROM flyway_schema_history)";
        execute(own, "DELETE FROM flyway_schema_history WHERE installed_rank = " + newest);
        execute(own, "DROP TABLE mailed_reset_code");
        String older =
                assertThrows(UnusableSetting.class, () -> codeFor(device)).getMessage();
        assertTrue(older.contains("is of an older version of Nescio"), older);
        assertThrows(SQLException.class, () -> execute(own, "SELECT * FROM mailed_reset_code"));
        TestServer.delete(folder);
    }

    @Test
    void theOperatorsCommandRefusesADatabaseOfANewerVersion() throws Exception {
        execute(
                server.settings().database(),
                "UPDATE flyway_schema_history SET version = '99' WHERE installed_rank ="
                        + " (SELECT MAX(installed_rank) FROM flyway_schema_history)");
        String newer =
                assertThrows(UnusableSetting.class, () -> codeFor(device)).getMessage();
        assertTrue(newer.contains("written by a newer version of Nescio"), newer);
        assertEquals(0, server.count("reset_code"));
    }

    @Test
    void thereIsOneCodeOfAnAccountAndOnlyItsKeyedHashIsStored() {
        Bytes first = codeFor(device);
        Bytes second = codeFor(device);
        assertEquals(1, server.count("reset_code"));
        ByteArrayOutputStream dump = new ByteArrayOutputStream();
        Dump.print(server.settings().database(), new PrintStream(dump));
        String all = dump.toString(StandardCharsets.UTF_8);
        assertTrue(all.contains("\"reset_code\""), all);
        for (Bytes hash : List.of(first, second, device.start.hashedEmail())) {
            assertFalse(all.contains(hash.base64url()), all);
        }
    }

    @Test
    void whatHasExpiredIsSwept() throws Exception {
        Path folder = TestServer.temporaryFolder();
        Settings settings = TestServer.settings(folder, backend.fresh(folder), false);
        TestTime time = new TestTime();
        try (Server swept = Server.start(settings, time, time.ticker(), Duration.ofMillis(20))) {
            Device of = Device.signedUp(new Client(swept.port()), time);
            assertTrue(expect(settings, time, of.start.hashedEmail(), Device.bytes(32))
                    .found());
            Thread.sleep(200);
            assertEquals(1, TestServer.number(settings, "SELECT COUNT(*) FROM reset_code"));
            time.pass(Duration.ofHours(24));
            Patience.until(() -> TestServer.number(settings, "SELECT COUNT(*) FROM reset_code") == 0);
        }
        TestServer.delete(folder);
    }

    @Test
    void theOperatorsCommandUnderstandsNothingElseAndMakesNoServer() {
        String hash = Device.bytes(32).base64url();
        String sound =
                Json.STRICT.writeValueAsString(new ResetCodeCommand.Request(Bytes.parse(hash), Bytes.parse(hash)));
        for (String line : List.of(
                "",
                "ada@example.org",
                "{}",
                sound.substring(0, 40),
                sound.replace(hash, hash.substring(4)),
                sound.replace("{", "{\"more\":1,"),
                " ".repeat(2000) + sound)) {
            String message = assertThrows(UnusableSetting.class, () -> run(server.settings(), server.time(), line))
                    .getMessage();
            assertFalse(message.contains("ada"), message);
            assertFalse(message.contains(hash.substring(4)), message);
        }
        if (backend == Backend.SQLITE) {
            Path folder = TestServer.temporaryFolder();
            Settings settings = TestServer.settings(
                    folder.resolve("data"),
                    new DatabaseSetting.Sqlite(folder.resolve("data").resolve("nescio.db")),
                    false);
            assertThrows(UnusableSetting.class, () -> run(settings, server.time(), sound));
            assertFalse(Files.exists(folder.resolve("data")));
            TestServer.delete(folder);
        }
    }

    /// Where there is nobody yet there is no keyring either, and this makes none.
    @Test
    void onAnEmptyDatabaseNoKeyringIsDrawn() {
        Path folder = TestServer.temporaryFolder();
        Settings settings = TestServer.settings(folder, backend.fresh(folder), false);
        try (Server empty = Server.start(settings, server.time(), server.time().ticker())) {
            assertTrue(empty.port() > 0);
        }
        Settings elsewhere = new Settings(
                folder,
                "127.0.0.1",
                0,
                settings.database(),
                folder.resolve("other-keyring"),
                settings.publicUrl(),
                false,
                null,
                settings.proxies(),
                true);
        assertFalse(expect(elsewhere, server.time(), Device.bytes(32), Device.bytes(32))
                .found());
        assertFalse(Files.exists(folder.resolve("other-keyring")));
        TestServer.delete(folder);
    }

    @Test
    void aKeyringOfAnotherDatabaseIsRefused() {
        Path folder = TestServer.temporaryFolder();
        Settings own = server.settings();
        Settings wrong = new Settings(
                folder,
                "127.0.0.1",
                0,
                own.database(),
                folder.resolve("keyring"),
                own.publicUrl(),
                false,
                null,
                own.proxies(),
                true);
        assertThrows(
                UnusableSetting.class,
                () -> expect(wrong, server.time(), device.start.hashedEmail(), Device.bytes(32)));
        assertEquals(0, server.count("reset_code"));
        TestServer.delete(folder);
    }

    @Test
    void aReplacedAccountKeepsNothingAfterTheSweep() throws Exception {
        device.on(server).post("/v1/domains/chats/containers", Device.container(1));
        Bytes code = codeFor(device);
        SignUp.Start anew = anew(device.start.hashedEmail());
        assertEquals(201, confirm(started(code, anew)).status());
        assertNotEquals(anew.account(), device.start.account());
        assertEquals(1, rowsOf("container", device.start.account()));
        Settings settings = server.settings();
        server.time().pass(Duration.ofMinutes(15));
        // Beside the one that runs, since that one sweeps too rarely for a test.
        try (Server swept = Server.start(settings, server.time(), server.time().ticker(), Duration.ofMillis(20))) {
            assertTrue(swept.port() > 0);
            Patience.until(() -> rowsOf("account", device.start.account()) == 0);
            for (String table : List.of("account", "container", "container_list", "account_sequence")) {
                assertEquals(0, rowsOf(table, device.start.account()), table);
            }
            assertEquals(1, rowsOf("account", anew.account()));
        }
    }
}
