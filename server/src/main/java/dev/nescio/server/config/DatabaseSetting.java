package dev.nescio.server.config;

import java.nio.file.Path;

/// Which database to use.
public sealed interface DatabaseSetting {

    record Sqlite(Path file) implements DatabaseSetting {}

    /// @param user null where the URL names one or the system's default applies; so for the password
    record Postgres(String url, String user, String password) implements DatabaseSetting {

        @Override
        public String toString() {
            return "Postgres[redacted]";
        }
    }
}
