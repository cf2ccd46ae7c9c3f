package dev.nescio.server.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.nescio.server.config.DatabaseSetting;
import dev.nescio.server.config.DatabaseSetting.Postgres;
import dev.nescio.server.config.DatabaseSetting.Sqlite;
import dev.nescio.server.config.OwnerOnly;
import dev.nescio.server.config.UnusableSetting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;

/// Opens the database that was chosen and brings its schema up to date.
public final class Databases {

    private static final int POSTGRES_WRITERS = 8;
    private static final int POSTGRES_READERS = 8;
    private static final int CONNECT_MILLIS = 5_000;

    /// What answers requests finds its rows by an index. The planner, while it has no statistics of a
    /// table, reads all of it instead.
    private static final String PLAN_BY_INDEX =
            "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;";

    /// Where two indexes fit, as with items, the plan that was made while the table was empty finds an item
    /// among all of its container, and would be kept until the table is analysed. Those who write together
    /// share the planning. What only reads has one index that fits, or an order that decides.
    private static final String PLAN_ANEW = "SET plan_cache_mode = force_custom_plan;";

    private static final String SAME_AS_THE_SERVER = " Give the same --data and --database as to the server.";

    private Databases() {}

    /// @throws UnusableSetting if it cannot be opened, or is of a newer version than this program
    public static Database open(DatabaseSetting setting) {
        return switch (setting) {
            case Sqlite(Path file) -> {
                create(file);
                yield openSqlite(file, Databases::migrate);
            }
            case Postgres postgres -> openPostgres(postgres, Databases::migrate);
        };
    }

    /// For a command beside a server that may be running: it neither makes a database nor changes a schema.
    ///
    /// @throws UnusableSetting if it cannot be opened, or is not of exactly this program's version
    public static Database openAsItIs(DatabaseSetting setting) {
        return switch (setting) {
            case Sqlite(Path file) -> {
                if (!Files.exists(file)) {
                    throw new UnusableSetting("There is no database " + file + "." + SAME_AS_THE_SERVER);
                }
                yield openSqlite(file, Databases::requireThisVersion);
            }
            case Postgres postgres -> openPostgres(postgres, Databases::requireThisVersion);
        };
    }

    private static Database openSqlite(Path file, Consumer<Flyway> schema) {
        try {
            schema.accept(flyway(SqliteDatabase.dataSource(file), Dialect.SQLITE));
            return new SqliteDatabase(file);
        } catch (FlywayException | StorageUnavailable e) {
            throw unusable(file, e);
        }
    }

    private static void create(Path file) {
        try {
            if (!Files.exists(file)) {
                Files.createFile(file, OwnerOnly.file(file.toAbsolutePath().getParent()));
            }
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    private static UnusableSetting unusable(Path file, Exception e) {
        return new UnusableSetting(
                "The database file " + file + " cannot be opened or written (" + rootMessage(e)
                        + "). Check that the folder is on a writable disk with free space and belongs to this user.",
                e);
    }

    private static Database openPostgres(Postgres setting, Consumer<Flyway> schema) {
        HikariDataSource pool;
        try {
            pool = new HikariDataSource(pool(setting, "writers", POSTGRES_WRITERS, PLAN_BY_INDEX + PLAN_ANEW));
        } catch (PoolInitializationException e) {
            throw new UnusableSetting(
                    "PostgreSQL cannot be reached (" + rootMessage(e) + "). Check --database and that the server runs;"
                            + " user and password come from NESCIO_DATABASE_USER and NESCIO_DATABASE_PASSWORD.",
                    e);
        }
        try {
            schema.accept(flyway(pool, Dialect.POSTGRESQL));
            // Set once for each connection: setting it for each transaction took four more round trips.
            HikariConfig reading = pool(setting, "readers", POSTGRES_READERS, PLAN_BY_INDEX);
            reading.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
            reading.setReadOnly(true);
            return new PostgresDatabase(pool, new HikariDataSource(reading));
        } catch (FlywayException e) {
            pool.close();
            throw new UnusableSetting(
                    "The schema of the PostgreSQL database cannot be brought up to date (" + rootMessage(e)
                            + "). The user must be allowed to create tables in the schema.",
                    e);
        } catch (UnusableSetting e) {
            pool.close();
            throw e;
        }
    }

    private static HikariConfig pool(Postgres setting, String name, int connections, String planning) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(setting.url());
        config.setUsername(setting.user());
        config.setPassword(setting.password());
        config.setMaximumPoolSize(connections);
        config.setConnectionTimeout(CONNECT_MILLIS);
        config.setConnectionInitSql(planning);
        // Sends a batch of inserts as one.
        config.addDataSourceProperty("reWriteBatchedInserts", "true");
        // Else the message about a constraint holds the row, and it goes to the log.
        config.addDataSourceProperty("logServerErrorDetail", "false");
        return config;
    }

    private static Flyway flyway(DataSource source, Dialect dialect) {
        return Flyway.configure(Databases.class.getClassLoader())
                .dataSource(source)
                .locations("classpath:" + dialect.migrations())
                .connectRetries(0)
                .load();
    }

    private static void migrate(Flyway flyway) {
        refuseNewer(flyway);
        flyway.migrate();
    }

    private static void requireThisVersion(Flyway flyway) {
        refuseNewer(flyway);
        MigrationInfo current = flyway.info().current();
        if (current == null) {
            throw new UnusableSetting("No Nescio server has used this database." + SAME_AS_THE_SERVER);
        }
        MigrationVersion newest = newest(flyway);
        if (!current.getVersion().equals(newest)) {
            throw new UnusableSetting("This database is of an older version of Nescio (its schema is version "
                    + current.getVersion() + ", this program's is " + newest
                    + "). Use the program of the version that the server runs, or start this version's server first."
                    + " Nothing was changed.");
        }
    }

    private static MigrationVersion newest(Flyway flyway) {
        return Arrays.stream(flyway.info().all())
                .filter(info -> info.getState().isResolved())
                .map(MigrationInfo::getVersion)
                .max(MigrationVersion::compareTo)
                .orElseThrow();
    }

    private static void refuseNewer(Flyway flyway) {
        MigrationInfo current = flyway.info().current();
        if (current == null) {
            return;
        }
        MigrationVersion newest = newest(flyway);
        if (current.getVersion().isNewerThan(newest.getVersion())) {
            throw new UnusableSetting("This database was written by a newer version of Nescio (its schema is version "
                    + current.getVersion() + ", this program knows up to " + newest
                    + "). Start the newer version, or restore the backup made before the upgrade.");
        }
    }

    private static String rootMessage(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("no reason given");
    }
}
