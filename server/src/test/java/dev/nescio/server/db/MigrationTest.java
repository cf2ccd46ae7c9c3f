package dev.nescio.server.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.server.Backend;
import dev.nescio.server.config.DatabaseSetting;
import dev.nescio.server.config.UnusableSetting;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What an older version stored is there after an upgrade, and who only looks at it makes none.
class MigrationTest {

    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void eachAccountKeepsItsSequence(Backend backend) throws Exception {
        DatabaseSetting setting = backend.fresh(folder);
        AccountId idle = AccountId.generate(RANDOM);
        AccountId busy = AccountId.generate(RANDOM);
        migrate(setting, "3");
        try (Handle handle =
                Columns.configure(Jdbi.create(Backend.connect(setting))).open()) {
            for (Map.Entry<AccountId, Long> account : Map.of(idle, 0L, busy, 7L).entrySet()) {
                Bytes sealed = account.getKey().bytes();
                handle.createUpdate("INSERT INTO account (account, address_hmac, created_at, sequence,"
                                + " directory_counter, directory, chats_key, apps_key, emails_key, embeds_key,"
                                + " profile_key, profile_version, profile) VALUES (:account, :hmac, 0, :sequence, 1,"
                                + " :sealed, :sealed, :sealed, :sealed, :sealed, :sealed, 1, :sealed)")
                        .bind("account", account.getKey().bytes())
                        .bind("hmac", Bytes.copyOf(RANDOM.generateSeed(32)))
                        .bind("sequence", account.getValue())
                        .bind("sealed", sealed)
                        .execute();
            }
        }
        try (Database database = Databases.open(setting)) {
            List<Long> sequences = database.query(transaction -> transaction
                    .handle()
                    .createQuery("SELECT sequence FROM account_sequence WHERE account IN (:idle, :busy)")
                    .bind("idle", idle.bytes())
                    .bind("busy", busy.bytes())
                    .mapTo(Long.class)
                    .list());
            assertEquals(List.of(7L), sequences, "an account without a commit has no row");
        }
    }

    /// Else whoever looks at a database, or at a copy of one, could start the server of its version on it no more.
    @ParameterizedTest
    @EnumSource
    void printingADatabaseChangesNoSchemaAndMakesNone(Backend backend) throws Exception {
        DatabaseSetting setting = backend.fresh(folder);
        if (backend == Backend.SQLITE) {
            assertTrue(refusal(setting).contains("There is no database"), refusal(setting));
            try (Stream<Path> files = Files.list(folder)) {
                assertEquals(List.of(), files.toList());
            }
        } else {
            assertTrue(refusal(setting).contains("No Nescio server has used this database"), refusal(setting));
        }
        migrate(setting, "3");
        assertTrue(refusal(setting).contains("is of an older version of Nescio"), refusal(setting));
        try (Handle handle = Jdbi.create(Backend.connect(setting)).open()) {
            assertEquals(
                    List.of("1", "2", "3"),
                    handle.createQuery("SELECT version FROM flyway_schema_history ORDER BY installed_rank")
                            .mapTo(String.class)
                            .list());
        }
    }

    private static String refusal(DatabaseSetting setting) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String message = assertThrows(
                        UnusableSetting.class, () -> Dump.print(setting, new PrintStream(out, true, UTF_8)))
                .getMessage();
        assertEquals("", out.toString(UTF_8));
        return message;
    }

    private static void migrate(DatabaseSetting setting, String version) {
        FluentConfiguration flyway = Flyway.configure().target(version);
        switch (setting) {
            case DatabaseSetting.Sqlite(Path file) ->
                flyway.dataSource("jdbc:sqlite:" + file, null, null)
                        .locations("classpath:" + Dialect.SQLITE.migrations());
            case DatabaseSetting.Postgres(String url, String user, String password) ->
                flyway.dataSource(url, user, password).locations("classpath:" + Dialect.POSTGRESQL.migrations());
        }
        flyway.load().migrate();
    }
}
