package dev.nescio.server.db;

/// What differs between the two databases. Everything else is one SQL for both.
public enum Dialect {
    SQLITE("db/migration/sqlite", "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"),
    POSTGRESQL(
            "db/migration/postgresql",
            "SELECT table_name FROM information_schema.tables"
                    + " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'");

    private final String migrations;
    private final String tables;

    Dialect(String migrations, String tables) {
        this.migrations = migrations;
        this.tables = tables;
    }

    /// Where Flyway finds the schema, on the class path.
    String migrations() {
        return migrations;
    }

    /// A query for the names of all tables.
    String tables() {
        return tables;
    }
}
