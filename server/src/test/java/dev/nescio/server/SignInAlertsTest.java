package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.AccessKeys;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.AccountLog;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.MailAlerts;
import dev.nescio.protocol.PairingId;
import dev.nescio.protocol.Pairings;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.Transport;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.v1.AssociatedData;
import dev.nescio.server.config.Settings;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Databases;
import dev.nescio.server.keyservice.KeyService;
import dev.nescio.server.keyservice.KeyringKeyService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Mails about sign-ins (spec, section 10.21), against a real mail server.
@ParameterizedClass
@EnumSource(Backend.class)
class SignInAlertsTest {

    private static final String ALERTS = "/v1/account/alerts";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String LOST = "nobody was mailed about a sign-in";

    private static MailServer mails;
    private static TestServer server;

    @Parameter
    Backend backend;

    private Person ada;

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

    @BeforeEach
    void signUp() throws InterruptedException {
        ada = Person.signedUp(server, mails);
    }

    /// As a server with mail on has it for an account.
    static void keepAddress(Settings settings, AccountId account) {
        try (Connection connection = Backend.connect(settings.database());
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO alert_address (account, sealed) VALUES (?, ?)")) {
            insert.setBytes(1, account.bytes().toArray());
            insert.setBytes(2, Device.bytes(137).toArray());
            insert.execute();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Somebody whose address is known.
    private record Person(TestServer server, Device device, String address) {

        static Person signedUp(TestServer server, MailServer mails) throws InterruptedException {
            Mailbox mailbox = new Mailbox(mails, server.client(), server.time());
            return new Person(server, mailbox.signUp(), mailbox.address());
        }

        Client own() {
            return device.on(server);
        }

        Client.Answer turnOn(String where) {
            return own().put(ALERTS, new MailAlerts.TurnOn(where));
        }

        void turnOn() {
            assertEquals(204, turnOn(address).status());
        }

        boolean isOn() {
            return own().get(ALERTS).as(MailAlerts.State.class).on();
        }

        Client.Answer tryRecoveryKey() {
            return server.client()
                    .post(
                            "/v1/signin/key",
                            new SignIn.KeyAttempt(
                                    device.start.recovery().id(),
                                    device.start.recovery().lookupHash(),
                                    Transport.BEARER,
                                    false));
        }

        SessionId signIn() {
            return tryRecoveryKey().as(SignIn.SessionOpened.class).session();
        }

        List<AccountLog.Entry> log() {
            return own().get("/v1/account/log").as(AccountLog.Page.class).entries();
        }

        /// The sessions that the address was used for.
        List<SessionId> uses() {
            return log().stream()
                    .filter(entry -> entry.kind().equals(LogKind.ALERT_ADDRESS_USED.text()))
                    .map(AccountLog.Entry::session)
                    .toList();
        }
    }

    /// The next mail about a sign-in is lost, and that is logged.
    private static void awaitLoss(LoggedLines lines) throws Exception {
        Patience.until(() -> !lines.with(LOST).isEmpty());
        assertEquals(1, lines.with(LOST).size());
    }

    private static LoggedLines linesOfAlerts() {
        return new LoggedLines("dev.nescio.server.account.SignInAlerts");
    }

    private void assertTold(SessionId session) throws InterruptedException {
        MailServer.Mail mail = mails.take();
        assertEquals(ada.address(), mail.to());
        assertTrue(mail.text().contains("A new sign-in"), mail.text());
        assertEquals(session, ada.uses().getLast(), "the entry was there before the mail");
    }

    @Test
    void theyAreOffUntilTheyAreTurnedOnAndAgainWhenTheyAreTurnedOff() {
        assertFalse(ada.isOn());
        assertEquals("404 not-found", ada.own().delete(ALERTS).problemName());
        ada.turnOn();
        assertTrue(ada.isOn());
        ada.turnOn();
        assertEquals(204, ada.own().delete(ALERTS).status());
        assertFalse(ada.isOn());
        SessionId own = ada.device().session.session();
        assertEquals(
                List.of("mail-alerts-on", "mail-alerts-on", "mail-alerts-off"),
                ada.log().stream().skip(1).map(AccountLog.Entry::kind).toList());
        assertTrue(ada.log().stream().allMatch(entry -> own.equals(entry.session())));
        ada.signIn();
        assertEquals(List.of(), ada.uses());
        assertTrue(mails.isEmpty());
    }

    @Test
    void everySignInOfAPersonIsToldOnce() throws InterruptedException {
        SoftAuthenticator authenticator = new SoftAuthenticator();
        SignUp.NewSlot passkey = authenticator.slot();
        assertEquals(
                204,
                ada.own()
                        .put(
                                "/v1/slots/passkey",
                                new Passkeys.Add(
                                        passkey, authenticator.create(challenge()), new Counted(2, Device.bytes(473))))
                        .status());
        ada.turnOn();
        server.time().pass(Duration.ofSeconds(30));
        Device device = ada.device();
        SignIn.SessionOpened byPassword = server.client()
                .post("/v1/signin", device.attempt(device.code(server.time())))
                .as(SignIn.SessionOpened.class);
        assertTold(byPassword.session());
        assertTold(ada.signIn());
        SignIn.SessionOpened byPasskey = server.client()
                .post(
                        "/v1/signin/passkey",
                        new Passkeys.Attempt(
                                authenticator.prove(challenge()), passkey.lookupHash(), Transport.BEARER, false))
                .as(SignIn.SessionOpened.class);
        assertTold(byPasskey.session());
        assertTold(paired());
        assertTrue(mails.isEmpty(), "one mail each");
        assertEquals(4, ada.uses().size());
    }

    private static Bytes challenge() {
        return server.client()
                .send("POST", "/v1/passkeys/challenge", BodyPublishers.noBody())
                .as(Passkeys.Challenge.class)
                .challenge();
    }

    private SessionId paired() {
        PairingId pairing = new PairingId(Device.bytes(16));
        Bytes secret = Device.bytes(32);
        Pairings.Share share = new Pairings.Share(Device.bytes(32), Device.bytes(32));
        server.client()
                .post("/v1/pairings/start", new Pairings.Start(pairing, Device.bytes(32), Device.sha256(secret)));
        ada.own().post("/v1/pairings/answer", new Pairings.Answer(pairing, share));
        server.client().post("/v1/pairings/reveal", new Pairings.Reveal(pairing, secret, share));
        ada.own().post("/v1/pairings/approve", new Pairings.Approve(pairing, Device.bytes(Pairings.SEALED)));
        return server.client()
                .post("/v1/pairings/collect", new Pairings.Collect(pairing, secret, Transport.BEARER, false))
                .as(Pairings.Collected.class)
                .session();
    }

    @Test
    void theMailSaysInWhichHourAndHoldsNoLinkAndNoSecret() throws InterruptedException {
        ada.turnOn();
        SignIn.SessionOpened opened = ada.tryRecoveryKey().as(SignIn.SessionOpened.class);
        String mail = mails.take().text();
        String body = mail.split("\r\n\r\n", 2)[1];
        assertTrue(body.contains("your account on " + TestServer.URL.rpId()), body);
        assertTrue(body.matches("(?s).*on \\d{1,2} [A-Z][a-z]+ \\d{4} between \\d\\d:00 and \\d\\d:00 UTC\\..*"), body);
        assertTrue(body.contains("nescio sessions list"), body);
        for (String absent : List.of(
                "://",
                "www.",
                "127.0.0.1",
                opened.token().base64url(),
                opened.session().hex(),
                ada.device().start.account().hex())) {
            assertFalse(body.contains(absent), absent);
        }
    }

    @Test
    void aScriptIsNotTold() throws InterruptedException {
        SignUp.NewSlot slot = Device.accessSlot("all", null);
        assertEquals(
                204,
                ada.own()
                        .put("/v1/slots/access", new AccessKeys.Add(slot, new Counted(2, Device.bytes(473))))
                        .status());
        ada.turnOn();
        AccessKeys.Opened script = server.client()
                .post("/v1/signin/access", new SignIn.KeyAttempt(slot.id(), slot.lookupHash(), Transport.BEARER, false))
                .as(AccessKeys.Opened.class);
        Client own = server.client().as(script.token());
        assertTrue(own.get(ALERTS).as(MailAlerts.State.class).on());
        assertEquals("403 scope-refused", own.delete(ALERTS).problemName());
        assertEquals(
                "403 scope-refused",
                own.put(ALERTS, new MailAlerts.TurnOn(ada.address())).problemName());
        assertTold(ada.signIn());
        assertTrue(mails.isEmpty());
        assertEquals(1, ada.uses().size());
    }

    @Test
    void whoHasNotAskedIsToldNothing() throws InterruptedException {
        Person other = Person.signedUp(server, mails);
        ada.turnOn();
        other.signIn();
        assertTold(ada.signIn());
        assertTrue(mails.isEmpty());
        assertEquals(List.of(), other.uses());
    }

    @Test
    void noAddressIsTakenButThatOfTheAccount() throws InterruptedException {
        Person other = Person.signedUp(server, mails);
        long rows = server.countAll();
        for (String address : List.of(other.address(), "stranger@example.org", "x" + ada.address())) {
            assertEquals("400 bad-request", ada.turnOn(address).problemName());
        }
        for (String address : List.of(
                "a b@example.org",
                ada.address() + "\\r\\nBcc: x@example.org",
                ada.address().toUpperCase(java.util.Locale.ROOT),
                "")) {
            assertEquals(
                    "400 bad-request",
                    ada.own()
                            .with("Content-Type", "application/json")
                            .send("PUT", ALERTS, BodyPublishers.ofString("{\"address\":\"" + address + "\"}"))
                            .problemName(),
                    address);
        }
        assertEquals(rows, server.countAll());
        assertFalse(ada.isOn());
    }

    @Test
    void bothNeedAFreshProofAndAskingNeedsASession() {
        ada.turnOn();
        server.time().pass(Duration.ofMinutes(5));
        assertEquals("403 proof-required", ada.turnOn(ada.address()).problemName());
        assertEquals("403 proof-required", ada.own().delete(ALERTS).problemName());
        assertTrue(ada.isOn());
        assertEquals("401 session-required", server.client().get(ALERTS).problemName());
    }

    /// The server knows whose request it is; when its body comes, the session may do it no more.
    @Test
    void aBodyThatComesTooLateTurnsNothingOn() throws IOException {
        byte[] body = Json.STRICT.writeValueAsBytes(new MailAlerts.TurnOn(ada.address()));
        try (Socket held = held(body.length)) {
            server.time().pass(Duration.ofMinutes(5));
            assertTrue(answer(held, body).contains("urn:nescio:problem:proof-required"));
        }
        ada.device().session = ada.tryRecoveryKey().as(SignIn.SessionOpened.class);
        try (Socket held = held(body.length)) {
            assertEquals(204, ada.own().delete("/v1/session").status());
            assertTrue(answer(held, body).contains("urn:nescio:problem:session-required"));
        }
        ada.device().session = ada.tryRecoveryKey().as(SignIn.SessionOpened.class);
        try (Socket held = held(body.length)) {
            assertTrue(answer(held, body).startsWith("HTTP/1.1 204 "), "in time it does");
            assertTrue(ada.isOn());
        }
        assertEquals(
                1,
                ada.log().stream()
                        .filter(entry -> entry.kind().equals(LogKind.MAIL_ALERTS_ON.text()))
                        .count());
    }

    private Socket held(int length) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        String head = """
                PUT %s HTTP/1.1
                Host: a
                Authorization: Bearer %s
                Content-Type: application/json
                Content-Length: %d
                Expect: 100-continue
                Connection: close

                """.formatted(ALERTS, ada.device().session.token().base64url(), length);
        socket.getOutputStream().write(head.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
        StringBuilder line = new StringBuilder();
        while (!line.toString().endsWith("\r\n\r\n")) {
            int octet = socket.getInputStream().read();
            assertTrue(octet >= 0, line::toString);
            line.append((char) octet);
        }
        assertTrue(line.toString().startsWith("HTTP/1.1 100 Continue"), line::toString);
        return socket;
    }

    private static String answer(Socket held, byte[] body) throws IOException {
        held.getOutputStream().write(body);
        return new String(held.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void whereMailIsOffNobodyTurnsThemOn() {
        try (TestServer off = TestServer.start(backend)) {
            String address = "somebody@example.org";
            Bytes hashed = Device.sha256(Bytes.copyOf(address.getBytes(StandardCharsets.UTF_8)));
            Device device = Device.fresh(hashed, null).signUp(off.client(), off.time());
            Client own = device.on(off);
            assertFalse(own.get(ALERTS).as(MailAlerts.State.class).on());
            assertEquals(
                    "404 not-found",
                    own.put(ALERTS, new MailAlerts.TurnOn(address)).problemName());
            assertEquals("404 not-found", own.delete(ALERTS).problemName());
            keepAddress(off.settings(), device.start.account());
            assertTrue(own.get(ALERTS).as(MailAlerts.State.class).on(), "kept since mail was on");
            assertEquals(204, own.delete(ALERTS).status());
            assertEquals(0, off.count("alert_address"));
        }
    }

    @Test
    void tenAreSentInADayAndMoreSignInsAreAnsweredAsEver() throws InterruptedException {
        try (MailServer own = MailServer.start();
                TestServer limited = TestServer.start(backend, true, own.setting())) {
            Person person = Person.signedUp(limited, own);
            person.turnOn();
            for (int i = 0; i < 10; i++) {
                person.signIn();
                assertEquals(person.address(), own.take().to());
            }
            person.signIn();
            assertEquals(10, person.uses().size());
            limited.time().pass(Duration.ofDays(1));
            SessionId last = person.signIn();
            assertEquals(person.address(), own.take().to());
            assertTrue(own.isEmpty());
            person.device().session = person.tryRecoveryKey().as(SignIn.SessionOpened.class);
            assertEquals(12, person.uses().size());
            assertEquals(last, person.uses().get(10));
        }
    }

    @Test
    void whileTheMailServerIsAwaySignInsAreAnsweredAndTheirMailsAreLost() throws Exception {
        MailServer away = MailServer.start();
        int port = away.setting().port();
        try (TestServer alone = TestServer.start(backend, false, away.setting());
                LoggedLines lines = linesOfAlerts()) {
            Person person = Person.signedUp(alone, away);
            person.turnOn();
            away.close();
            SessionId lost = person.signIn();
            awaitLoss(lines);
            assertEquals(List.of(), lines.with(person.address()));
            try (MailServer back = MailServer.startAt(port)) {
                SessionId session = person.signIn();
                assertEquals(person.address(), back.take().to());
                assertTrue(back.isEmpty(), "what was lost is not sent later");
                assertEquals(List.of(lost, session), person.uses());
            }
        }
    }

    /// Whoever has stolen a credential, and is quick.
    @Test
    void turningThemOffAtOnceDoesNotKeepTheMailAboutTheSignInBack() throws InterruptedException {
        ada.turnOn();
        SignIn.SessionOpened thief = ada.tryRecoveryKey().as(SignIn.SessionOpened.class);
        assertEquals(204, server.client().as(thief.token()).delete(ALERTS).status());
        assertTold(thief.session());
        assertFalse(ada.isOn());
    }

    /// No entry, no use.
    @Test
    void withoutAnEntryTheAddressIsNotUsed() throws Exception {
        ada.turnOn();
        server.execute(
                backend == Backend.SQLITE
                        ? "CREATE TRIGGER no_use BEFORE INSERT ON log_entry WHEN NEW.kind = 'alert-address-used'"
                                + " BEGIN SELECT RAISE(ABORT, 'no'); END"
                        : "ALTER TABLE log_entry ADD CONSTRAINT no_use CHECK (kind <> 'alert-address-used') NOT VALID");
        try {
            assertEquals("500 internal", ada.tryRecoveryKey().problemName(), "nor a session");
        } finally {
            server.execute(
                    backend == Backend.SQLITE ? "DROP TRIGGER no_use" : "ALTER TABLE log_entry DROP CONSTRAINT no_use");
        }
        assertTold(ada.signIn());
        assertTrue(mails.isEmpty());
        assertEquals(1, ada.uses().size());
    }

    // ---- what a thief has -------------------------------------------------------------------------------------------

    private static Bytes sealed(AccountId account) throws SQLException {
        try (Connection connection = Backend.connect(server.settings().database());
                PreparedStatement select =
                        connection.prepareStatement("SELECT sealed FROM alert_address WHERE account = ?")) {
            select.setBytes(1, account.bytes().toArray());
            try (ResultSet row = select.executeQuery()) {
                assertTrue(row.next());
                return Bytes.copyOf(row.getBytes(1));
            }
        }
    }

    private static AssociatedData place(AccountId account) {
        return new AssociatedData("server/alert-address", account, null, null, null, "address", 1);
    }

    @Test
    void theDatabaseAloneTellsNoAddress(@TempDir Path folder) throws Exception {
        ada.turnOn();
        String hex =
                Bytes.copyOf(ada.address().getBytes(StandardCharsets.UTF_8)).hex();
        List<String> rows = rows();
        assertTrue(rows.size() > 10, rows.toString());
        assertTrue(rows.stream().noneMatch(row -> row.contains(ada.address()) || row.contains(hex)));
        AccountId account = ada.device().start.account();
        Bytes envelope = sealed(account);
        try (KeyService other = KeyringKeyService.open(folder.resolve("keyring"), false, new SecureRandom())) {
            assertThrows(RejectedException.class, () -> other.open(place(account), envelope), "another keyring");
        }
    }

    @Test
    void withTheKeyringTheAddressOfAnAccountOpensForItAloneAndForThisAlone() throws Exception {
        ada.turnOn();
        AccountId account = ada.device().start.account();
        AccountId other = new AccountId(Device.bytes(16));
        Bytes envelope = sealed(account);
        try (Database database = Databases.open(server.settings().database());
                KeyService keys = Server.openKeys(server.settings(), database)) {
            assertEquals(
                    ada.address(),
                    new String(keys.open(place(account), envelope).toArray(), StandardCharsets.UTF_8));
            assertThrows(RejectedException.class, () -> keys.open(place(other), envelope));
            AssociatedData secret =
                    new AssociatedData("server/pending-totp-secret", account, null, null, null, "secret", 1);
            assertThrows(RejectedException.class, () -> keys.open(secret, envelope));
        }
    }

    @Test
    void anAddressThatWasPutInAnothersPlaceIsMailedNothing() throws Exception {
        Person other = Person.signedUp(server, mails);
        ada.turnOn();
        other.turnOn();
        Bytes ofAda = sealed(ada.device().start.account());
        put(sealed(other.device().start.account()), ada.device().start.account());
        SessionId session;
        try (LoggedLines lines = linesOfAlerts()) {
            session = ada.signIn();
            awaitLoss(lines);
        }
        assertTrue(mails.isEmpty());
        put(ofAda, ada.device().start.account());
        assertTold(ada.signIn());
        assertEquals(session, ada.uses().getFirst(), "the entry was there before it did not open");
    }

    private static void put(Bytes sealed, AccountId account) throws SQLException {
        try (Connection connection = Backend.connect(server.settings().database());
                PreparedStatement update =
                        connection.prepareStatement("UPDATE alert_address SET sealed = ? WHERE account = ?")) {
            update.setBytes(1, sealed.toArray());
            update.setBytes(2, account.bytes().toArray());
            assertEquals(1, update.executeUpdate());
        }
    }

    /// All rows of all tables, bytes as hexadecimal digits.
    private static List<String> rows() throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = Backend.connect(server.settings().database());
                ResultSet tables =
                        connection.getMetaData().getTables(null, connection.getSchema(), "%", new String[] {"TABLE"});
                Statement statement = connection.createStatement()) {
            while (tables.next()) {
                try (ResultSet found = statement.executeQuery("SELECT * FROM " + tables.getString("TABLE_NAME"))) {
                    while (found.next()) {
                        rows.add(row(found));
                    }
                }
            }
        }
        return rows;
    }

    private static String row(ResultSet found) throws SQLException {
        StringBuilder row = new StringBuilder();
        for (int column = 1; column <= found.getMetaData().getColumnCount(); column++) {
            Object value = found.getObject(column);
            row.append(' ')
                    .append(
                            value instanceof byte[] octets
                                    ? Bytes.copyOf(octets).hex()
                                    : value);
        }
        return row.toString();
    }
}
