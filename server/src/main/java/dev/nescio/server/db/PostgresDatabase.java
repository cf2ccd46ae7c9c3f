package dev.nescio.server.db;

import com.zaxxer.hikari.HikariDataSource;
import org.jdbi.v3.core.Jdbi;

/// PostgreSQL behind a connection pool, a transaction for each write. One server uses it at a time:
/// hints, rate limits and waiting sign-ups are in the memory of its process.
final class PostgresDatabase implements Database {

    private final HikariDataSource writers;
    private final HikariDataSource readers;
    private final Jdbi writing;
    private final Jdbi reading;

    /// @param readers of connections that only read, each in a transaction that sees one instant
    PostgresDatabase(HikariDataSource writers, HikariDataSource readers) {
        this.writers = writers;
        this.readers = readers;
        this.writing = Columns.configure(Jdbi.create(writers));
        this.reading = Columns.configure(Jdbi.create(readers));
    }

    @Override
    public <T> T write(Work<T> work) {
        return StorageFailures.named(() -> writing.inTransaction(handle -> {
            Transaction transaction = new Transaction(handle);
            T result = work.run(transaction);
            if (transaction.undone()) {
                handle.rollback();
            }
            return result;
        }));
    }

    @Override
    public <T> T read(Work<T> work) {
        return StorageFailures.named(() -> reading.inTransaction(handle -> work.run(new Transaction(handle))));
    }

    @Override
    public <T> T query(Work<T> statement) {
        return StorageFailures.named(() -> reading.withHandle(handle -> statement.run(new Transaction(handle))));
    }

    @Override
    public Dialect dialect() {
        return Dialect.POSTGRESQL;
    }

    @Override
    public void close() {
        readers.close();
        writers.close();
    }
}
