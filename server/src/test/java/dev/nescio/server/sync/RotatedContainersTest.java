package dev.nescio.server.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.RotationId;
import dev.nescio.protocol.Rotations;
import dev.nescio.protocol.SessionId;
import dev.nescio.server.Backend;
import dev.nescio.server.config.DatabaseSetting;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Databases;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What waits for a rotation, while others work on the same rows. On PostgreSQL, since SQLite has one writer.
@Timeout(180)
class RotatedContainersTest {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final long NOW = Duration.ofDays(1).toMillis();
    private static final long TWO_HOURS = Duration.ofHours(2).toMillis();

    @TempDir
    Path folder;

    private DatabaseSetting setting;
    private Database database;
    private AccountId account;
    private SessionId session;
    private final RotationId rotation = RotationId.generate(RANDOM);

    @BeforeEach
    void open() {
        setting = Backend.POSTGRESQL.fresh(folder);
        database = Databases.open(setting);
        account = CommitsTest.account(database);
        session = CommitsTest.session(database, account, NOW + 1);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private boolean stage(long now, ContainerId... containers) {
        List<Rotations.Container> all = Stream.of(containers)
                .map(id -> new Rotations.Container(
                        id, CommitsTest.bytes(137), CommitsTest.bytes(137), new Counted(2, CommitsTest.bytes(217))))
                .toList();
        return database.write(
                transaction -> RotatedContainers.stage(transaction, account, session, rotation, all, now));
    }

    private long staged() {
        return database.query(transaction -> transaction
                .handle()
                .createQuery("SELECT COUNT(*) FROM rotated_container")
                .mapTo(Long.class)
                .one());
    }

    private Object sweep() {
        return database.write(transaction -> {
            RotatedContainers.sweep(transaction, database.dialect(), NOW);
            return null;
        });
    }

    private static int take(Statement statement, ContainerId container) throws SQLException {
        return statement.executeUpdate(
                "UPDATE rotated_container SET staged_at = staged_at WHERE container = '\\x" + container.hex() + "'");
    }

    /// Whoever stages anew what has waited for an hour has taken the second row, and then wants the first one.
    @Test
    void whatHasWaitedTooLongGoesWithoutWaitingForWhatSomebodyHas() throws Exception {
        ContainerId first = CommitsTest.container(database, account, 0);
        ContainerId second = CommitsTest.container(database, account, 1);
        assertTrue(stage(NOW - TWO_HOURS, first));
        assertTrue(stage(NOW - TWO_HOURS, second));
        try (Connection other = Backend.connect(setting);
                Statement statement = other.createStatement();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            other.setAutoCommit(false);
            assertEquals(1, take(statement, second));
            Future<Object> sweeping = threads.submit(this::sweep);
            awaitDoneOrWaiting(sweeping);
            assertEquals(0, take(statement, first), "it is gone, and nobody waits");
            sweeping.get();
            other.commit();
        }
        assertEquals(1, staged());
        sweep();
        assertEquals(0, staged());
    }

    @Test
    void containersAreStagedWhileOthersCommitToThemInAnotherOrder() throws Exception {
        ContainerId first = CommitsTest.container(database, account, 0);
        ContainerId second = CommitsTest.container(database, account, 1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> staging = database.write(transaction -> {
                assertWritten(Commits.write(transaction, List.of(commit(first)), NOW));
                Future<Boolean> begun = threads.submit(() -> stage(NOW, second, first));
                awaitDoneOrWaiting(begun);
                assertWritten(Commits.write(transaction, List.of(commit(second)), NOW));
                return begun;
            });
            assertTrue(staging.get());
        }
        assertEquals(2, staged());
    }

    private Commits.Request commit(ContainerId container) {
        return new Commits.Request(account, session, container, CommitsTest.commit());
    }

    private static void assertWritten(List<Outcome> outcomes) {
        assertTrue(
                outcomes.getFirst() instanceof Outcome.Written written && written.domain() == Domain.CHATS,
                outcomes::toString);
    }

    /// Until the work has ended, or waits for a row that somebody has.
    private void awaitDoneOrWaiting(Future<?> work) {
        try (Connection connection = Backend.connect(setting);
                Statement statement = connection.createStatement()) {
            boolean waiting = false;
            while (!work.isDone() && !waiting) {
                try (ResultSet found = statement.executeQuery("SELECT COUNT(*) FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND wait_event_type = 'Lock'")) {
                    waiting = found.next() && found.getLong(1) > 0;
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
