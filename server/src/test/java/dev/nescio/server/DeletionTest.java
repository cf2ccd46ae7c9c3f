package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.AccessKeys;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Devices;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.Rotations;
import dev.nescio.protocol.Scope;
import dev.nescio.protocol.SecondFactors;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.Sync;
import dev.nescio.protocol.Transport;
import dev.nescio.server.config.Settings;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Databases;
import dev.nescio.server.keyservice.KeyService;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Deleting an account (spec, section 10.15): what opens it first, then every row.
@ParameterizedClass
@EnumSource(Backend.class)
class DeletionTest {

    private static final Duration SOON = Duration.ofMillis(20);
    private static final Duration NEVER = Duration.ofDays(1);
    private static final Duration LAST_REQUESTS = Duration.ofMinutes(15);

    @Parameter
    Backend backend;

    private final TestTime time = new TestTime();
    private Path folder;
    private Settings settings;
    private Server server;
    private Client client;

    @BeforeEach
    void begin() {
        folder = TestServer.temporaryFolder();
        settings = TestServer.settings(folder, backend.fresh(folder), false);
        start(NEVER);
    }

    private void start(Duration sweep) {
        server = Server.start(settings, time, time.ticker(), sweep);
        client = new Client(server.port());
    }

    private void restart(Duration sweep) {
        server.close();
        start(sweep);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
        TestServer.delete(folder);
    }

    /// An account that has a row in every table.
    private final class Full {

        private final Device device;
        private final SoftAuthenticator authenticator = new SoftAuthenticator();
        private final SignUp.NewSlot passkey = authenticator.slot();
        private final Sync.NewContainer container = Device.container(1);
        private final Sync.Commit commit = Device.commit(
                2,
                Stream.generate(() -> Device.item(ItemId.generate(new SecureRandom()), 1))
                        .limit(256)
                        .toArray(Sync.ItemWrite[]::new));

        Full() {
            device = Device.signedUp(client, time);
            Client own = own();
            assertEquals(
                    204,
                    own.put(
                                    "/v1/slots/passkey",
                                    new Passkeys.Add(
                                            passkey,
                                            authenticator.create(challenge()),
                                            new Counted(2, Device.bytes(473))))
                            .status());
            own.post("/v1/domains/chats/containers", container).as(Sync.Committed.class);
            own.post("/v1/domains/apps/containers", Device.container(1)).as(Sync.Committed.class);
            own.post("/v1/containers/" + container.id().hex() + "/commits", commit)
                    .as(Sync.Committed.class);
            assertEquals(
                    204,
                    own.put("/v1/devices", new Counted(1, Device.bytes(300))).status());
            SignUp.NewSlot accessKey = SignUp.NewSlot.of(
                    SignIn.Slot.access(
                            new SlotId(Device.bytes(16)),
                            Scope.parse("chats:read"),
                            null,
                            null,
                            null,
                            Device.bytes(201)),
                    Device.bytes(32));
            assertEquals(
                    204,
                    own.put("/v1/slots/access", new AccessKeys.Add(accessKey, new Counted(3, Device.bytes(473))))
                            .status());
            Rotations.Container rotated = new Rotations.Container(
                    container.id(), Device.bytes(137), Device.bytes(137), new Counted(3, Device.bytes(217)));
            assertEquals(
                    204,
                    own.put(
                                    "/v1/rotations/" + Device.bytes(16).hex() + "/containers",
                                    new Rotations.Stage(List.of(rotated)))
                            .status());
            Devices.Renewed renewed = own.send("POST", "/v1/session/renew", BodyPublishers.noBody())
                    .as(Devices.Renewed.class);
            device.session = withToken(device.session, renewed.token());
            assertEquals(200, own().get("/v1/session").status());
            ResetTest.expect(settings, time, device.start.hashedEmail(), Device.bytes(32));
            SignInAlertsTest.keepAddress(settings, device.start.account());
            ResetTest.asIfMailed(settings, false);
        }

        private static SignIn.SessionOpened withToken(SignIn.SessionOpened session, Bytes token) {
            return new SignIn.SessionOpened(
                    session.account(),
                    session.session(),
                    token,
                    session.expiresAt(),
                    session.slots(),
                    session.slot(),
                    session.directory(),
                    session.domainKeys(),
                    session.keyPair(),
                    session.profile());
        }

        Client own() {
            return client.as(device.session.token());
        }

        AccountId id() {
            return device.start.account();
        }

        Client.Answer delete() {
            return own().delete("/v1/account");
        }

        Client.Answer byPassword() {
            time.pass(Duration.ofSeconds(30));
            return client.post("/v1/signin", device.attempt(device.code(time)));
        }

        Client.Answer byRecoveryKey() {
            return client.post(
                    "/v1/signin/key",
                    new SignIn.KeyAttempt(
                            device.start.recovery().id(),
                            device.start.recovery().lookupHash(),
                            Transport.BEARER,
                            false));
        }

        Client.Answer byPasskey() {
            return client.post(
                    "/v1/signin/passkey",
                    new Passkeys.Attempt(
                            authenticator.prove(challenge()), passkey.lookupHash(), Transport.BEARER, false));
        }

        void assertNobodySignsIn() {
            for (Client.Answer answer : List.of(
                    byPassword(),
                    byRecoveryKey(),
                    byPasskey(),
                    client.post("/v1/signin", device.attemptWithBackupCode(1)))) {
                assertEquals("401 sign-in-failed", answer.problemName());
            }
        }
    }

    private Bytes challenge() {
        return client.send("POST", "/v1/passkeys/challenge", BodyPublishers.noBody())
                .as(Passkeys.Challenge.class)
                .challenge();
    }

    // ---- what the database holds ------------------------------------------------------------------------------------

    private Set<String> tables() throws SQLException {
        Set<String> tables = new TreeSet<>();
        try (Connection connection = Backend.connect(settings.database());
                ResultSet found =
                        connection.getMetaData().getTables(null, connection.getSchema(), "%", new String[] {"TABLE"})) {
            while (found.next()) {
                tables.add(found.getString("TABLE_NAME"));
            }
        }
        tables.removeIf(name -> name.startsWith("flyway") || name.startsWith("sqlite"));
        return tables;
    }

    /// How many rows of each table are of an account.
    private Map<String, Long> rowsOf(AccountId account) throws SQLException {
        Map<String, Long> rows = new TreeMap<>();
        String id = backend == Backend.SQLITE ? "x'" + account.hex() + "'" : "'\\x" + account.hex() + "'";
        for (String table : tables()) {
            rows.put(table, number("SELECT COUNT(*) FROM " + table + " WHERE account = " + id));
        }
        return rows;
    }

    private Map<String, Long> rows() throws SQLException {
        Map<String, Long> rows = new TreeMap<>();
        for (String table : tables()) {
            rows.put(table, number("SELECT COUNT(*) FROM " + table));
        }
        return rows;
    }

    private long number(String query) throws SQLException {
        try (Connection connection = Backend.connect(settings.database());
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(query)) {
            found.next();
            return found.getLong(1);
        }
    }

    private void assertSoonNothingIsLeft(AccountId account) throws Exception {
        Patience.until(() -> !hasRows(account));
    }

    private boolean hasRows(AccountId account) throws SQLException {
        return rowsOf(account).values().stream().anyMatch(count -> count > 0);
    }

    // ---- tests ------------------------------------------------------------------------------------------------------

    @Test
    void everyTableIsEmptiedOfTheAccountAndOfNoOther() throws Exception {
        restart(SOON);
        Full other = new Full();
        Map<String, Long> before = rows();
        Full full = new Full();
        assertTrue(
                rowsOf(full.id()).values().stream().allMatch(count -> count > 0),
                () -> "an account that has something everywhere: " + full.id());
        assertEquals(204, full.delete().status());
        time.pass(LAST_REQUESTS);
        assertSoonNothingIsLeft(full.id());
        assertEquals(before, rows());
        assertEquals(200, other.own().get("/v1/account").status());
        assertEquals(200, other.byPasskey().status());
        full.assertNobodySignsIn();
    }

    @Test
    void whatOpensItGoesFirst() throws Exception {
        Full full = new Full();
        Bytes second = full.byRecoveryKey().as(SignIn.SessionOpened.class).token();
        String stored = text("SELECT * FROM account");
        assertEquals(204, full.delete().status());
        Map<String, Long> rows = rowsOf(full.id());
        for (String table : List.of(
                "password_slot",
                "recovery_slot",
                "passkey_slot",
                "backup_code",
                "session",
                "device_list",
                "reset_code",
                "alert_address",
                "mailed_reset_code")) {
            assertEquals(0, rows.get(table), table);
        }
        assertEquals(0, number("SELECT COUNT(*) FROM spent_token"));
        assertEquals(256, rows.get("item"), "they are sealed under keys that are gone");
        String left = text("SELECT * FROM account");
        for (Bytes secret : List.of(
                full.device.start.directory(),
                full.device.start.profile(),
                full.device.start.domainKeys().chats(),
                full.device.start.domainKeys().apps(),
                full.device.start.domainKeys().emails(),
                full.device.start.domainKeys().embeds(),
                full.device.start.domainKeys().profile(),
                full.device.start.keyPair().privateKey())) {
            assertFalse(left.contains(secret.hex()), left);
        }
        assertNotEquals(stored, left);
        assertTrue(stored.contains(full.device.start.domainKeys().chats().hex()), stored);
        assertEquals(401, full.own().get("/v1/session").status());
        assertEquals(401, client.as(second).get("/v1/session").status());
        full.assertNobodySignsIn();
        assertEquals("401 session-required", full.delete().problemName());
    }

    private String text(String query) throws SQLException {
        StringBuilder text = new StringBuilder();
        try (Connection connection = Backend.connect(settings.database());
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(query)) {
            while (found.next()) {
                for (int column = 1; column <= found.getMetaData().getColumnCount(); column++) {
                    Object value = found.getObject(column);
                    text.append(
                            value instanceof byte[] octets
                                    ? Bytes.copyOf(octets).hex()
                                    : String.valueOf(value));
                    text.append('\n');
                }
            }
        }
        return text.toString();
    }

    @Test
    void theAddressIsFreeAtOnceAndLooksUnknown() throws Exception {
        Full full = new Full();
        Bytes address = full.device.start.hashedEmail();
        assertEquals(204, full.delete().status());
        SignIn.LookupAnswer looked =
                client.post("/v1/signin/lookup", new SignIn.Lookup(address)).as(SignIn.LookupAnswer.class);
        assertNotEquals(full.device.start.slot().salt(), looked.salt());
        SignUp.Start again = Device.fresh().start;
        SignUp.Start start = new SignUp.Start(
                again.account(),
                address,
                again.slot(),
                again.recovery(),
                again.domainKeys(),
                again.keyPair(),
                again.profile(),
                again.directory(),
                again.backupCodeHashes());
        SignUp.Started started = client.post("/v1/signup/start", start).as(SignUp.Started.class);
        String code = Device.code(started.totpSecret(), time.millis() / 30_000);
        SignIn.SessionOpened opened = client.post(
                        "/v1/signup/confirm", new SignUp.Confirm(started.signup(), code, Transport.BEARER, false))
                .as(SignIn.SessionOpened.class);
        restart(SOON);
        time.pass(LAST_REQUESTS);
        assertSoonNothingIsLeft(full.id());
        assertEquals(200, client.as(opened.token()).get("/v1/account").status());
        full.assertNobodySignsIn();
    }

    @Test
    void needsAFreshProof() {
        Full full = new Full();
        time.pass(Duration.ofMinutes(5));
        assertEquals("403 proof-required", full.delete().problemName());
        assertEquals(200, full.byPassword().status());
        assertEquals(
                204,
                full.own()
                        .post(
                                "/v1/session/proof",
                                new SignIn.Proof(
                                        full.device.start.recovery().lookupHash(),
                                        null,
                                        null,
                                        full.device.start.recovery().id()))
                        .status());
        assertEquals(204, full.delete().status());
    }

    @Test
    void goesOnAfterARestartAndItsRowGoesLast() throws Exception {
        Full full = new Full();
        assertEquals(204, full.delete().status());
        restart(SOON);
        Patience.until(() ->
                rowsOf(full.id()).values().stream().mapToLong(count -> count).sum() <= 1);
        Thread.sleep(SOON.multipliedBy(10));
        assertEquals(1, rowsOf(full.id()).get("account"), "requests of before may still be under way");
        time.pass(LAST_REQUESTS.minusSeconds(1));
        Thread.sleep(SOON.multipliedBy(10));
        assertTrue(hasRows(full.id()));
        time.pass(Duration.ofSeconds(1));
        assertSoonNothingIsLeft(full.id());
    }

    /// The keyring is compared with any slot, and an account that is being deleted has none.
    @Test
    void aServerStartsThatHoldsNothingElse() {
        Full full = new Full();
        assertEquals(204, full.delete().status());
        restart(NEVER);
        full.assertNobodySignsIn();
        new Full();
        restart(NEVER);
    }

    /// A session that was there when the request began, and the account gone when it is written.
    @Test
    void aRequestOfBeforeWritesNothing() throws Exception {
        client.close();
        server.close();
        Interruption interruption = new Interruption();
        Database database = Databases.open(settings.database());
        KeyService keys = Server.openKeys(settings, database);
        server = Server.start(settings, interruption.in(database), keys, time, time.ticker());
        client = new Client(server.port());
        Full full = new Full();
        Client own = full.own();
        interruption.beforeTransaction(() -> assertEquals(204, full.delete().status()));
        assertEquals(
                "401 session-required",
                own.post("/v1/containers/" + full.container.id().hex() + "/commits", Device.commit(3, Device.item()))
                        .problemName());
        Full second = new Full();
        Client ofSecond = second.own();
        interruption.beforeTransaction(() -> assertEquals(204, second.delete().status()));
        assertEquals(
                "401 session-required",
                ofSecond.put("/v1/devices", new Counted(1, Device.bytes(300))).problemName());
        Full third = new Full();
        Client ofThird = third.own();
        interruption.beforeTransaction(() -> assertEquals(204, third.delete().status()));
        assertEquals(
                "401 session-required",
                ofThird.put("/v1/backup-codes", new SecondFactors.BackupCodes(third.device.start.backupCodeHashes()))
                        .problemName());
        assertEquals(0, rowsOf(second.id()).get("device_list"));
        restart(SOON);
        time.pass(LAST_REQUESTS);
        for (Full each : List.of(full, second, third)) {
            assertSoonNothingIsLeft(each.id());
        }
    }

    /// Many accounts at once, each with more rows than a batch.
    @Test
    void manyAreDeletedAtOnce() throws Exception {
        List<Full> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(new Full());
            assertEquals(204, all.getLast().delete().status());
        }
        restart(SOON);
        time.pass(LAST_REQUESTS);
        for (Full full : all) {
            assertSoonNothingIsLeft(full.id());
        }
        assertEquals(0, rows().values().stream().mapToLong(count -> count).sum());
    }

    /// SQLite's own files. What is deleted is overwritten where it stands, and the log is cut; where SQLite had moved a
    /// row before, an earlier copy may stay in the unused part of a page until the file is made anew.
    @Test
    void theFilesHoldNoKeyOfItAndNothingWhenTheyAreMadeAnew() throws Exception {
        if (backend != Backend.SQLITE) {
            return;
        }
        restart(SOON);
        Full full = new Full();
        List<Bytes> keys = List.of(
                full.device.start.profile(),
                full.device.start.domainKeys().chats(),
                full.device.start.domainKeys().profile(),
                full.device.start.keyPair().privateKey(),
                full.container.wrappedKey(),
                full.authenticator.credentialId);
        List<Bytes> items =
                full.commit.items().stream().map(Sync.ItemWrite::sealed).toList();
        assertSoonInFiles(keys);
        assertSoonInFiles(items);
        assertEquals(204, full.delete().status());
        time.pass(LAST_REQUESTS);
        assertSoonNothingIsLeft(full.id());
        // The log is cut a little later than the last row goes.
        Patience.until(() -> keys.stream().noneMatch(this::inFiles)
                && items.stream().filter(this::inFiles).count() < items.size() / 10);
        server.close();
        try (Connection connection = Backend.connect(settings.database());
                Statement statement = connection.createStatement()) {
            statement.execute("VACUUM");
        }
        assertEquals(List.of(), items.stream().filter(this::inFiles).toList());
        assertFalse(inFiles(full.id().bytes()));
        start(NEVER);
    }

    /// The log may be moved into the file between reading the one and the other.
    private void assertSoonInFiles(List<Bytes> sought) throws Exception {
        Patience.until(() -> sought.stream().allMatch(this::inFiles));
    }

    private boolean inFiles(Bytes secret) {
        String sought = new String(secret.toArray(), StandardCharsets.ISO_8859_1);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(sought)) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
