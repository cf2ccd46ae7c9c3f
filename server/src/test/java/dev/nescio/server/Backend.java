package dev.nescio.server;

import dev.nescio.server.config.DatabaseSetting;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/// The databases that every test of behaviour runs on.
public enum Backend {
    SQLITE {
        @Override
        public DatabaseSetting fresh(Path folder) {
            return new DatabaseSetting.Sqlite(folder.resolve("nescio.db"));
        }
    },
    POSTGRESQL {
        @Override
        public DatabaseSetting fresh(Path folder) {
            return TestPostgres.fresh();
        }
    };

    public abstract DatabaseSetting fresh(Path folder);

    /// A connection beside the server's, to look at what is stored.
    public static Connection connect(DatabaseSetting setting) throws SQLException {
        return switch (setting) {
            case DatabaseSetting.Sqlite(Path file) -> DriverManager.getConnection("jdbc:sqlite:" + file);
            case DatabaseSetting.Postgres postgres -> TestPostgres.connect(postgres);
        };
    }
}
