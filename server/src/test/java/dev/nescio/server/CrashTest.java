package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.Resets;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.Slots;
import dev.nescio.protocol.Sync;
import dev.nescio.protocol.Transport;
import dev.nescio.server.config.DatabaseSetting;
import dev.nescio.server.config.Settings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// `kill -9` in the middle of many writes: the next start needs no repair, no acknowledged write is lost, and
/// no commit is there in part.
class CrashTest {

    private static final int WRITERS = 8;
    private static final int ITEMS = 3;

    @TempDir
    Path folder;

    private final Map<ContainerId, Queue<ItemId>> acknowledged = new ConcurrentHashMap<>();

    @ParameterizedTest
    @EnumSource
    void killedServerKeepsWhatItAcknowledged(Backend backend) throws Exception {
        DatabaseSetting database = backend.fresh(folder);
        Device device;
        List<ContainerId> containers = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            try (ServerProcess server = ServerProcess.start(List.of(), folder, database)) {
                device = Device.signedUp(server.client(), Clock.systemUTC());
                Client client = server.client().as(device.session.token());
                containers.clear();
                for (int i = 0; i < WRITERS; i++) {
                    Sync.NewContainer container = Device.container(1L + i);
                    client.post("/v1/domains/chats/containers", container).as(Sync.Committed.class);
                    containers.add(container.id());
                }
                List<Thread> writers = containers.stream()
                        .map(id -> Thread.ofVirtual().start(() -> writeUntilKilled(client, id)))
                        .toList();
                int before = allAcknowledged();
                Patience.until(() -> allAcknowledged() >= before + 3 * WRITERS * ITEMS);
                server.kill();
                for (Thread writer : writers) {
                    writer.join();
                }
            }
            try (ServerProcess server = ServerProcess.start(List.of(), folder, database)) {
                Client client = server.client().as(device.session.token());
                for (ContainerId id : containers) {
                    assertNothingLost(client, id);
                }
                server.terminate();
            }
        }
    }

    private int allAcknowledged() {
        return acknowledged.values().stream().mapToInt(Queue::size).sum();
    }

    /// A password that was or may have been put in place when the server was killed.
    private static final class Changing {

        private final Device device;
        private SignUp.NewSlot acknowledged;
        private volatile Slots.Password begun;

        Changing(Device device) {
            this.device = device;
            this.acknowledged = device.start.slot();
        }

        void untilKilled(Client client) {
            for (long counter = 2; ; counter++) {
                Counted directory = new Counted(counter, Device.bytes(473));
                begun = new Slots.Password(Device.passwordSlot(), directory, counter % 2 == 0);
                try {
                    assertEquals(204, client.put("/v1/slots/password", begun).status());
                } catch (IllegalStateException killed) {
                    return;
                }
                acknowledged = begun.slot();
            }
        }

        /// How many were acknowledged.
        long changes() {
            return begun == null ? 0 : begun.directory().counter() - 2;
        }

        void assertExactlyOneOpensTheAccount(Client client) {
            List<SignIn.SessionOpened> opened = Stream.of(acknowledged, begun.slot())
                    .distinct()
                    .map(slot -> client.post("/v1/signin", device.attemptWithBackupCode(slot, 0)))
                    .filter(answer -> answer.status() == 200)
                    .map(answer -> answer.as(SignIn.SessionOpened.class))
                    .toList();
            assertEquals(1, opened.size(), "passwords that open the account");
            boolean changed = opened.getFirst().slot().equals(begun.slot().id());
            assertEquals(
                    changed,
                    opened.getFirst().directory().equals(begun.directory()),
                    "the directory is that of the password");
            assertEquals(
                    204,
                    client.as(opened.getFirst().token())
                            .put(
                                    "/v1/slots/password",
                                    new Slots.Password(
                                            Device.passwordSlot(),
                                            new Counted(
                                                    opened.getFirst()
                                                                    .directory()
                                                                    .counter()
                                                            + 1,
                                                    Device.bytes(473)),
                                            true))
                            .status(),
                    "and its second factor still opens");
        }
    }

    /// A password that is added and removed in turns. Directories of even counters list one.
    private static final class Toggling {

        private final Keyholder holder;
        private final List<Keyholder.Begun> added = new ArrayList<>();
        private final AtomicLong acknowledged = new AtomicLong(1);

        Toggling(Keyholder holder) {
            this.holder = holder;
        }

        void untilKilled() {
            try {
                while (true) {
                    Keyholder.Begun begun = holder.begin();
                    added.add(begun);
                    String code = begun.code(Clock.systemUTC());
                    assertEquals(
                            204,
                            holder.confirm(begun, code, acknowledged.get() + 1).status());
                    acknowledged.incrementAndGet();
                    SlotId slot = begun.start().slot().id();
                    assertEquals(
                            204, holder.remove(slot, acknowledged.get() + 1).status());
                    acknowledged.incrementAndGet();
                }
            } catch (IllegalStateException killed) {
                // As it was meant to be.
            }
        }

        void assertAllOfThePasswordOrNothing(Client client) {
            holder.reaches(client);
            long counter = holder.account().directory().counter();
            assertTrue(
                    counter == acknowledged.get() || counter == acknowledged.get() + 1,
                    counter + " after " + acknowledged + " was acknowledged");
            assertEquals(200, holder.signInWithPasskey().status());
            for (int i = Math.max(0, added.size() - 3); i < added.size(); i++) {
                // Directory 2 lists the first one, directory 4 the second.
                boolean there = counter == 2L * (i + 1);
                Keyholder.Begun begun = added.get(i);
                assertEquals(there, holder.slots().contains(begun.start().slot().id()));
                assertEquals(
                        there ? 200 : 401, holder.signInWithBackupCode(begun, 0).status());
            }
        }
    }

    /// H18.
    @Test
    void killedDuringAdditionsAndRemovalsAPasswordIsThereAsAWholeOrNotAtAll() throws Exception {
        for (int round = 0; round < 3; round++) {
            List<Toggling> all = new ArrayList<>();
            try (ServerProcess server = ServerProcess.start(folder, "--public-url", TestServer.URL.origin())) {
                for (int i = 0; i < WRITERS; i++) {
                    all.add(new Toggling(Keyholder.signedUp(server.client(), Clock.systemUTC())));
                }
                List<Thread> threads = all.stream()
                        .map(one -> Thread.ofVirtual().start(one::untilKilled))
                        .toList();
                Patience.until(() ->
                        all.stream().mapToLong(one -> one.acknowledged.get()).sum() > 3L * WRITERS);
                server.kill();
                for (Thread thread : threads) {
                    thread.join();
                }
            }
            try (ServerProcess server = ServerProcess.start(folder, "--public-url", TestServer.URL.origin())) {
                all.forEach(one -> one.assertAllOfThePasswordOrNothing(server.client()));
                server.terminate();
            }
        }
    }

    /// H18. A deletion that was acknowledged stays, one that was not happened as a whole or not at all, and the next
    /// server goes on with the rows.
    @Test
    void killedDuringDeletionsEachAccountIsWholeOrGone() throws Exception {
        List<Device> all = new ArrayList<>();
        Set<Device> deleted = ConcurrentHashMap.newKeySet();
        Map<Device, ContainerId> containers = new HashMap<>();
        try (ServerProcess server = ServerProcess.start(folder)) {
            for (int i = 0; i < 4 * WRITERS; i++) {
                Device device = Device.signedUp(server.client(), Clock.systemUTC());
                Client own = server.client().as(device.session.token());
                Sync.NewContainer container = Device.container(1);
                own.post("/v1/domains/chats/containers", container).as(Sync.Committed.class);
                own.post(
                                "/v1/containers/" + container.id().hex() + "/commits",
                                Device.commit(2, Device.item(), Device.item()))
                        .as(Sync.Committed.class);
                containers.put(device, container.id());
                all.add(device);
            }
            CountDownLatch first = new CountDownLatch(WRITERS);
            List<Thread> threads = all.stream()
                    .map(device -> Thread.ofVirtual().start(() -> {
                        try {
                            Client own = server.client().as(device.session.token());
                            assertEquals(204, own.delete("/v1/account").status());
                            deleted.add(device);
                            first.countDown();
                        } catch (IllegalStateException killed) {
                            // As it was meant to be.
                        }
                    }))
                    .toList();
            assertTrue(first.await(5, TimeUnit.MINUTES));
            server.kill();
            for (Thread thread : threads) {
                thread.join();
            }
        }
        DatabaseSetting database = new DatabaseSetting.Sqlite(folder.resolve("nescio.db"));
        Clock later = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(16));
        try (Server server = Server.start(
                TestServer.settings(folder, database, false), later, Ticker.systemTicker(), Duration.ofMillis(20))) {
            Client client = new Client(server.port());
            long whole = 0;
            for (Device device : all) {
                Client own = client.as(device.session.token());
                boolean there = own.get("/v1/account").status() == 200;
                assertEquals(
                        there,
                        client.post("/v1/signin", device.attemptWithBackupCode(0))
                                        .status()
                                == 200);
                assertFalse(there && deleted.contains(device), "what was acknowledged is so");
                if (there) {
                    whole++;
                    assertEquals(
                            2,
                            own.get("/v1/containers/" + containers.get(device).hex())
                                    .as(Sync.ContainerContent.class)
                                    .items()
                                    .size());
                }
            }
            long left = whole;
            Patience.until(() -> rows(database, "account") == left);
            assertEquals(whole, rows(database, "container"));
            assertEquals(2 * whole, rows(database, "item"));
        }
    }

    /// H18. Of each address the old account opens or the new one, never both and never none.
    @Test
    void killedDuringResetsEachAddressHasTheOldAccountOrTheNewOne() throws Exception {
        record Reset(Device old, SignUp.Start anew, SignUp.Started started) {}
        List<Reset> all = new ArrayList<>();
        Set<Reset> done = ConcurrentHashMap.newKeySet();
        DatabaseSetting database = new DatabaseSetting.Sqlite(folder.resolve("nescio.db"));
        try (ServerProcess server = ServerProcess.start(folder, "--rate-limits", "off")) {
            Settings settings = TestServer.settings(folder, database, false);
            for (int i = 0; i < 4 * WRITERS; i++) {
                Device old = Device.signedUp(server.client(), Clock.systemUTC());
                Bytes code = Device.bytes(32);
                ResetTest.expect(settings, Clock.systemUTC(), old.start.hashedEmail(), code);
                if (i % 2 == 1) {
                    ResetTest.asIfMailed(settings, true);
                }
                SignUp.Start anew = ResetTest.anew(old.start.hashedEmail());
                SignUp.Started started = server.client()
                        .post("/v1/reset/start", new Resets.Start(code, anew))
                        .as(SignUp.Started.class);
                all.add(new Reset(old, anew, started));
            }
            CountDownLatch first = new CountDownLatch(WRITERS);
            List<Thread> threads = all.stream()
                    .map(reset -> Thread.ofVirtual().start(() -> {
                        try {
                            String code = Device.code(
                                    reset.started().totpSecret(),
                                    Clock.systemUTC().millis() / 30_000);
                            SignUp.Confirm confirm =
                                    new SignUp.Confirm(reset.started().signup(), code, Transport.BEARER, false);
                            assertEquals(
                                    201,
                                    server.client()
                                            .post("/v1/reset/confirm", confirm)
                                            .status());
                            done.add(reset);
                            first.countDown();
                        } catch (IllegalStateException killed) {
                            // As it was meant to be.
                        }
                    }))
                    .toList();
            assertTrue(first.await(5, TimeUnit.MINUTES));
            server.kill();
            for (Thread thread : threads) {
                thread.join();
            }
        }
        try (ServerProcess server = ServerProcess.start(folder, "--rate-limits", "off")) {
            Client client = server.client();
            for (Reset reset : all) {
                boolean old = opens(client, reset.old().start);
                assertEquals(!old, opens(client, reset.anew()));
                assertEquals(
                        old,
                        client.as(reset.old().session.token())
                                        .get("/v1/account")
                                        .status()
                                == 200);
                assertFalse(old && done.contains(reset), "what was acknowledged is so");
            }
        }
    }

    private static boolean opens(Client client, SignUp.Start account) {
        boolean byCode = client.post(
                                "/v1/signin",
                                new SignIn.Attempt(
                                        account.hashedEmail(),
                                        account.slot().lookupHash(),
                                        null,
                                        account.backupCodeHashes().getFirst(),
                                        Transport.BEARER,
                                        false))
                        .status()
                == 200;
        boolean byKey = client.post(
                                "/v1/signin/key",
                                new SignIn.KeyAttempt(
                                        account.recovery().id(),
                                        account.recovery().lookupHash(),
                                        Transport.BEARER,
                                        false))
                        .status()
                == 200;
        assertEquals(byCode, byKey);
        return byCode;
    }

    private static long rows(DatabaseSetting database, String table) throws SQLException {
        try (Connection connection = Backend.connect(database);
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
            found.next();
            return found.getLong(1);
        }
    }

    /// H18.
    @Test
    void killedDuringChangesOfPasswordsExactlyOneOpensEachAccount() throws Exception {
        List<Changing> all = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            all.clear();
            try (ServerProcess server = ServerProcess.start(folder)) {
                for (int i = 0; i < WRITERS; i++) {
                    all.add(new Changing(Device.signedUp(server.client(), Clock.systemUTC())));
                }
                List<Thread> threads = all.stream()
                        .map(changing -> Thread.ofVirtual()
                                .start(() ->
                                        changing.untilKilled(server.client().as(changing.device.session.token()))))
                        .toList();
                Patience.until(() -> all.stream().mapToLong(Changing::changes).sum() >= 2L * WRITERS);
                server.kill();
                for (Thread thread : threads) {
                    thread.join();
                }
            }
            try (ServerProcess server = ServerProcess.start(folder)) {
                all.forEach(changing -> changing.assertExactlyOneOpensTheAccount(server.client()));
                server.terminate();
            }
        }
    }

    private void writeUntilKilled(Client client, ContainerId id) {
        Queue<ItemId> done = acknowledged.computeIfAbsent(id, same -> new ConcurrentLinkedQueue<>());
        for (long counter = 2; ; counter++) {
            Sync.Commit commit = Device.commit(counter, Device.item(), Device.item(), Device.item());
            try {
                client.post("/v1/containers/" + id.hex() + "/commits", commit).as(Sync.Committed.class);
            } catch (IllegalStateException killed) {
                return;
            }
            commit.items().forEach(item -> done.add(item.id()));
        }
    }

    private void assertNothingLost(Client client, ContainerId id) {
        Set<ItemId> stored = new HashSet<>();
        long after = 0;
        Sync.ContainerContent page;
        do {
            page = client.get("/v1/containers/" + id.hex() + "?after=" + after).as(Sync.ContainerContent.class);
            page.items().forEach(item -> stored.add(item.id()));
            after = page.items().isEmpty() ? after : page.items().getLast().sequence();
        } while (page.more());
        assertTrue(stored.containsAll(acknowledged.get(id)), "an acknowledged item is missing");
        assertEquals(0, stored.size() % ITEMS, "commits are whole");
        assertEquals(stored.size(), page.container().itemCount());
        assertEquals(1 + stored.size() / ITEMS, page.container().manifest().counter());
    }
}
