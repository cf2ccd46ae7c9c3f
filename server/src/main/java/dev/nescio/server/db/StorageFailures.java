package dev.nescio.server.db;

import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.Set;
import java.util.function.Supplier;

/// Tells a database that cannot write or be reached now from a mistake of ours.
final class StorageFailures {

    /// SQLITE_BUSY, SQLITE_NOMEM, SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN.
    private static final Set<Integer> SQLITE_CODES = Set.of(5, 7, 8, 10, 13, 14);

    /// Classes of SQLSTATE: connection, transaction rollback, insufficient resources, operator intervention,
    /// system error.
    private static final Set<String> STATE_CLASSES = Set.of("08", "40", "53", "57", "58");

    private StorageFailures() {}

    static <T> T named(Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            throw name(e);
        }
    }

    /// @return what to throw in place of `failure`
    static RuntimeException name(RuntimeException failure) {
        if (failure instanceof StorageUnavailable) {
            return failure;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && isStorage(sql)) {
                return new StorageUnavailable("the database cannot do this now", sql);
            }
        }
        return failure;
    }

    static boolean isStorage(SQLException failure) {
        if (failure instanceof org.sqlite.SQLiteException sqlite) {
            return SQLITE_CODES.contains(sqlite.getResultCode().code & 0xff);
        }
        String state = failure.getSQLState();
        return failure instanceof SQLTransientException
                || (state != null && state.length() == 5 && STATE_CLASSES.contains(state.substring(0, 2)));
    }
}
