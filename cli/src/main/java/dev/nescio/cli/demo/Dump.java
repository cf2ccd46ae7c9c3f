package dev.nescio.cli.demo;

import dev.nescio.protocol.Json;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Reads what the server's `dump` prints: a JSON line for each row, `{"table":…,"row":{…}}`, with bytes as
/// base64url.
public final class Dump {

    private Dump() {}

    /// @param columns text, numbers, null, or bytes as base64url
    public record Row(String table, Map<String, Object> columns) {

        /// The bytes of a column; nothing if it holds none.
        Optional<byte[]> bytes(String column) {
            if (!(columns.get(column) instanceof String text)) {
                return Optional.empty();
            }
            try {
                return Optional.of(Base64.getUrlDecoder().decode(text));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }

        boolean has(String column, byte[] value) {
            return bytes(column)
                    .filter(held -> java.util.Arrays.equals(held, value))
                    .isPresent();
        }

        /// Every column as it could be searched: as its text, and as the bytes that the text may stand for.
        List<byte[]> contents() {
            return columns.entrySet().stream()
                    .flatMap(column -> java.util.stream.Stream.concat(
                            java.util.stream.Stream.of(String.valueOf(column.getValue())
                                    .getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                            bytes(column.getKey()).stream()))
                    .toList();
        }
    }

    public static List<Row> parse(String lines) {
        return lines.lines()
                .filter(line -> line.startsWith("{"))
                .map(line -> Json.LENIENT.readValue(line, Line.class))
                .map(line -> new Row(line.table, new TreeMap<>(line.row)))
                .toList();
    }

    private record Line(String table, Map<String, Object> row) {}
}
