package dev.nescio.server.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.nescio.server.config.DatabaseSetting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every column is explained, and the page in `docs` is made of these explanations.
class SchemaPageTest {

    @Test
    void everyColumnIsExplained(@TempDir Path folder) {
        try (Database database = Databases.open(new DatabaseSetting.Sqlite(folder.resolve("nescio.db")))) {
            assertEquals(stored(database), explained());
        }
    }

    private static Map<String, Set<String>> explained() {
        Map<String, Set<String>> tables = new TreeMap<>();
        SchemaPage.columns().forEach((table, columns) -> {
            columns.forEach((column, sentence) -> assertFalse(sentence.isBlank(), table + "." + column));
            Set<String> names = new TreeSet<>(columns.keySet());
            names.remove("");
            tables.put(table, names);
        });
        return tables;
    }

    private static Map<String, Set<String>> stored(Database database) {
        return database.read(transaction -> {
            Handle handle = transaction.handle();
            Map<String, Set<String>> tables = new TreeMap<>();
            for (String table : handle.createQuery(database.dialect().tables())
                    .mapTo(String.class)
                    .list()) {
                if (!table.equals("flyway_schema_history")) {
                    tables.put(
                            table,
                            new TreeSet<>(handle.createQuery("SELECT name FROM pragma_table_info('" + table + "')")
                                    .mapTo(String.class)
                                    .list()));
                }
            }
            return tables;
        });
    }

    @Test
    void pageIsUpToDate() throws IOException {
        Path page = Path.of(System.getProperty("nescio.spec")).resolveSibling("docs/what-the-server-sees.md");
        assertEquals(SchemaPage.text(), Files.readString(page), "make it anew as its first lines say");
    }
}
