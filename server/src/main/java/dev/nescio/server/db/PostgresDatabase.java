package dev.nescio.server.db;

import com.zaxxer.hikari.HikariDataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/// PostgreSQL behind a connection pool, a transaction for each write. Many server nodes may share one.
final class PostgresDatabase implements Database {

    private final HikariDataSource pool;
    private final Jdbi jdbi;

    PostgresDatabase(HikariDataSource pool) {
        this.pool = pool;
        this.jdbi = Columns.configure(Jdbi.create(pool));
    }

    @Override
    public <T> T write(Work<T> work) {
        return StorageFailures.named(() -> jdbi.inTransaction(handle -> {
            Transaction transaction = new Transaction(handle);
            T result = work.run(transaction);
            if (transaction.undone()) {
                handle.rollback();
            }
            return result;
        }));
    }

    /// Repeatable read: all statements of one read see one instant.
    @Override
    public <T> T read(Work<T> work) {
        return StorageFailures.named(() -> jdbi.inTransaction(
                TransactionIsolationLevel.REPEATABLE_READ, handle -> work.run(new Transaction(handle))));
    }

    @Override
    public Dialect dialect() {
        return Dialect.POSTGRESQL;
    }

    @Override
    public void close() {
        pool.close();
    }
}
