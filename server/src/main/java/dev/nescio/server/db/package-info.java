/// The port to the database, and its two adapters: SQLite with one writing thread, and PostgreSQL.
///
/// The schema is in `db/migration`, with the same tables and columns for both. Each table's first key column
/// is the account. Features write their own SQL, one for both databases; [Dialect] has the rest. What many ask
/// for at the same time can be done for all of them at once: [Together], [Keys].
///
/// Must never: report a write as done before it is durable, or keep part of one.
package dev.nescio.server.db;
