package dev.nescio.cli.proof;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.InvalidField;
import dev.nescio.protocol.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What the server's `dump` command prints: a line for each row, bytes as base64url.
public final class DatabaseDump {

    /// One row.
    ///
    /// @param values text of each column that has one, as printed
    public record Row(String table, Map<String, String> values) {

        public Optional<String> text(String column) {
            return Optional.ofNullable(values.get(column));
        }

        /// The bytes of a column; nothing if it holds none.
        public Optional<Bytes> bytes(String column) {
            return text(column).flatMap(Row::decoded);
        }

        public boolean has(String column, byte[] value) {
            return bytes(column)
                    .filter(held -> Arrays.equals(held.toArray(), value))
                    .isPresent();
        }

        /// All values as bytes. What could be bytes or text is there as both.
        public List<Column> columns() {
            List<Column> columns = new ArrayList<>();
            values.forEach((column, text) -> {
                String name = table + "." + column;
                columns.add(new Column(name, Bytes.copyOf(text.getBytes(StandardCharsets.UTF_8))));
                decoded(text).ifPresent(bytes -> columns.add(new Column(name, bytes)));
            });
            return columns;
        }

        private static Optional<Bytes> decoded(String text) {
            try {
                return Optional.of(Bytes.parse(text));
            } catch (InvalidField e) {
                return Optional.empty();
            }
        }
    }

    private final List<Row> rows;

    private DatabaseDump(List<Row> rows) {
        this.rows = rows;
    }

    /// @throws IOException if it cannot be read, or is not a dump
    public static DatabaseDump read(Path printed) throws IOException {
        List<Row> rows = new ArrayList<>();
        try (BufferedReader reader = Files.newBufferedReader(printed, StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                rows.add(row(Json.LENIENT.readTree(line)));
            }
        } catch (tools.jackson.core.JacksonException e) {
            throw new IOException("a line of the dump is not JSON", e);
        }
        return new DatabaseDump(rows);
    }

    private static Row row(JsonNode line) throws IOException {
        JsonNode values = line.get("row");
        JsonNode table = line.get("table");
        if (table == null || values == null || !values.isObject()) {
            throw new IOException("a line of the dump names no table or no row");
        }
        Map<String, String> texts = new LinkedHashMap<>();
        values.properties().forEach(value -> {
            if (!value.getValue().isNull()) {
                texts.put(value.getKey(), value.getValue().asString());
            }
        });
        return new Row(table.asString(), texts);
    }

    public List<Row> rows() {
        return List.copyOf(rows);
    }

    public List<Row> rows(String table) {
        return rows.stream().filter(row -> row.table().equals(table)).toList();
    }

    /// All values of all rows, as [Row#columns] has them.
    public List<Column> columns() {
        return rows.stream().flatMap(row -> row.columns().stream()).toList();
    }
}
