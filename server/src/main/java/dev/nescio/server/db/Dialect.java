package dev.nescio.server.db;

/// What differs between the two databases. Everything else is one SQL for both.
public enum Dialect {
    SQLITE(
            "db/migration/sqlite",
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
            ""),
    POSTGRESQL(
            "db/migration/postgresql",
            "SELECT table_name FROM information_schema.tables"
                    + " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'",
            " FOR UPDATE SKIP LOCKED");

    private final String migrations;
    private final String tables;
    private final String free;

    Dialect(String migrations, String tables, String free) {
        this.migrations = migrations;
        this.tables = tables;
        this.free = free;
    }

    /// Where Flyway finds the schema, on the class path.
    String migrations() {
        return migrations;
    }

    /// A query for the names of all tables.
    String tables() {
        return tables;
    }

    /// What a query ends with that takes rows and waits for nobody: those that another transaction has are left out.
    public String free() {
        return free;
    }
}
