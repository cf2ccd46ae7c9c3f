package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.AccessKeys;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.RotationId;
import dev.nescio.protocol.Rotations;
import dev.nescio.protocol.SecondFactors;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.Slots;
import dev.nescio.protocol.Sync;
import dev.nescio.protocol.Transport;
import dev.nescio.protocol.Versioned;
import dev.nescio.server.config.DatabaseSetting;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// H18: `kill -9` in the middle of each change of how an account is signed in to. Three accounts make each: one to its
/// end, one whose transaction is held at the last row that it writes, as counted of the first, and one that may be
/// anywhere when the server dies.
class KilledChangesTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    /// A connection of PostgreSQL is held by each, and the server has eight that write.
    private static final int HELD_AT_ONCE = 6;

    private static final List<Supplier<Changing>> CHANGES = List.of(
            Password::new,
            Recovery::new,
            Authenticator::new,
            BackupCodes::new,
            NewPasskey::new,
            PasskeyName::new,
            NoPasskey::new,
            NewAccessKey::new,
            NoAccessKey::new,
            AddedPassword::new,
            NoPassword::new,
            MasterKey::new);

    @TempDir
    Path folder;

    /// What is asked for.
    private record Request(String method, String path, Object body) {

        Client.Answer send(Client client) {
            return method.equals("PUT") ? client.put(path, body) : client.post(path, body);
        }
    }

    /// An account with a chat, two sessions, and something that it is about to change.
    private abstract static class Changing {

        Client server;
        AccountId account;
        long directory = 1;
        ContainerId chat;
        Request request;
        List<String> before;

        private Bytes token;
        private SignUp.NewSlot recovery;
        private Sync.ItemWrite item;

        /// @return what the account signs up with
        abstract SignIn.SessionOpened signUp();

        /// Asks for all but the change itself.
        abstract Request begin();

        /// Signs in with what there was before and what there is after it.
        ///
        /// @param changed whether the change happened
        abstract void assertWaysIn(boolean changed);

        final void arrive(Client client) {
            server = client;
            SignIn.SessionOpened session = signUp();
            account = session.account();
            token = session.token();
            Sync.NewContainer container = Device.container(1);
            chat = container.id();
            item = Device.item();
            own().post("/v1/domains/chats/containers", container).as(Sync.Committed.class);
            own().post("/v1/containers/" + chat.hex() + "/commits", Device.commit(2, item))
                    .as(Sync.Committed.class);
            assertEquals(200, byKey("/v1/signin/key", recovery));
            prepare();
        }

        void prepare() {}

        final void recoveredWith(SignUp.NewSlot slot) {
            recovery = slot;
        }

        final SignUp.NewSlot recovery() {
            return recovery;
        }

        final Client own() {
            return server.as(token);
        }

        final Counted next() {
            return new Counted(directory + 1, Device.bytes(473));
        }

        final void done(Client.Answer answer) {
            assertEquals(204, answer.status(), answer::text);
            directory++;
        }

        final int byKey(String path, SignUp.NewSlot slot) {
            return server.post(path, new SignIn.KeyAttempt(slot.id(), slot.lookupHash(), Transport.BEARER, false))
                    .status();
        }

        final Bytes challenge() {
            return server.send("POST", "/v1/passkeys/challenge", BodyPublishers.noBody())
                    .as(Passkeys.Challenge.class)
                    .challenge();
        }

        final int byPasskey(SoftAuthenticator authenticator, SignUp.NewSlot slot) {
            return server.post(
                            "/v1/signin/passkey",
                            new Passkeys.Attempt(
                                    authenticator.prove(challenge()), slot.lookupHash(), Transport.BEARER, false))
                    .status();
        }

        final void assertNowAt(boolean changed) {
            SignIn.Account shown = own().get("/v1/account").as(SignIn.Account.class);
            assertEquals(
                    changed && listsSlots() ? directory + 1 : directory,
                    shown.directory().counter(),
                    this::name);
            Sync.ContainerContent content =
                    own().get("/v1/containers/" + chat.hex()).as(Sync.ContainerContent.class);
            assertEquals(1, content.items().size(), this::name);
            assertEquals(item.id(), content.items().getFirst().id(), this::name);
            assertEquals(item.sealed(), content.items().getFirst().sealed(), this::name);
            assertWaysIn(changed);
            if (!(this instanceof Recovery) && !(this instanceof MasterKey)) {
                assertEquals(200, byKey("/v1/signin/key", recovery), this::name);
            }
        }

        /// Whether the directory says something of it.
        boolean listsSlots() {
            return true;
        }

        final String name() {
            return getClass().getSimpleName();
        }

        final void assertOnly(boolean changed, int before, int after) {
            assertEquals(changed ? 401 : 200, before, () -> name() + ": what there was before");
            assertEquals(changed ? 200 : 401, after, () -> name() + ": what there is after it");
        }
    }

    private abstract static class WithPassword extends Changing {

        Device device;
        private int code;

        @Override
        SignIn.SessionOpened signUp() {
            device = Device.signedUp(server, Clock.systemUTC());
            recoveredWith(device.start.recovery());
            return device.session;
        }

        final int byPassword(SignUp.NewSlot slot) {
            return server.post("/v1/signin", device.attemptWithBackupCode(slot, code++))
                    .status();
        }
    }

    private static final class Password extends WithPassword {

        private SignUp.NewSlot next;

        @Override
        Request begin() {
            next = Device.passwordSlot();
            return new Request("PUT", "/v1/slots/password", new Slots.Password(next, next(), true));
        }

        @Override
        void assertWaysIn(boolean changed) {
            assertOnly(changed, byPassword(device.start.slot()), byPassword(next));
        }
    }

    private static final class Recovery extends WithPassword {

        private SignUp.NewSlot next;

        @Override
        Request begin() {
            next = Device.recoverySlot();
            return new Request("PUT", "/v1/slots/recovery", new Slots.Recovery(next, next()));
        }

        @Override
        void assertWaysIn(boolean changed) {
            assertOnly(changed, byKey("/v1/signin/key", recovery()), byKey("/v1/signin/key", next));
        }
    }

    private static final class Authenticator extends WithPassword {

        private Bytes secret;

        @Override
        Request begin() {
            SecondFactors.Started started = own().send("POST", "/v1/totp/start", BodyPublishers.noBody())
                    .as(SecondFactors.Started.class);
            secret = started.totpSecret();
            return new Request(
                    "POST", "/v1/totp/confirm", new SecondFactors.Confirm(started.pending(), code(secret, 0)));
        }

        /// @param later steps from now
        private static String code(Bytes secret, int later) {
            return Device.code(secret, Clock.systemUTC().millis() / 30_000 + later);
        }

        @Override
        boolean listsSlots() {
            return false;
        }

        /// With codes of the next step, which is taken and was not used.
        @Override
        void assertWaysIn(boolean changed) {
            List<Integer> answers = Stream.of(device.totpSecret, secret)
                    .map(each -> server.post("/v1/signin", device.attempt(code(each, 1)))
                            .status())
                    .toList();
            assertOnly(changed, answers.getFirst(), answers.getLast());
        }
    }

    private static final class BackupCodes extends WithPassword {

        private List<Bytes> next;
        private int used;

        @Override
        Request begin() {
            next = Stream.generate(() -> Device.bytes(32)).limit(10).toList();
            return new Request("PUT", "/v1/backup-codes", new SecondFactors.BackupCodes(next));
        }

        @Override
        boolean listsSlots() {
            return false;
        }

        @Override
        void assertWaysIn(boolean changed) {
            assertOnly(changed, by(device.start.backupCodeHashes().get(used)), by(next.get(used)));
            used++;
        }

        private int by(Bytes hash) {
            return server.post(
                            "/v1/signin",
                            new SignIn.Attempt(
                                    device.start.hashedEmail(),
                                    device.start.slot().lookupHash(),
                                    null,
                                    hash,
                                    Transport.BEARER,
                                    false))
                    .status();
        }
    }

    private abstract static class WithPasskey extends WithPassword {

        SoftAuthenticator authenticator;
        SignUp.NewSlot slot;

        final Request passkey() {
            authenticator = new SoftAuthenticator();
            slot = authenticator.slot();
            return new Request(
                    "PUT", "/v1/slots/passkey", new Passkeys.Add(slot, authenticator.create(challenge()), next()));
        }

        @Override
        void prepare() {
            done(passkey().send(own()));
        }
    }

    private static final class NewPasskey extends WithPasskey {

        @Override
        void prepare() {}

        @Override
        Request begin() {
            return passkey();
        }

        @Override
        void assertWaysIn(boolean changed) {
            assertEquals(changed ? 200 : 401, byPasskey(authenticator, slot));
            assertEquals(200, byPassword(device.start.slot()));
        }
    }

    /// What a passkey is called is in the directory alone.
    private static final class PasskeyName extends WithPasskey {

        private Counted renamed;

        @Override
        Request begin() {
            renamed = next();
            return new Request("PUT", "/v1/directory", renamed);
        }

        @Override
        void assertWaysIn(boolean changed) {
            SignIn.Account shown = own().get("/v1/account").as(SignIn.Account.class);
            assertEquals(changed, renamed.equals(shown.directory()));
            assertEquals(200, byPasskey(authenticator, slot));
        }
    }

    private static final class NoPasskey extends WithPasskey {

        @Override
        Request begin() {
            return removal(slot.id(), next());
        }

        @Override
        void assertWaysIn(boolean changed) {
            assertEquals(changed ? 401 : 200, byPasskey(authenticator, slot));
            assertEquals(200, byPassword(device.start.slot()));
        }
    }

    private static Request removal(SlotId slot, Counted directory) {
        return new Request("POST", "/v1/slots/" + slot.hex() + "/remove", new Passkeys.Remove(directory, true));
    }

    private static final class NewAccessKey extends WithPassword {

        private SignUp.NewSlot slot;

        @Override
        Request begin() {
            slot = Device.accessSlot("chats:read", null);
            return new Request("PUT", "/v1/slots/access", new AccessKeys.Add(slot, next()));
        }

        @Override
        void assertWaysIn(boolean changed) {
            assertEquals(changed ? 200 : 401, byKey("/v1/signin/access", slot));
        }
    }

    /// Its session ends with it.
    private static final class NoAccessKey extends WithPassword {

        private SignUp.NewSlot slot;
        private Bytes token;

        @Override
        void prepare() {
            slot = Device.accessSlot("all", null);
            done(own().put("/v1/slots/access", new AccessKeys.Add(slot, next())));
            SignIn.KeyAttempt attempt = new SignIn.KeyAttempt(slot.id(), slot.lookupHash(), Transport.BEARER, false);
            token = server.post("/v1/signin/access", attempt)
                    .as(AccessKeys.Opened.class)
                    .token();
        }

        @Override
        Request begin() {
            return removal(slot.id(), next());
        }

        @Override
        void assertWaysIn(boolean changed) {
            assertEquals(changed ? 401 : 200, byKey("/v1/signin/access", slot));
            assertEquals(
                    changed ? 401 : 200, server.as(token).get("/v1/session").status());
        }
    }

    private static final class AddedPassword extends Changing {

        private Keyholder holder;
        private Keyholder.Begun begun;
        private int used;

        @Override
        SignIn.SessionOpened signUp() {
            holder = Keyholder.signedUp(server, Clock.systemUTC());
            recoveredWith(holder.request.recovery());
            return holder.session;
        }

        @Override
        Request begin() {
            holder.reaches(server);
            begun = holder.begin();
            return new Request(
                    "POST", "/v1/slots/password/confirm", begun.confirm(begun.code(Clock.systemUTC()), directory + 1));
        }

        @Override
        void assertWaysIn(boolean changed) {
            holder.reaches(server);
            assertEquals(
                    changed ? 200 : 401,
                    holder.signInWithBackupCode(begun, used++).status());
            assertEquals(200, holder.signInWithPasskey().status());
        }
    }

    private static final class NoPassword extends WithPasskey {

        @Override
        Request begin() {
            return removal(device.start.slot().id(), next());
        }

        @Override
        void assertWaysIn(boolean changed) {
            assertEquals(changed ? 401 : 200, byPassword(device.start.slot()));
            assertEquals(200, byPasskey(authenticator, slot));
        }
    }

    private static final class MasterKey extends WithPassword {

        private Rotations.Container staged;
        private SignUp.NewSlot next;

        @Override
        Request begin() {
            String rotation = "/v1/rotations/" + new RotationId(Device.bytes(16)).hex();
            staged = new Rotations.Container(
                    chat, Device.bytes(137), Device.bytes(137), new Counted(3, Device.bytes(217)));
            assertEquals(
                    204,
                    own().put(rotation + "/containers", new Rotations.Stage(List.of(staged)))
                            .status());
            next = Device.recoverySlot();
            Counted first = new Counted(1, Device.bytes(185));
            return new Request(
                    "POST",
                    rotation,
                    new Rotations.Complete(
                            List.of(new Rotations.KeptSlot(device.start.slot().id(), Device.bytes(137))),
                            next,
                            null,
                            Device.fresh().start.domainKeys(),
                            Device.keyPair(),
                            new Versioned(2, Device.bytes(201)),
                            new Rotations.Lists(new Counted(2, Device.bytes(185)), first, first, first),
                            first,
                            next()));
        }

        @Override
        void assertWaysIn(boolean changed) {
            assertOnly(changed, byKey("/v1/signin/key", recovery()), byKey("/v1/signin/key", next));
            assertEquals(200, byPassword(device.start.slot()));
            Sync.Container served = own().get("/v1/containers/" + chat.hex())
                    .as(Sync.ContainerContent.class)
                    .container();
            assertEquals(changed, staged.wrappedKey().equals(served.wrappedKey()));
            assertEquals(changed, staged.manifest().equals(served.manifest()));
        }
    }

    /// Counts the rows that are written of accounts, and stops a transaction at one of them for good.
    private abstract static class Held implements AutoCloseable {

        final List<String> tables;

        private final DatabaseSetting setting;
        private Connection connection;

        Held(DatabaseSetting setting) throws SQLException {
            this.setting = setting;
            this.connection = Backend.connect(setting);
            this.tables = tables(connection);
        }

        final void disconnect() throws SQLException {
            connection.close();
        }

        final void connect() throws SQLException {
            connection = Backend.connect(setting);
        }

        static Held of(DatabaseSetting setting) throws SQLException {
            return setting instanceof DatabaseSetting.Postgres ? new HeldByLock(setting) : new HeldByWork(setting);
        }

        final void execute(String sql) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }

        final long number(String query) throws SQLException {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(query)) {
                rows.next();
                return rows.getLong(1);
            }
        }

        abstract String hex(AccountId account);

        final void watch(Changing one, long held) throws SQLException {
            execute("INSERT INTO step (account, written, held) VALUES (" + hex(one.account) + ", 0, " + held + ")");
        }

        /// How many rows of it were written.
        final long written(Changing one) throws SQLException {
            return number("SELECT written FROM step WHERE account = " + hex(one.account));
        }

        /// All rows of an account, but for when its sessions were used last.
        final List<String> rows(Changing one) throws SQLException {
            List<String> rows = new ArrayList<>();
            try (Statement statement = connection.createStatement()) {
                for (String table : tables) {
                    String query = "SELECT * FROM " + table + " WHERE account = " + hex(one.account);
                    try (ResultSet found = statement.executeQuery(query)) {
                        while (found.next()) {
                            rows.add(row(table, found));
                        }
                    }
                }
            }
            return rows.stream().sorted().toList();
        }

        abstract void install() throws SQLException;

        /// Sends what is to stand, waits until it does, and has others on their way.
        abstract void stand(Runnable standing, Runnable others) throws SQLException, InterruptedException;

        abstract void remove() throws SQLException;

        @Override
        public void close() throws SQLException {
            disconnect();
        }
    }

    /// When a session was used is noted by the hour, whatever is asked for.
    private static String updates(String table) {
        return table.equals("session") ? "UPDATE OF proven_at" : "UPDATE";
    }

    /// All wait for one lock, which is the test's.
    private static final class HeldByLock extends Held {

        private static final long LOCK = 18;

        HeldByLock(DatabaseSetting setting) throws SQLException {
            super(setting);
        }

        @Override
        String hex(AccountId account) {
            return "decode('" + account.hex() + "', 'hex')";
        }

        @Override
        void install() throws SQLException {
            execute("CREATE TABLE step (account BYTEA PRIMARY KEY, written BIGINT NOT NULL, held BIGINT NOT NULL)");
            execute("""
                CREATE FUNCTION step() RETURNS trigger LANGUAGE plpgsql AS $$
                DECLARE
                    whose BYTEA;
                BEGIN
                    IF TG_OP = 'DELETE' THEN whose := OLD.account; ELSE whose := NEW.account; END IF;
                    UPDATE step SET written = written + 1 WHERE step.account = whose;
                    PERFORM pg_advisory_xact_lock_shared(%d) FROM step
                        WHERE step.account = whose AND step.written = step.held;
                    RETURN NULL;
                END $$
                """.formatted(LOCK));
            for (String table : tables) {
                execute("CREATE TRIGGER step AFTER INSERT OR " + updates(table) + " OR DELETE ON " + table
                        + " FOR EACH ROW EXECUTE FUNCTION step()");
            }
            execute("SELECT pg_advisory_lock(" + LOCK + ")");
        }

        @Override
        void stand(Runnable standing, Runnable others) throws SQLException, InterruptedException {
            standing.run();
            Instant end = Instant.now().plus(LONG);
            String waiting = "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database ="
                    + " (SELECT oid FROM pg_database WHERE datname = current_database())";
            while (number(waiting) < HELD_AT_ONCE) {
                assertTrue(Instant.now().isBefore(end), "they are not held");
                Thread.sleep(10);
            }
            others.run();
        }

        @Override
        void remove() throws SQLException {
            execute("SELECT pg_advisory_unlock(" + LOCK + ")");
            // One table at a time: all at once could wait for a sweep, and that for them.
            for (String table : tables) {
                execute("DROP TRIGGER step ON " + table);
            }
            execute("DROP FUNCTION step");
            execute("DROP TABLE step");
        }
    }

    /// There is one writer, which others queue up for. It is given more work than there is, in the last row of all.
    private static final class HeldByWork extends Held {

        private static final String WAIT = "PRAGMA busy_timeout = " + LONG.toMillis();

        HeldByWork(DatabaseSetting setting) throws SQLException {
            super(setting);
        }

        @Override
        String hex(AccountId account) {
            return "x'" + account.hex() + "'";
        }

        @Override
        void install() throws SQLException {
            execute(WAIT);
            execute("CREATE TABLE step (account BLOB PRIMARY KEY, written INTEGER NOT NULL, held INTEGER NOT NULL)");
            execute("CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                    + " SELECT i FROM n");
            for (String table : tables) {
                for (String event : List.of("INSERT", updates(table), "DELETE")) {
                    String whose = event.equals("DELETE") ? "OLD" : "NEW";
                    execute("CREATE TRIGGER step_" + table + '_' + event.substring(0, 6) + " AFTER " + event + " ON "
                            + table + " BEGIN UPDATE step SET written = written + 1 WHERE account = " + whose
                            + ".account; END");
                }
            }
            execute("CREATE TRIGGER step_held AFTER UPDATE ON step WHEN NEW.held > 0 AND (SELECT SUM(written) FROM step"
                    + " WHERE held > 0) >= (SELECT SUM(held) FROM step)"
                    + " BEGIN SELECT COUNT(*) FROM endless; END");
        }

        /// Nothing is written before all had time to queue up.
        @Override
        void stand(Runnable standing, Runnable others) throws SQLException, InterruptedException {
            execute("BEGIN IMMEDIATE");
            standing.run();
            others.run();
            Thread.sleep(300);
            execute("ROLLBACK");
            execute("PRAGMA busy_timeout = 500");
            Instant end = Instant.now().plus(LONG);
            while (isFree()) {
                assertTrue(Instant.now().isBefore(end), "the writer is not held");
                Thread.sleep(10);
            }
        }

        private boolean isFree() throws SQLException {
            try {
                execute("BEGIN IMMEDIATE");
            } catch (SQLException busy) {
                assertTrue(busy.getMessage().contains("SQLITE_BUSY"), busy::getMessage);
                return false;
            }
            execute("ROLLBACK");
            return true;
        }

        @Override
        void remove() throws SQLException {
            execute(WAIT);
            for (String table : tables) {
                for (String event : List.of("INSERT", "UPDATE", "DELETE")) {
                    execute("DROP TRIGGER IF EXISTS step_" + table + '_' + event);
                }
            }
            execute("DROP TABLE step");
            execute("DROP VIEW endless");
        }
    }

    /// Those of accounts.
    private static List<String> tables(Connection connection) throws SQLException {
        List<String> tables = new ArrayList<>();
        try (ResultSet found = connection.getMetaData().getColumns(null, null, "%", "account")) {
            while (found.next()) {
                tables.add(found.getString("TABLE_NAME"));
            }
        }
        assertTrue(tables.containsAll(List.of("account", "session", "item")), tables.toString());
        return tables;
    }

    private static String row(String table, ResultSet found) throws SQLException {
        StringBuilder row = new StringBuilder(table);
        for (int column = 1; column <= found.getMetaData().getColumnCount(); column++) {
            Object value = found.getObject(column);
            String name = found.getMetaData().getColumnName(column);
            if (!name.equals("seen_at")) {
                row.append(' ')
                        .append(name)
                        .append('=')
                        .append(
                                value instanceof byte[] octets
                                        ? Bytes.copyOf(octets).hex()
                                        : value);
            }
        }
        return row.toString();
    }

    /// How many rows of each table there are, and what the log tells: the same of all who made the same change.
    private static List<String> shape(List<String> rows) {
        return rows.stream()
                .map(row ->
                        row.startsWith("log_entry ") ? row.replaceAll(".* (kind=\\S+) .*", "$1") : row.split(" ", 2)[0])
                .sorted()
                .toList();
    }

    private static List<Changing> each(Client client) {
        List<Changing> all = CHANGES.stream().map(Supplier::get).toList();
        all.forEach(one -> one.arrive(client));
        return all;
    }

    private ServerProcess start(DatabaseSetting database) throws Exception {
        return ServerProcess.start(List.of(), folder, database, "--public-url", TestServer.URL.origin());
    }

    private static void begin(Held hold, List<Changing> all) throws SQLException {
        for (Changing one : all) {
            one.request = one.begin();
            one.before = hold.rows(one);
        }
    }

    /// Each in a thread of its own; notes which was acknowledged.
    private static List<Thread> send(List<Changing> all, Map<Changing, Integer> acknowledged) {
        return all.stream()
                .map(one -> Thread.ofVirtual().start(() -> {
                    try {
                        acknowledged.put(one, one.request.send(one.own()).status());
                    } catch (IllegalStateException killed) {
                        // As it was meant to be.
                    }
                }))
                .toList();
    }

    /// The others are on their way then.
    private static void awaitFirst(Map<Changing, Integer> acknowledged) throws InterruptedException {
        Instant end = Instant.now().plus(LONG);
        while (acknowledged.isEmpty()) {
            assertTrue(Instant.now().isBefore(end), "nothing goes on");
            Thread.sleep(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void killedInTheMiddleOfAnyChangeAnAccountIsAsItWasOrAsItWasToBe(Backend backend) throws Exception {
        DatabaseSetting database = backend.fresh(folder);
        List<Changing> whole;
        List<Changing> held;
        List<Changing> anywhere;
        List<List<String>> after = new ArrayList<>();
        List<Long> written = new ArrayList<>();
        ServerProcess server = start(database);
        try (Held hold = Held.of(database)) {
            whole = each(server.client());
            held = each(server.client());
            anywhere = each(server.client());
            hold.install();
            for (Changing one : whole) {
                // Right before it is sent: a code of an authenticator does not last long.
                begin(hold, List.of(one));
                hold.watch(one, 0);
                assertEquals(204, one.request.send(one.own()).status(), one::name);
                written.add(hold.written(one));
                assertTrue(written.getLast() > 1, () -> one.name() + " writes an entry of the log, too");
                after.add(hold.rows(one));
                assertNotEquals(one.before, after.getLast(), one::name);
            }
            hold.remove();
            for (int from = 0; from < held.size(); from += HELD_AT_ONCE) {
                List<Changing> standing = held.subList(from, from + HELD_AT_ONCE);
                List<Changing> moving = anywhere.subList(from, from + HELD_AT_ONCE);
                hold.install();
                begin(hold, standing);
                begin(hold, moving);
                for (int i = 0; i < HELD_AT_ONCE; i++) {
                    hold.watch(standing.get(i), written.get(from + i));
                }
                Map<Changing, Integer> acknowledged = new ConcurrentHashMap<>();
                List<Thread> threads = new ArrayList<>();
                hold.stand(
                        () -> threads.addAll(send(standing, acknowledged)),
                        () -> threads.addAll(send(moving, acknowledged)));
                if (backend == Backend.POSTGRESQL) {
                    awaitFirst(acknowledged);
                }
                if (backend == Backend.SQLITE) {
                    // So that nobody has the file open when the next server starts.
                    hold.disconnect();
                }
                server.kill();
                for (Thread thread : threads) {
                    thread.join();
                }
                server = start(database);
                if (backend == Backend.SQLITE) {
                    hold.connect();
                }
                hold.remove();
                Client client = server.client();
                Stream.of(whole, held, anywhere).flatMap(List::stream).forEach(one -> one.server = client);
                int undone = 0;
                for (int i = 0; i < 2 * HELD_AT_ONCE; i++) {
                    Changing one = (i < HELD_AT_ONCE ? standing : moving).get(i % HELD_AT_ONCE);
                    List<String> now = hold.rows(one);
                    boolean changed = !now.equals(one.before);
                    List<String> wanted = changed ? after.get(from + i % HELD_AT_ONCE) : one.before;
                    assertEquals(shape(wanted), shape(now), () -> one.name() + " in part");
                    assertEquals(acknowledged.get(one) == null ? null : 204, acknowledged.get(one), one::name);
                    assertTrue(changed || !acknowledged.containsKey(one), () -> one.name() + " was acknowledged");
                    one.assertNowAt(changed);
                    undone += !changed && standing.contains(one) ? 1 : 0;
                    if (!changed) {
                        one.request = one.begin();
                        assertEquals(204, one.request.send(one.own()).status(), one::name);
                        one.assertNowAt(true);
                    }
                }
                // SQLite's writer commits several together, and those that came late stand alone.
                assertTrue(undone == HELD_AT_ONCE || (backend == Backend.SQLITE && undone > 0), "held: " + undone);
            }
            for (int i = 0; i < whole.size(); i++) {
                Changing one = whole.get(i);
                assertEquals(after.get(i), hold.rows(one), one::name);
                one.request.send(one.own());
                assertEquals(after.get(i), hold.rows(one), () -> one.name() + ", asked for again");
                one.assertNowAt(true);
            }
        } finally {
            server.close();
        }
    }
}
