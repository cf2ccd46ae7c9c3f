package dev.nescio.server.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jdbi.v3.core.Jdbi;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/// SQLite in one file, with a write-ahead log: one connection writes, others read beside it.
///
/// `synchronous=FULL`, because an acknowledged write must survive a loss of power. What that costs is shared
/// by all writes that wait at the same time ([GroupCommit]).
final class SqliteDatabase implements Database {

    private static final int READERS = 8;
    private static final int BUSY_MILLIS = 10_000;

    /// Writers wait as well meanwhile.
    private static final int TIDY_MILLIS = 200;

    /// Of 4 KiB each: 32 MiB. A group of writes makes hundreds, and most are the same pages again: the longer
    /// the log, the fewer are written to the file.
    private static final String PAGES_BETWEEN_CHECKPOINTS = "8192";

    private final SQLiteDataSource dataSource;
    private final GroupCommit writer;
    private final HikariDataSource readers;
    private final Jdbi reading;

    /// Whether the log may hold what was erased, also by another process.
    private volatile boolean untidy = true;

    SqliteDatabase(Path file) {
        this.dataSource = dataSource(file);
        this.writer = new GroupCommit(open(dataSource));
        HikariConfig pool = new HikariConfig();
        pool.setPoolName("sqlite-readers");
        pool.setDataSource(dataSource(file));
        pool.setConnectionInitSql("PRAGMA query_only = ON");
        pool.setMaximumPoolSize(READERS);
        pool.setMinimumIdle(1);
        this.readers = new HikariDataSource(pool);
        this.reading = Columns.configure(Jdbi.create(readers));
    }

    static SQLiteDataSource dataSource(Path file) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(BUSY_MILLIS);
        config.enforceForeignKeys(true);
        config.setPragma(SQLiteConfig.Pragma.CACHE_SIZE, "-16384");
        config.setPragma(SQLiteConfig.Pragma.WAL_AUTOCHECKPOINT, PAGES_BETWEEN_CHECKPOINTS);
        // What a savepoint would restore; in a file it costs as much as the write itself.
        config.setTempStore(SQLiteConfig.TempStore.MEMORY);
        // Overwrites with zeros what is deleted, replaced or moved, in pages that become free as well. Always, not for
        // what erases alone: a copy that any write leaves of a row is not found when that row is erased.
        config.setPragma(SQLiteConfig.Pragma.SECURE_DELETE, "ON");
        // Nothing asks for them, and the driver would search the text of each statement for "INSERT".
        config.setGetGeneratedKeys(false);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        return source;
    }

    private static Connection open(SQLiteDataSource source) {
        try {
            return source.getConnection();
        } catch (SQLException e) {
            throw new StorageUnavailable("the database file cannot be opened", e);
        }
    }

    @Override
    public <T> T write(Work<T> work) {
        return writer.run(work);
    }

    @Override
    public <T> T erase(Work<T> work) {
        try {
            return write(work);
        } finally {
            untidy = true;
        }
    }

    /// Moves the write-ahead log into the file and cuts it to nothing.
    @Override
    public void tidy() {
        if (!untidy) {
            return;
        }
        // Before, so that what is erased meanwhile counts.
        untidy = false;
        boolean tidied = false;
        try {
            tidied = cutLog();
        } finally {
            if (!tidied) {
                untidy = true;
            }
        }
    }

    /// @return whether nobody kept it from being done
    private boolean cutLog() {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = " + TIDY_MILLIS);
            try (ResultSet result = statement.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
                return result.next() && result.getInt("busy") == 0;
            }
        } catch (SQLException e) {
            throw new StorageUnavailable("the write-ahead log cannot be moved into the database", e);
        }
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
        return Dialect.SQLITE;
    }

    @Override
    public void close() {
        readers.close();
        writer.close();
    }
}
