package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Sync;
import dev.nescio.server.config.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two servers on one PostgreSQL. Each takes the rows of many accounts in one transaction.
class TwoNodesTest {

    private static final int ACCOUNTS = 24;
    private static final int ROUNDS = 20;

    @TempDir
    Path folder;

    @Test
    void ofTwoCommitsWithOneCounterOneWins() throws Exception {
        Settings settings = TestServer.settings(folder, Backend.POSTGRESQL.fresh(folder), false);
        TestTime time = new TestTime();
        try (Server first = Server.start(settings, time, time.ticker());
                Server second = Server.start(settings, time, time.ticker());
                Client ofFirst = new Client(first.port());
                Client ofSecond = new Client(second.port());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<List<Integer>>> accounts = new ArrayList<>();
            for (int i = 0; i < ACCOUNTS; i++) {
                Device device = Device.signedUp(ofFirst, time);
                Sync.NewContainer container = Device.container(1);
                String path = "/v1/containers/" + container.id().hex() + "/commits";
                Bytes token = device.session.token();
                List<Client> nodes = List.of(ofFirst.as(token), ofSecond.as(token));
                nodes.getFirst().post("/v1/domains/chats/containers", container).as(Sync.Committed.class);
                accounts.add(() -> race(threads, nodes, path));
            }
            for (Future<List<Integer>> statuses : threads.invokeAll(accounts)) {
                for (int status : statuses.get()) {
                    assertEquals(200 + 409, status);
                }
            }
        }
    }

    /// Both nodes get a commit with the same counter at the same time, again and again.
    ///
    /// @return the sum of their statuses in each round
    private static List<Integer> race(ExecutorService threads, List<Client> nodes, String path) throws Exception {
        List<Integer> sums = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            long counter = 2L + round;
            List<Callable<Integer>> tries = nodes.stream()
                    .<Callable<Integer>>map(node -> () -> node.post(path, Device.commit(counter, Device.item()))
                            .status())
                    .toList();
            int sum = 0;
            for (Future<Integer> status : threads.invokeAll(tries)) {
                sum += status.get();
            }
            sums.add(sum);
        }
        return sums;
    }
}
