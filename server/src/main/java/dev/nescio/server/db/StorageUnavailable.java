package dev.nescio.server.db;

/// The database cannot do this now: the disk is full, the database server is away, or this server stops.
/// Nothing was changed.
public final class StorageUnavailable extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StorageUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
