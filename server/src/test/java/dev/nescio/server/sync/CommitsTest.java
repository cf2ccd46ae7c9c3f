package dev.nescio.server.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.Sync;
import dev.nescio.protocol.Versioned;
import dev.nescio.server.Backend;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Databases;
import dev.nescio.server.session.Sessions;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Many accounts in one transaction.
class CommitsTest {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int ACCOUNTS = 64;
    private static final int ROUNDS = 40;
    private static final long NOW = 1000;

    @TempDir
    Path folder;

    static AccountId account(Database database) {
        AccountId account = AccountId.generate(RANDOM);
        database.write(transaction -> transaction
                .handle()
                .createUpdate("INSERT INTO account (account, address_hmac, created_at, directory_counter, directory,"
                        + " chats_key, apps_key, emails_key, embeds_key, profile_key, profile_version, profile)"
                        + " VALUES (:account, :hmac, 0, 1, :sealed, :sealed, :sealed, :sealed, :sealed, :sealed, 1,"
                        + " :sealed)")
                .bind("account", account.bytes())
                .bind("hmac", bytes(32))
                .bind("sealed", bytes(137))
                .execute());
        return account;
    }

    static SessionId session(Database database, AccountId account, long expiresAt) {
        SessionId session = SessionId.generate(RANDOM);
        database.write(transaction -> transaction
                .handle()
                .execute(
                        "INSERT INTO session (account, session, token_hash, created_at, expires_at)"
                                + " VALUES (?, ?, ?, 0, ?)",
                        account.toArray(),
                        session.toArray(),
                        bytes(32).toArray(),
                        expiresAt));
        return session;
    }

    private static ContainerId container(Database database, AccountId account) {
        return container(database, account, 0);
    }

    static ContainerId container(Database database, AccountId account, long position) {
        ContainerId id = ContainerId.generate(RANDOM);
        database.write(transaction -> {
            long sequence = SequenceTable.next(transaction, List.of(account)).get(account);
            ContainerTable.insert(
                    transaction,
                    account,
                    new Sync.Container(
                            id,
                            Domain.CHATS,
                            position,
                            sequence,
                            bytes(137),
                            new Versioned(1, bytes(200)),
                            new Counted(1, bytes(217)),
                            0));
            return id;
        });
        return id;
    }

    static Sync.Commit commit() {
        return new Sync.Commit(
                new Counted(2, bytes(217)), List.of(new Sync.ItemWrite(ItemId.generate(RANDOM), 1, bytes(300))), null);
    }

    @Test
    void twoNodesThatAreAskedInOppositeOrdersDoNotWaitForEachOther() throws Exception {
        try (Database database = Databases.open(Backend.POSTGRESQL.fresh(folder));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Commits.Request> requests = new ArrayList<>();
            for (int i = 0; i < ACCOUNTS; i++) {
                AccountId account = account(database);
                requests.add(new Commits.Request(
                        account, session(database, account, NOW + 1), ContainerId.generate(RANDOM), commit()));
            }
            List<Future<?>> nodes = new ArrayList<>();
            for (List<Commits.Request> order : List.of(requests, requests.reversed())) {
                nodes.add(threads.submit(() -> {
                    for (int i = 0; i < ROUNDS; i++) {
                        List<Outcome> outcomes = database.write(transaction -> Commits.write(transaction, order, NOW));
                        outcomes.forEach(outcome -> assertEquals(new Outcome.NotFound(), outcome));
                    }
                }));
            }
            for (Future<?> node : nodes) {
                node.get();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void oneOfASessionThatHasEndedIsRefusedAndItsNeighboursAreWritten(Backend backend) {
        try (Database database = Databases.open(backend.fresh(folder))) {
            AccountId ada = account(database);
            AccountId bob = account(database);
            ContainerId adas = container(database, ada);
            ContainerId bobs = container(database, bob);
            SessionId live = session(database, ada, NOW + 1);
            SessionId over = session(database, ada, NOW);
            List<Commits.Request> requests = List.of(
                    new Commits.Request(ada, over, adas, commit()),
                    new Commits.Request(bob, live, bobs, commit()),
                    new Commits.Request(bob, session(database, bob, NOW + 1), bobs, commit()),
                    new Commits.Request(ada, SessionId.generate(RANDOM), ContainerId.generate(RANDOM), commit()),
                    new Commits.Request(ada, live, adas, commit()));
            List<Outcome> outcomes = database.write(transaction -> Commits.write(transaction, requests, NOW));
            assertEquals(
                    List.of(
                            new Outcome.SessionEnded(),
                            new Outcome.SessionEnded(),
                            new Outcome.Written(2, Domain.CHATS),
                            new Outcome.SessionEnded(),
                            new Outcome.Written(2, Domain.CHATS)),
                    outcomes);
        }
    }

    /// Else somebody could be told that a session is over, and it writes.
    @Test
    void whoeverEndsASessionWaitsForItsCommit() throws Exception {
        try (Database database = Databases.open(Backend.POSTGRESQL.fresh(folder));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            AccountId ada = account(database);
            Commits.Request request =
                    new Commits.Request(ada, session(database, ada, NOW + 1), container(database, ada), commit());
            Sessions sessions =
                    new Sessions(database, Clock.systemUTC(), RANDOM, SyncRows::take, over -> {}, changed -> {});
            CountDownLatch written = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            Future<List<Outcome>> commit = threads.submit(() -> database.write(transaction -> {
                List<Outcome> outcomes = Commits.write(transaction, List.of(request), NOW);
                written.countDown();
                await(goOn);
                return outcomes;
            }));
            await(written);
            Future<List<SessionId>> end =
                    threads.submit(() -> database.write(transaction -> sessions.removeAll(transaction, ada)));
            assertThrows(TimeoutException.class, () -> end.get(500, TimeUnit.MILLISECONDS));
            goOn.countDown();
            assertEquals(List.of(new Outcome.Written(2, Domain.CHATS)), commit.get());
            assertEquals(List.of(request.session()), end.get());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static Bytes bytes(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return Bytes.copyOf(bytes);
    }
}
