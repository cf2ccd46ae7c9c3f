package dev.nescio.server.db;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Stored;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jdbi.v3.core.result.ResultIterator;

/// All rows of one account, of whatever tables there are, as they are stored.
public final class AccountRows {

    /// Octets of content in one page; the last row may go over it.
    private static final long MOST_OCTETS = 4L << 20;

    /// Rows that a driver takes at once.
    private static final int FETCHED = 8;

    private final Database database;
    private final Transaction transaction;
    private final AccountId account;
    private final int limit;
    private final List<Stored.Row> rows = new ArrayList<>();
    private long octets;

    private AccountRows(Database database, Transaction transaction, AccountId account, int limit) {
        this.database = database;
        this.transaction = transaction;
        this.account = account;
        this.limit = limit;
    }

    /// The rows in the order of tables and keys.
    ///
    /// @param from how many to leave out
    public static Stored.Page page(
            Database database, Transaction transaction, AccountId account, long from, int limit) {
        AccountRows page = new AccountRows(database, transaction, account, limit);
        boolean more = page.fill(from);
        return new Stored.Page(page.rows, more);
    }

    /// @return whether there are rows after those that fit
    private boolean fill(long from) {
        long leftOut = from;
        for (String table : tables()) {
            String key = key(table);
            if (key.isEmpty()) {
                continue;
            }
            long count = transaction
                    .handle()
                    .createQuery("SELECT COUNT(*) FROM \"" + table + "\" WHERE account = :account")
                    .bind("account", account.bytes())
                    .mapTo(Long.class)
                    .one();
            if (count <= leftOut) {
                leftOut -= count;
            } else if (isFull() || read(table, key, leftOut)) {
                return true;
            } else {
                leftOut = 0;
            }
        }
        return false;
    }

    private boolean isFull() {
        return rows.size() == limit || octets >= MOST_OCTETS;
    }

    private List<String> tables() {
        return transaction
                .handle()
                .createQuery(database.dialect().tables() + " ORDER BY 1")
                .mapTo(String.class)
                .list();
    }

    /// The columns of a table's key, empty where it does not begin with the account.
    private String key(String table) {
        try {
            Connection connection = transaction.handle().getConnection();
            TreeMap<Integer, String> columns = new TreeMap<>();
            try (ResultSet found = connection.getMetaData().getPrimaryKeys(null, connection.getSchema(), table)) {
                while (found.next()) {
                    columns.put(found.getInt("KEY_SEQ"), found.getString("COLUMN_NAME"));
                }
            }
            return !columns.isEmpty() && columns.firstEntry().getValue().equals("account")
                    ? String.join(", ", columns.values())
                    : "";
        } catch (SQLException e) {
            throw new IllegalStateException("the keys of a table cannot be read", e);
        }
    }

    /// @return whether there are rows after those that fit
    private boolean read(String table, String key, long leftOut) {
        try (ResultIterator<Stored.Row> found = transaction
                .handle()
                .createQuery("SELECT * FROM \"" + table + "\" WHERE account = :account ORDER BY " + key
                        + " LIMIT :limit OFFSET :leftOut")
                .bind("account", account.bytes())
                .bind("limit", limit - rows.size() + 1)
                .bind("leftOut", leftOut)
                .setFetchSize(FETCHED)
                .map((row, context) -> row(table, row))
                .iterator()) {
            while (found.hasNext()) {
                if (isFull()) {
                    return true;
                }
                rows.add(found.next());
            }
            return false;
        }
    }

    private Stored.Row row(String table, ResultSet row) throws SQLException {
        ResultSetMetaData shape = row.getMetaData();
        List<Stored.Column> columns = new ArrayList<>();
        for (int i = 1; i <= shape.getColumnCount(); i++) {
            columns.add(column(shape.getColumnLabel(i), row.getObject(i)));
        }
        return new Stored.Row(table, columns);
    }

    private Stored.Column column(String name, Object value) {
        return switch (value) {
            case null -> new Stored.Column(name, null, null, null);
            case byte[] bytes -> {
                octets += bytes.length;
                yield new Stored.Column(name, null, null, Bytes.copyOf(bytes));
            }
            case Boolean flag -> new Stored.Column(name, flag ? 1L : 0L, null, null);
            case Number number -> new Stored.Column(name, number.longValue(), null, null);
            default -> new Stored.Column(name, null, value.toString(), null);
        };
    }
}
