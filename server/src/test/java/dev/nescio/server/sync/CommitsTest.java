package dev.nescio.server.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.Sync;
import dev.nescio.server.Backend;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Databases;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Many accounts in one transaction.
class CommitsTest {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int ACCOUNTS = 64;
    private static final int ROUNDS = 40;

    @TempDir
    Path folder;

    @Test
    void twoNodesThatAreAskedInOppositeOrdersDoNotWaitForEachOther() throws Exception {
        try (Database database = Databases.open(Backend.POSTGRESQL.fresh(folder));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Commits.Request> requests = new ArrayList<>();
            for (int i = 0; i < ACCOUNTS; i++) {
                AccountId account = AccountId.generate(RANDOM);
                database.write(transaction -> transaction
                        .handle()
                        .execute(
                                "INSERT INTO account VALUES (?, ?, 0, 1, '', '', '', '', '', '', 1, '')",
                                account.toArray(),
                                bytes(32).toArray()));
                Sync.ItemWrite item = new Sync.ItemWrite(ItemId.generate(RANDOM), 1, bytes(300));
                Sync.Commit commit = new Sync.Commit(new Counted(2, bytes(217)), List.of(item), null);
                requests.add(new Commits.Request(account, ContainerId.generate(RANDOM), commit));
            }
            List<Future<?>> nodes = new ArrayList<>();
            for (List<Commits.Request> order : List.of(requests, requests.reversed())) {
                nodes.add(threads.submit(() -> {
                    for (int i = 0; i < ROUNDS; i++) {
                        List<Outcome> outcomes = database.write(transaction -> Commits.write(transaction, order));
                        outcomes.forEach(outcome -> assertEquals(new Outcome.NotFound(), outcome));
                    }
                }));
            }
            for (Future<?> node : nodes) {
                node.get();
            }
        }
    }

    private static Bytes bytes(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return Bytes.copyOf(bytes);
    }
}
