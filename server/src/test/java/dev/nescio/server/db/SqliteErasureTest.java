package dev.nescio.server.db;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.protocol.Bytes;
import dev.nescio.server.config.DatabaseSetting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is left in SQLite's own files of what was erased.
class SqliteErasureTest {

    private static final int ROWS = 200;

    @TempDir
    Path folder;

    private final Random random = new Random(1);

    private Bytes octets(int length) {
        byte[] octets = new byte[length];
        random.nextBytes(octets);
        return Bytes.copyOf(octets);
    }

    /// Where rows grow, SQLite moves others to other pages, long before they are erased.
    @Test
    void nothingStaysInPagesFromWhichRowsWereMovedBefore() throws IOException {
        assertEquals(0, leftOfErased("UPDATE wrapped SET profile = zeroblob(700) WHERE n % 3 = 1"));
    }

    /// Where rows go, it moves others together, and pages become free.
    @Test
    void nothingStaysInPagesThatBecameFreeBefore() throws IOException {
        assertEquals(0, leftOfErased("DELETE FROM wrapped WHERE n % 4 > 0"));
    }

    /// @param before what is done by an ordinary write
    /// @return how many are in the file of the keys that were erased after that
    private long leftOfErased(String before) throws IOException {
        List<Bytes> erased = new ArrayList<>();
        Path file = folder.resolve("nescio.db");
        try (Database database = Databases.open(new DatabaseSetting.Sqlite(file))) {
            database.write(transaction -> transaction
                    .handle()
                    .execute("CREATE TABLE wrapped (n INTEGER PRIMARY KEY, key BLOB NOT NULL, profile BLOB NOT NULL)"));
            for (int n = 0; n < ROWS; n++) {
                int row = n;
                database.write(transaction -> transaction
                        .handle()
                        .execute("INSERT INTO wrapped VALUES (?, ?, ?)", row, octets(137), octets(100)));
            }
            database.write(transaction -> transaction.handle().execute(before));
            erased.addAll(database.read(transaction -> transaction
                    .handle()
                    .createQuery("SELECT key FROM wrapped")
                    .map((row, context) -> Columns.bytes(row, "key"))
                    .list()));
            database.erase(transaction -> transaction.handle().execute("UPDATE wrapped SET key = randomblob(137)"));
            database.tidy();
        }
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        return erased.stream()
                .filter(key -> text.contains(new String(key.toArray(), StandardCharsets.ISO_8859_1)))
                .count();
    }
}
