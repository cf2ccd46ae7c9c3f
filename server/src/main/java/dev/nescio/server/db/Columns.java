package dev.nescio.server.db;

import dev.nescio.protocol.Bytes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.argument.AbstractArgumentFactory;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.config.ConfigRegistry;

/// How the protocol's byte strings go into columns and come out of them, the same on both databases.
public final class Columns {

    private Columns() {}

    public static Bytes bytes(ResultSet row, String column) throws SQLException {
        return Bytes.copyOf(row.getBytes(column));
    }

    /// @return null where the column is
    public static Long number(ResultSet row, String column) throws SQLException {
        long number = row.getLong(column);
        return row.wasNull() ? null : number;
    }

    static Jdbi configure(Jdbi jdbi) {
        return jdbi.registerArgument(new BytesArgument());
    }

    private static final class BytesArgument extends AbstractArgumentFactory<Bytes> {

        private BytesArgument() {
            super(Types.VARBINARY);
        }

        @Override
        protected Argument build(Bytes value, ConfigRegistry config) {
            return (position, statement, context) -> statement.setBytes(position, value.toArray());
        }
    }
}
