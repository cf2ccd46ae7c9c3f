package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.MailedCodes;
import dev.nescio.protocol.Resets;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.Transport;
import dev.nescio.server.config.Settings;
import dev.nescio.server.db.Dump;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// A reset by a code that is mailed (spec, section 10.18), against a real mail server.
@ParameterizedClass
@EnumSource(Backend.class)
class MailedResetCodesTest {

    private static MailServer mails;
    private static TestServer server;

    @Parameter
    Backend backend;

    @BeforeParameterizedClassInvocation
    static void start(Backend backend) {
        mails = MailServer.start();
        server = TestServer.start(backend, false, mails.setting());
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
        mails.close();
    }

    private static Mailbox mailbox() {
        return new Mailbox(mails, server.client(), server.time());
    }

    /// Somebody whose account no device is signed in to.
    private static Device lost(Mailbox mailbox) throws InterruptedException {
        Device device = mailbox.signUp();
        signOut(device);
        return device;
    }

    private static void signOut(Device device) {
        assertEquals(204, device.on(server).delete("/v1/session").status());
    }

    private static Client.Answer start(Bytes code, Mailbox mailbox) {
        return server.client().post("/v1/reset/start", new Resets.Start(code, ResetTest.anew(mailbox.hashed())));
    }

    private static Client.Answer confirm(SignUp.Started started) {
        String code = Device.code(started.totpSecret(), server.time().millis() / 30_000);
        return server.client()
                .post("/v1/reset/confirm", new SignUp.Confirm(started.signup(), code, Transport.BEARER, false));
    }

    private static Client.Answer signInWithRecoveryKey(SignUp.Start start, boolean stay) {
        return server.client()
                .post(
                        "/v1/signin/key",
                        new SignIn.KeyAttempt(
                                start.recovery().id(), start.recovery().lookupHash(), Transport.BEARER, stay));
    }

    private long codesOf(AccountId account) {
        return server.number("SELECT COUNT(*)" + fromCodesOf(account));
    }

    private String fromCodesOf(AccountId account) {
        String id = backend == Backend.SQLITE ? "x'" + account.hex() + "'" : "'\\x" + account.hex() + "'";
        return " FROM mailed_reset_code WHERE account = " + id;
    }

    @Test
    void whoeverReadsTheMailBeginsAnewOnce() throws InterruptedException {
        Mailbox mailbox = mailbox();
        Device old = lost(mailbox);
        Bytes code = mailbox.resetCode();
        assertTrue(mails.isEmpty(), "one mail");
        SignUp.Started started = start(code, mailbox).as(SignUp.Started.class);
        assertEquals(
                200,
                server.client()
                        .post("/v1/signin/lookup", new SignIn.Lookup(mailbox.hashed()))
                        .status());
        assertEquals(1, codesOf(old.start.account()), "nothing has happened yet");
        SignIn.SessionOpened opened = confirm(started).as(SignIn.SessionOpened.class);
        assertNotEquals(old.start.account(), opened.account());
        assertEquals(200, server.client().as(opened.token()).get("/v1/account").status());
        assertEquals(401, signInWithRecoveryKey(old.start, false).status());
        assertEquals(0, codesOf(old.start.account()));
        assertEquals("403 reset-failed", start(code, mailbox).problemName());
    }

    /// Nothing but the mail says which it was.
    @Test
    void whateverIsKnownOfTheAddressIsAnsweredAlike() throws InterruptedException {
        Mailbox lost = mailbox();
        lost(lost);
        Mailbox inUse = mailbox();
        Device used = inUse.signUp();
        Mailbox nobody = mailbox();
        long accounts = server.count("account");
        Client.Answer first = lost.askForReset();
        MailServer.Mail code = lost.take();
        assertEquals(
                server.time().millis() + Duration.ofMinutes(15).toMillis(),
                first.as(Resets.CodeAsked.class).expiresAt());
        assertTrue(code.hasResetCode(), code.text());
        for (Mailbox mailbox : List.of(inUse, nobody)) {
            Client.Answer answer = mailbox.askForReset();
            MailServer.Mail mail = mailbox.take();
            assertEquals(first.status(), answer.status());
            assertEquals(first.text(), answer.text());
            assertEquals(
                    first.response().headers().map().keySet(),
                    answer.response().headers().map().keySet());
            assertFalse(mail.hasResetCode(), mail.text());
            assertEquals(subject(code), subject(mail));
            assertEquals(body(code).length(), body(mail).length(), "the length shows through TLS");
            assertEquals(body(code).lines().count(), body(mail).lines().count());
        }
        assertTrue(mails.isEmpty(), "one mail each");
        assertEquals(0, codesOf(used.start.account()));
        assertNull(used.on(server).get("/v1/session").as(SignIn.Session.class).resetUntil());
        assertEquals(accounts, server.count("account"));
    }

    private static String body(MailServer.Mail mail) {
        return mail.text().split("\r\n\r\n", 2)[1];
    }

    private static String subject(MailServer.Mail mail) {
        return mail.text().replaceAll("(?s).*\r\nSubject: ([^\r]*)\r\n.*", "$1");
    }

    @Test
    void aDeviceThatIsInUseKeepsTheAccount() throws InterruptedException {
        Mailbox mailbox = mailbox();
        Device device = lost(mailbox);
        Bytes token = signInWithRecoveryKey(device.start, true)
                .as(SignIn.SessionOpened.class)
                .token();
        server.time().pass(Duration.ofDays(3));
        mailbox.askForReset();
        MailServer.Mail kept = mailbox.take();
        assertFalse(kept.hasResetCode());
        assertTrue(kept.text().contains("used within the last three days"), kept.text());
        // Used again, and not for long enough after that.
        assertEquals(200, server.client().as(token).get("/v1/session").status());
        server.time().pass(Duration.ofDays(2));
        mailbox.askForReset();
        assertFalse(mailbox.take().hasResetCode());
        server.time().pass(Duration.ofDays(1).plusHours(1));
        assertEquals(201, start(mailbox.resetCode(), mailbox).status());
        assertEquals(
                server.time().millis() + Duration.ofMinutes(30).toMillis(),
                server.client()
                        .as(token)
                        .get("/v1/session")
                        .as(SignIn.Session.class)
                        .resetUntil());
    }

    @Test
    void aCodeBeginsAResetWithinAQuarterOfAnHour() throws InterruptedException {
        Mailbox mailbox = mailbox();
        lost(mailbox);
        Bytes code = mailbox.resetCode();
        Bytes late = mailbox.resetCode();
        server.time().pass(Duration.ofMinutes(15).minusSeconds(1));
        SignUp.Started started = start(code, mailbox).as(SignUp.Started.class);
        server.time().pass(Duration.ofSeconds(1));
        assertEquals("403 reset-failed", start(late, mailbox).problemName());
        server.time().pass(Duration.ofMinutes(14));
        assertEquals(201, confirm(started).status(), "there is time to write the recovery key down");
    }

    /// Whoever knows an address asks as often as the limits let them, and changes nothing for its owner.
    @Test
    void codesStandBesideEachOtherAndTheOperators() throws InterruptedException {
        Mailbox mailbox = mailbox();
        Device old = lost(mailbox);
        Bytes operators = Device.bytes(32);
        ResetTest.expect(server.settings(), server.time(), mailbox.hashed(), operators);
        Bytes first = mailbox.resetCode();
        Bytes second = mailbox.resetCode();
        Bytes operatorsNext = Device.bytes(32);
        ResetTest.expect(server.settings(), server.time(), mailbox.hashed(), operatorsNext);
        assertEquals("403 reset-failed", start(operators, mailbox).problemName(), "the operator replaces their own");
        assertEquals(201, start(second, mailbox).status());
        assertEquals(201, start(operatorsNext, mailbox).status());
        SignUp.Started started = start(first, mailbox).as(SignUp.Started.class);
        assertEquals(201, confirm(started).status());
        for (Bytes code : List.of(first, second, operatorsNext)) {
            assertEquals("403 reset-failed", start(code, mailbox).problemName(), "none works for the new account");
        }
        assertEquals(0, codesOf(old.start.account()));
    }

    @Test
    void ofTwoCodesAtTheSameMomentOneTakesThePlace() throws Exception {
        Mailbox mailbox = mailbox();
        lost(mailbox);
        List<SignUp.Started> both = List.of(
                start(mailbox.resetCode(), mailbox).as(SignUp.Started.class),
                start(mailbox.resetCode(), mailbox).as(SignUp.Started.class));
        ResetTest.assertOneTakesThePlace(both, MailedResetCodesTest::confirm);
    }

    @Test
    void whoeverSignsInCancelsIt() throws InterruptedException {
        Mailbox mailbox = mailbox();
        Device device = lost(mailbox);
        Bytes code = mailbox.resetCode();
        SignUp.Started started = start(code, mailbox).as(SignUp.Started.class);
        SignIn.SessionOpened opened = signInWithRecoveryKey(device.start, false).as(SignIn.SessionOpened.class);
        assertEquals(true, opened.resetCancelled());
        assertEquals("403 reset-failed", confirm(started).problemName());
        assertEquals("403 reset-failed", start(code, mailbox).problemName());
        assertEquals(200, server.client().as(opened.token()).get("/v1/account").status());
    }

    /// Whoever asks at that moment may write the code when those that there were are cancelled already.
    @Test
    void oneThatIsWrittenWhileSomebodySignsInResetsNothing() throws Exception {
        Mailbox mailbox = mailbox();
        Device device = lost(mailbox);
        SignUp.Started started = start(mailbox.resetCode(), mailbox).as(SignUp.Started.class);
        server.execute("CREATE TABLE written_late AS SELECT *" + fromCodesOf(device.start.account()));
        SignIn.SessionOpened opened = signInWithRecoveryKey(device.start, false).as(SignIn.SessionOpened.class);
        server.execute("INSERT INTO mailed_reset_code SELECT * FROM written_late");
        server.execute("DROP TABLE written_late");
        assertEquals(1, codesOf(device.start.account()));
        assertEquals("403 reset-failed", confirm(started).problemName());
        assertEquals(200, server.client().as(opened.token()).get("/v1/account").status());
    }

    @Test
    void aCodeIsOfOneAddress() throws InterruptedException {
        Mailbox mailbox = mailbox();
        Device device = lost(mailbox);
        Mailbox other = mailbox();
        Device others = lost(other);
        assertEquals(201, mailbox.askForReset().status());
        String code = mailbox.take().resetCode();
        assertEquals("403 reset-failed", start(other.hash(code), other).problemName());
        assertEquals("403 reset-failed", start(mailbox.hash(code), other).problemName());
        assertEquals(200, signInWithRecoveryKey(device.start, false).status());
        assertEquals(200, signInWithRecoveryKey(others.start, false).status());
    }

    @Test
    void aKeyedHashOfTheCodeIsStoredAndNothingOfAnAddress() throws InterruptedException {
        Mailbox mailbox = mailbox();
        lost(mailbox);
        Mailbox nobody = mailbox();
        nobody.askForReset();
        nobody.take();
        assertEquals(201, mailbox.askForReset().status());
        String code = mailbox.take().resetCode();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Dump.print(server.settings().database(), new PrintStream(out, true, StandardCharsets.UTF_8));
        String dump = out.toString(StandardCharsets.UTF_8);
        assertTrue(dump.contains("\"mailed_reset_code\""), dump);
        assertFalse(dump.contains(code) || dump.contains(code.replace("-", "")));
        for (Mailbox known : List.of(mailbox, nobody)) {
            Bytes address = Bytes.copyOf(known.address().getBytes(StandardCharsets.UTF_8));
            for (Bytes secret : List.of(address, known.hashed(), mailbox.hash(code))) {
                assertFalse(dump.contains(secret.hex()) || dump.contains(secret.base64url()));
            }
            assertFalse(dump.contains(known.address()));
        }
    }

    @Test
    void theHashHasToBeThatOfTheAddress() {
        Mailbox mailbox = mailbox();
        assertEquals(
                "400 bad-request",
                server.client()
                        .post("/v1/reset/code", new MailedCodes.Ask(mailbox.address(), Device.bytes(32)))
                        .problemName());
        assertTrue(mails.isEmpty());
    }

    @Test
    void whereMailIsOffNobodyIsAsked() {
        try (TestServer off = TestServer.start(Backend.SQLITE)) {
            Device device = Device.signedUp(off);
            assertEquals(204, device.on(off).delete("/v1/session").status());
            assertEquals("404 not-found", mailbox().askForReset(off.client()).problemName());
            assertEquals(0, off.count("mailed_reset_code"));
        }
    }

    @Test
    void whereNobodyCanSignUpACodeIsMailed() throws InterruptedException {
        Path folder = TestServer.temporaryFolder();
        Settings open =
                TestServer.withMail(TestServer.settings(folder, Backend.SQLITE.fresh(folder), false), mails.setting());
        Settings closed = new Settings(
                open.data(),
                open.host(),
                open.port(),
                open.database(),
                open.keyring(),
                open.publicUrl(),
                open.rateLimits(),
                open.tls(),
                open.proxies(),
                false,
                open.smtp());
        TestTime time = new TestTime();
        Device device;
        try (Server first = Server.start(open, time, time.ticker());
                Client client = new Client(first.port())) {
            device = new Mailbox(mails, client, time, "member@example.org").signUp();
        }
        time.pass(Duration.ofDays(4));
        try (Server next = Server.start(closed, time, time.ticker());
                Client client = new Client(next.port())) {
            Mailbox mailbox = new Mailbox(mails, client, time, "member@example.org");
            assertEquals(device.start.hashedEmail(), mailbox.hashed());
            assertTrue(mailbox.askForReset().status() == 201 && mailbox.take().hasResetCode());
        }
        TestServer.delete(folder);
    }

    @Test
    void whileTheMailServerIsAwayNothingIsKeptAndItIsSaid() {
        MailServer away = MailServer.start();
        try (TestServer alone = TestServer.start(Backend.SQLITE, false, away.setting())) {
            away.close();
            Client.Answer answer = mailbox().askForReset(alone.client());
            assertEquals("503 mail-unavailable", answer.problemName());
            assertEquals(0, alone.countAll());
        }
    }

    /// The limits are those of mails, whatever they are for.
    @Test
    void mailIsLimitedAndWhatIsOverTheLimitMakesNoCode() throws InterruptedException {
        try (TestServer limited = TestServer.start(Backend.SQLITE, true, mails.setting())) {
            Mailbox victim = new Mailbox(mails, limited.client(), limited.time());
            Device device = victim.signUp();
            assertEquals(204, device.on(limited).delete("/v1/session").status());
            for (int i = 0; i < 3; i++) {
                assertEquals(201, victim.askForReset(from(limited, 1)).status());
                assertTrue(victim.take().hasResetCode());
            }
            assertEquals(
                    "429 too-many-requests",
                    victim.askForReset(from(limited, 1)).problemName());
            for (int i = 0; i < 6; i++) {
                assertEquals(201, victim.askForReset(from(limited, 2 + i)).status());
                assertTrue(victim.take().hasResetCode());
            }
            String own = "SELECT COUNT(*) FROM mailed_reset_code WHERE account IN (SELECT account FROM account)";
            assertEquals(9, limited.number(own));
            Client.Answer silent = victim.askForReset(from(limited, 20));
            assertEquals(201, silent.status(), "that others have asked does not show");
            assertEquals(9, limited.number(own), "what was not mailed is nobody's");
            assertEquals(10, limited.count("mailed_reset_code"));
            assertTrue(mails.isEmpty());
        }
    }

    private static Client from(TestServer limited, int network) {
        return limited.client().with("X-Forwarded-For", "192.0.2." + network);
    }

    @Test
    void whatHasExpiredIsSwept() throws Exception {
        Path folder = TestServer.temporaryFolder();
        Settings settings =
                TestServer.withMail(TestServer.settings(folder, backend.fresh(folder), false), mails.setting());
        TestTime time = new TestTime();
        try (Server swept = Server.start(settings, time, time.ticker(), Duration.ofMillis(20));
                Client client = new Client(swept.port())) {
            Mailbox nobody = new Mailbox(mails, client, time);
            assertEquals(201, nobody.askForReset().status());
            nobody.take();
            assertEquals(1, codes(settings));
            time.pass(Duration.ofMinutes(30));
            Patience.until(() -> codes(settings) == 0);
        }
        TestServer.delete(folder);
    }

    private static long codes(Settings settings) {
        return TestServer.number(settings, "SELECT COUNT(*) FROM mailed_reset_code");
    }
}
