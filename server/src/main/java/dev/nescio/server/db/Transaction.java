package dev.nescio.server.db;

import org.jdbi.v3.core.Handle;

/// One transaction, for the length of the work that it was given to.
public final class Transaction {

    private final Handle handle;
    private boolean undone;

    Transaction(Handle handle) {
        this.handle = handle;
    }

    public Handle handle() {
        return handle;
    }

    /// Nothing of this transaction will be kept, and yet its work returns an answer: for a refusal that
    /// shows only half way.
    public void undo() {
        undone = true;
    }

    boolean undone() {
        return undone;
    }
}
