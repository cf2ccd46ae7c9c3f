package dev.nescio.client;

import dev.nescio.protocol.Stored;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// A row that the server stores of the account (spec, section 10.16).
///
/// @param columns by name, in the order of the table: a Long, a String, [dev.nescio.protocol.Bytes], or null
public record StoredRow(String table, Map<String, Object> columns) {

    public StoredRow {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    }

    static StoredRow of(Stored.Row row) {
        Map<String, Object> columns = new LinkedHashMap<>();
        row.columns().forEach(column -> columns.put(column.name(), value(column)));
        return new StoredRow(row.table(), columns);
    }

    private static Object value(Stored.Column column) {
        if (column.bytes() != null) {
            return column.bytes();
        }
        return column.number() != null ? column.number() : column.text();
    }

    @Override
    public String toString() {
        return "StoredRow[" + table + "]";
    }
}
