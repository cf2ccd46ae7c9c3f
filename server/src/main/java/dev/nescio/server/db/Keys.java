package dev.nescio.server.db;

import dev.nescio.protocol.Bytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.Query;

/// Reads the rows of many keys with one statement, which is one round trip.
public final class Keys {

    /// With some columns each, this is well below the parameters that both databases allow a statement.
    private static final int MOST_AT_ONCE = 1024;

    private static final Bytes EMPTY = Bytes.copyOf(new byte[0]);

    private Keys() {}

    /// @param sql with `<keys>` as a table of the keys' columns, called `column1`, `column2` and so on; no other
    ///     parameter
    /// @param keys each the same number of columns
    /// @return rows in no order
    public static <T> List<T> rows(Transaction transaction, String sql, List<List<Bytes>> keys, RowMapper<T> mapper) {
        List<T> rows = new ArrayList<>();
        for (int from = 0; from < keys.size(); from += MOST_AT_ONCE) {
            List<List<Bytes>> some = padded(keys.subList(from, Math.min(keys.size(), from + MOST_AT_ONCE)));
            Query query = transaction.handle().createQuery(sql.replace("<keys>", table(some)));
            int position = 0;
            for (List<Bytes> key : some) {
                for (Bytes column : key) {
                    query.bind(position++, column);
                }
            }
            query.map(mapper).forEach(rows::add);
        }
        return rows;
    }

    private static String table(List<List<Bytes>> keys) {
        String key = "(" + String.join(", ", Collections.nCopies(keys.getFirst().size(), "?")) + ")";
        return "(VALUES " + String.join(", ", Collections.nCopies(keys.size(), key)) + ") AS keys";
    }

    /// Brings the number of keys to a power of two, so that there are only a few different statements to prepare. No
    /// key has an empty column: what is added finds no rows.
    private static List<List<Bytes>> padded(List<List<Bytes>> keys) {
        int size = Integer.highestOneBit(2 * keys.size() - 1);
        List<List<Bytes>> padded = new ArrayList<>(keys);
        padded.addAll(Collections.nCopies(
                size - keys.size(), Collections.nCopies(keys.getFirst().size(), EMPTY)));
        return padded;
    }
}
