package dev.nescio.server.db;

import dev.nescio.protocol.Bytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.SqlStatement;

/// Reads or writes the rows of many keys with one statement for each thousand of them, which is one round trip.
public final class Keys {

    /// With some columns each, this is well below the parameters that both databases allow a statement.
    private static final int MOST_AT_ONCE = 1024;

    private static final Bytes EMPTY = Bytes.copyOf(new byte[0]);

    private Keys() {}

    /// One column of a key.
    private record Typed(Object value, Class<?> type) {}

    /// A row of the table of keys: what a stored row is found by, and where one is written, what with.
    public static final class Key {

        private final List<Typed> columns = new ArrayList<>();

        /// @param first not empty
        public static Key of(Bytes first) {
            return new Key().and(first);
        }

        /// @param column null for NULL
        public Key and(Bytes column) {
            columns.add(new Typed(column, Bytes.class));
            return this;
        }

        /// @param column null for NULL
        public Key and(Long column) {
            columns.add(new Typed(column, Long.class));
            return this;
        }

        /// With NULL for the rest, of the same types: what is written may be long.
        private Key thatFindsNothing() {
            Key key = Key.of(EMPTY);
            columns.stream().skip(1).forEach(column -> key.columns.add(new Typed(null, column.type())));
            return key;
        }
    }

    /// @param sql with `<keys>` as a table of the keys' columns, called `column1`, `column2` and so on; no other
    ///     parameter. Where `column1` is empty it must find and write nothing: such keys are added.
    /// @param keys each with the same columns
    /// @return rows in no order
    public static <T> List<T> rows(Transaction transaction, String sql, List<Key> keys, RowMapper<T> mapper) {
        List<T> rows = new ArrayList<>();
        for (List<Key> some : parts(keys)) {
            bind(transaction.handle().createQuery(with(sql, some)), some)
                    .map(mapper)
                    .forEach(rows::add);
        }
        return rows;
    }

    /// Like [#rows], for a statement that returns none.
    public static void update(Transaction transaction, String sql, List<Key> keys) {
        for (List<Key> some : parts(keys)) {
            bind(transaction.handle().createUpdate(with(sql, some)), some).execute();
        }
    }

    private static String with(String sql, List<Key> keys) {
        String key = "("
                + String.join(", ", Collections.nCopies(keys.getFirst().columns.size(), "?")) + ")";
        String table = "(VALUES " + String.join(", ", Collections.nCopies(keys.size(), key)) + ") AS keys";
        return sql.replace("<keys>", table);
    }

    private static <S extends SqlStatement<S>> S bind(S statement, List<Key> keys) {
        int position = 0;
        for (Key key : keys) {
            for (Typed column : key.columns) {
                statement.bindByType(position++, column.value(), column.type());
            }
        }
        return statement;
    }

    private static List<List<Key>> parts(List<Key> keys) {
        List<List<Key>> parts = new ArrayList<>();
        for (int from = 0; from < keys.size(); from += MOST_AT_ONCE) {
            parts.add(padded(keys.subList(from, Math.min(keys.size(), from + MOST_AT_ONCE))));
        }
        return parts;
    }

    /// Brings the number of keys to a power of two, so that there are only a few different statements to prepare.
    private static List<Key> padded(List<Key> keys) {
        int size = Integer.highestOneBit(2 * keys.size() - 1);
        List<Key> padded = new ArrayList<>(keys);
        padded.addAll(Collections.nCopies(size - keys.size(), keys.getFirst().thatFindsNothing()));
        return padded;
    }
}
