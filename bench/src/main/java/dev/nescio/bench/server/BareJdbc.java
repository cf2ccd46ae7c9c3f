package dev.nescio.bench.server;

import dev.nescio.protocol.Bytes;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/// One JDBC connection that writes to and reads from the server's own table of items, without the server. For
/// one thread.
final class BareJdbc implements AutoCloseable {

    private static final String INSERT = "INSERT INTO item (account, container, item, position, version, sequence,"
            + " sealed) VALUES (?, ?, ?, ?, 1, ?, ?)";
    private static final String SELECT =
            "SELECT item, position, version, sequence, sealed FROM item WHERE account = ? AND container = ?"
                    + " AND sequence > ? ORDER BY sequence, position";

    private final java.sql.Connection connection;
    private final PreparedStatement insert;
    private final PreparedStatement select;
    private final byte[] account;
    private final byte[] container;
    private long sequence = 1;

    /// @param place whose chat is written to; nobody else writes there meanwhile
    BareJdbc(String url, Writer place) throws SQLException {
        connection = DriverManager.getConnection(url);
        insert = connection.prepareStatement(INSERT);
        select = connection.prepareStatement(SELECT);
        account = place.account().toArray();
        container = place.container().toArray();
    }

    /// Inserts one row. Durable on return, unless a group was begun.
    void write() throws SQLException {
        sequence++;
        Bytes item = Writer.bytes(16);
        insert.setBytes(1, account);
        insert.setBytes(2, container);
        insert.setBytes(3, item.toArray());
        insert.setLong(4, sequence);
        insert.setLong(5, sequence);
        insert.setBytes(6, Writer.bytes(Writer.MESSAGE).toArray());
        insert.executeUpdate();
    }

    /// Inserts that many rows in one transaction.
    void writeGroup(int rows) throws SQLException {
        connection.setAutoCommit(false);
        for (int i = 0; i < rows; i++) {
            write();
        }
        connection.commit();
        connection.setAutoCommit(true);
    }

    /// Reads the newest row.
    void read() throws SQLException {
        select.setBytes(1, account);
        select.setBytes(2, container);
        select.setLong(3, sequence - 1);
        try (ResultSet rows = select.executeQuery()) {
            if (!rows.next() || rows.getBytes("sealed").length != Writer.MESSAGE) {
                throw new SQLException("the row that was written is not there");
            }
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
