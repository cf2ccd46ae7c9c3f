package dev.nescio.server.db;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.protocol.Bytes;
import dev.nescio.server.Backend;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Many keys in one statement, on a table of this test's own.
class KeysTest {

    private static final int ROWS = 2500;

    @TempDir
    Path folder;

    private static Bytes id(int number) {
        return Bytes.copyOf(new byte[] {1, (byte) (number >> 8), (byte) number});
    }

    private Database filled(Backend backend) {
        Database database = Databases.open(backend.fresh(folder));
        String bytes = backend == Backend.SQLITE ? "BLOB" : "BYTEA";
        database.write(transaction -> transaction
                .handle()
                .execute("CREATE TABLE thing (id " + bytes + " PRIMARY KEY, number BIGINT, text " + bytes + ")"));
        database.write(transaction -> {
            for (int i = 0; i < ROWS; i++) {
                transaction.handle().execute("INSERT INTO thing VALUES (?, ?, NULL)", id(i).toArray(), i);
            }
            return null;
        });
        return database;
    }

    @ParameterizedTest
    @EnumSource
    void readsAndWritesAnyNumberOfRows(Backend backend) {
        try (Database database = filled(backend)) {
            for (int count : List.of(1, 3, 64, 1000, 1025, ROWS)) {
                List<Keys.Key> keys = IntStream.range(0, count)
                        .mapToObj(i -> Keys.Key.of(id(i)).and(10L * i).and((Bytes) null))
                        .toList();
                database.write(transaction -> {
                    Keys.update(
                            transaction,
                            "UPDATE thing SET number = column2, text = column3 FROM <keys> WHERE id = column1",
                            keys);
                    return null;
                });
                List<Long> read = database.read(transaction -> Keys.rows(
                        transaction,
                        "SELECT number FROM <keys> JOIN thing ON id = column1",
                        keys,
                        (row, context) -> row.getLong("number")));
                assertEquals(
                        IntStream.range(0, count).mapToObj(i -> 10L * i).toList(),
                        read.stream().sorted().toList());
            }
            int rows = database.query(transaction -> transaction
                    .handle()
                    .createQuery("SELECT COUNT(*) FROM thing")
                    .mapTo(Integer.class)
                    .one());
            assertEquals(ROWS, rows);
        }
    }

    /// A group of 129 would else carry the first one's text 128 times.
    @ParameterizedTest
    @EnumSource
    void whatIsAddedToFillUpCarriesNoContent(Backend backend) {
        Bytes text = Bytes.copyOf(new byte[1000]);
        List<String> bound = Collections.synchronizedList(new ArrayList<>());
        try (Database database = filled(backend)) {
            List<Keys.Key> keys = IntStream.range(0, 129)
                    .mapToObj(i -> Keys.Key.of(id(i)).and((long) i).and(i == 0 ? text : id(i)))
                    .toList();
            database.write(transaction -> {
                transaction.handle().getConfig(SqlStatements.class).setSqlLogger(new SqlLogger() {
                    @Override
                    public void logBeforeExecution(StatementContext context) {
                        bound.add(context.getBinding().toString());
                    }
                });
                Keys.update(transaction, "UPDATE thing SET text = column3 FROM <keys> WHERE id = column1", keys);
                return null;
            });
        }
        assertEquals(1, bound.size());
        int copies = bound.getFirst().split(Pattern.quote(text.toString()), -1).length - 1;
        assertEquals(1, copies);
    }
}
