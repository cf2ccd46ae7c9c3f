package dev.nescio.server.db;

import dev.nescio.protocol.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.type.TypeReference;

/// Makes `docs/what-the-server-sees.md` from the sentence that explains each column (`schema/columns.json`).
/// A test fails when a column has none, or when the page is not this one.
public final class SchemaPage {

    private static final String HEAD = """
            # What the server sees

            <!-- Made from server/src/main/resources/schema/columns.json; do not edit. To make it anew:
                 java -cp "server/target/dist/lib/*" dev.nescio.server.db.SchemaPage docs/what-the-server-sees.md -->

            Every column of every table that a Nescio server has, and what can be learned from it. "Sealed" and "wrapped" mean:
            encrypted on a device, with a key that the server never has. "By the key service" means: with the server's own
            keyring, which is kept apart from the database. The server's command `dump` prints what is really there.

            Besides, a running server sees network addresses, the times and sizes of requests, and, while somebody signs in, the
            hashes that are stored only as keyed hashes. Where mail is on it is sent the address of whoever signs up, or asks for a
            reset code by mail, for one message, and of whoever asks for mails about sign-ins. But for that last one, which it
            seals (alert_address), it writes none of that down; its log has a route, a status and a duration a line.
            """;

    private SchemaPage() {}

    public static void main(String[] arguments) throws IOException {
        Files.writeString(Path.of(arguments[0]), text());
    }

    /// The explanation of each column of each table; under an empty name that of the table.
    static Map<String, Map<String, String>> columns() {
        try (InputStream in = SchemaPage.class.getResourceAsStream("/schema/columns.json")) {
            return Json.STRICT.readValue(in, new TypeReference<LinkedHashMap<String, Map<String, String>>>() {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text() {
        return HEAD
                + columns().entrySet().stream()
                        .map(table -> section(table.getKey(), table.getValue()))
                        .collect(Collectors.joining());
    }

    private static String section(String table, Map<String, String> columns) {
        return "\n## " + table + "\n\n" + columns.get("") + "\n\n| column | what it is |\n|---|---|\n"
                + columns.entrySet().stream()
                        .filter(column -> !column.getKey().isEmpty())
                        .map(column -> "| `" + column.getKey() + "` | " + column.getValue() + " |\n")
                        .collect(Collectors.joining());
    }
}
