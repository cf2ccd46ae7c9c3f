package dev.nescio.server.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that writes to SQLite. It takes all writes that wait, runs each inside a savepoint of one
/// transaction, commits once, and only then tells each caller: many durable writes for one flush of the disk.
///
/// A write that fails rolls back to its own savepoint. Where the file itself cannot be written the whole
/// group is rolled back and every caller of it is told that nothing was changed.
final class GroupCommit implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);
    private static final int LARGEST_GROUP = 256;
    private static final int LONGEST_QUEUE = 4096;

    private final Connection connection;
    private final Handle handle;
    private final BlockingQueue<Waiting<?>> queue = new LinkedBlockingQueue<>(LONGEST_QUEUE);
    private final Thread thread;
    private volatile boolean closing;

    GroupCommit(Connection connection) {
        this.connection = connection;
        this.handle = Columns.configure(Jdbi.create(connection)).open();
        this.thread = Thread.ofPlatform().name("sqlite-writer").start(this::writeUntilClosed);
    }

    <T> T run(Database.Work<T> work) {
        Waiting<T> waiting = new Waiting<>(work);
        if (closing || !queue.offer(waiting)) {
            throw new StorageUnavailable("no more writes are accepted now", null);
        }
        if (!thread.isAlive()) {
            failAll(drain(), new StorageUnavailable("the database was closed", null));
        }
        try {
            return waiting.done.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private void writeUntilClosed() {
        while (!closing || !queue.isEmpty()) {
            List<Waiting<?>> group = next();
            if (!group.isEmpty()) {
                write(group);
            }
        }
        failAll(drain(), new StorageUnavailable("the database was closed", null));
    }

    private List<Waiting<?>> next() {
        List<Waiting<?>> group = new ArrayList<>();
        try {
            Waiting<?> first = queue.poll(100, TimeUnit.MILLISECONDS);
            if (first != null) {
                group.add(first);
                queue.drainTo(group, LARGEST_GROUP - 1);
            }
        } catch (InterruptedException e) {
            closing = true;
        }
        return group;
    }

    private void write(List<Waiting<?>> group) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            for (Waiting<?> waiting : group) {
                statement.execute("SAVEPOINT one");
                if (!waiting.attempt(handle)) {
                    statement.execute("ROLLBACK TO one");
                }
                statement.execute("RELEASE one");
            }
            statement.execute("COMMIT");
        } catch (SQLException | RuntimeException e) {
            rollBack();
            failAll(group, new StorageUnavailable("the database cannot be written", e));
            return;
        } catch (Error e) { // Out of memory, say. There is no other writer: this one goes on.
            rollBack();
            failAll(group, new StorageUnavailable("the database cannot be written", e));
            LOG.error("a group of writes failed", e);
            return;
        }
        group.forEach(Waiting::tell);
    }

    /// SQLite may have rolled back by itself, which makes this fail: either way nothing of the group is left.
    private void rollBack() {
        try (Statement statement = connection.createStatement()) {
            statement.execute("ROLLBACK");
        } catch (SQLException e) {
            if (!e.getMessage().contains("no transaction is active")) {
                LOG.warn("rolling back failed: {}", e.getMessage());
            }
        }
    }

    private List<Waiting<?>> drain() {
        List<Waiting<?>> left = new ArrayList<>();
        queue.drainTo(left);
        return left;
    }

    private static void failAll(List<Waiting<?>> group, StorageUnavailable failure) {
        group.forEach(waiting -> waiting.done.completeExceptionally(failure));
    }

    /// Writes what is queued, then moves the write-ahead log into the database file and closes it.
    @Override
    public void close() {
        closing = true;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        handle.close();
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.warn("closing the database failed: {}", e.getMessage());
        }
    }

    /// A write and where its outcome goes. The outcome is kept back until the commit.
    private static final class Waiting<T> {

        private final Database.Work<T> work;
        private final CompletableFuture<T> done = new CompletableFuture<>();
        private T result;
        private RuntimeException failure;

        private Waiting(Database.Work<T> work) {
            this.work = work;
        }

        /// @return whether to keep what the work wrote
        private boolean attempt(Handle handle) {
            Transaction transaction = new Transaction(handle);
            try {
                result = work.run(transaction);
                return !transaction.undone();
            } catch (RuntimeException e) {
                RuntimeException named = StorageFailures.name(e);
                if (named instanceof StorageUnavailable) {
                    throw named;
                }
                failure = named;
                return false;
            }
        }

        private void tell() {
            if (failure == null) {
                done.complete(result);
            } else {
                done.completeExceptionally(failure);
            }
        }
    }
}
