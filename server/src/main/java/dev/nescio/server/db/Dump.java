package dev.nescio.server.db;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Json;
import dev.nescio.server.config.DatabaseSetting;
import java.io.PrintStream;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/// Prints all that a database holds: each row of each table as a line of JSON, bytes as base64url. What a
/// thief of the database has, an operator can look at. It changes nothing: who looks at a database of another version
/// does not bring it to this one.
public final class Dump {

    private Dump() {}

    private record Line(String table, Map<String, Object> row) {}

    /// @throws dev.nescio.server.config.UnusableSetting if there is no such database, or it is not of exactly this
    ///     program's version
    public static void print(DatabaseSetting setting, PrintStream out) {
        try (Database database = Databases.openAsItIs(setting)) {
            database.read(transaction -> {
                transaction
                        .handle()
                        .createQuery(database.dialect().tables() + " ORDER BY 1")
                        .mapTo(String.class)
                        .forEach(table -> print(transaction, table, out));
                return null;
            });
        }
        out.flush();
    }

    private static void print(Transaction transaction, String table, PrintStream out) {
        transaction
                .handle()
                .createQuery("SELECT * FROM \"" + table + '"')
                .map((row, context) -> Json.STRICT.writeValueAsString(new Line(table, values(row))))
                .forEach(out::println);
    }

    private static Map<String, Object> values(ResultSet row) throws SQLException {
        ResultSetMetaData columns = row.getMetaData();
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            Object value = row.getObject(i);
            values.put(columns.getColumnLabel(i), value instanceof byte[] bytes ? Bytes.copyOf(bytes) : value);
        }
        return values;
    }
}
