package dev.nescio.server.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All writes to SQLite. Those that wait at the same time run in one transaction, each inside a savepoint, are
/// committed once, and only then is each caller told: many durable writes for one flush of the disk.
///
/// A write that fails rolls back to its own savepoint. Where the file itself cannot be written the whole
/// group is rolled back and every caller of it is told that nothing was changed.
final class GroupCommit implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

    private final Connection connection;
    private final Handle handle;

    /// Not a virtual thread: one that waits for the disk would keep requests from running.
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("sqlite-writer").factory());

    private final Together<Database.Work<?>, Supplier<?>> writes = new Together<>(this::write, thread);

    GroupCommit(Connection connection) {
        this.connection = connection;
        this.handle = Columns.configure(Jdbi.create(connection)).open();
    }

    @SuppressWarnings("unchecked") // The outcome is that of this work.
    <T> T run(Database.Work<T> work) {
        return (T) writes.ask(work).get();
    }

    /// @return the outcome of each work: its result, or its failure
    private List<Supplier<?>> write(List<Database.Work<?>> group) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            List<Supplier<?>> outcomes = new ArrayList<>();
            for (Database.Work<?> work : group) {
                statement.execute("SAVEPOINT one");
                Transaction transaction = new Transaction(handle);
                outcomes.add(attempt(work, transaction));
                if (transaction.undone()) {
                    statement.execute("ROLLBACK TO one");
                }
                statement.execute("RELEASE one");
            }
            statement.execute("COMMIT");
            return outcomes;
        } catch (SQLException | RuntimeException e) {
            rollBack();
            throw new StorageUnavailable("the database cannot be written", e);
        } catch (Error e) {
            rollBack();
            throw e;
        }
    }

    private static Supplier<?> attempt(Database.Work<?> work, Transaction transaction) {
        try {
            Object result = work.run(transaction);
            return () -> result;
        } catch (RuntimeException e) {
            RuntimeException failure = StorageFailures.name(e);
            if (failure instanceof StorageUnavailable) {
                throw failure;
            }
            transaction.undo();
            return () -> {
                throw failure;
            };
        }
    }

    /// SQLite may have rolled back by itself, which makes this fail: either way nothing of the group is left.
    private void rollBack() {
        try (Statement statement = connection.createStatement()) {
            statement.execute("ROLLBACK");
        } catch (SQLException e) {
            if (!e.getMessage().contains("no transaction is active")) {
                LOG.warn("rolling back failed: {}", e.getMessage());
            }
        } catch (RuntimeException e) {
            LOG.warn("rolling back failed", e);
        }
    }

    /// Writes what waits, then moves the write-ahead log into the database file and closes it.
    @Override
    public void close() {
        thread.close();
        handle.close();
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.warn("closing the database failed: {}", e.getMessage());
        }
    }
}
