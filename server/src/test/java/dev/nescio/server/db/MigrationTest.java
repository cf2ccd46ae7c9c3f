package dev.nescio.server.db;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.server.Backend;
import dev.nescio.server.config.DatabaseSetting;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What an older version stored is there after an upgrade.
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
