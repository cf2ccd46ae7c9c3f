package dev.nescio.server.db;

/// Where accounts and their sealed content are kept. Safe for use by many threads.
///
/// Both adapters give the same promises: a write is durable when [#write] returns, it happens as a whole or
/// not at all, and a read sees one instant.
public interface Database extends AutoCloseable {

    /// Runs work that changes something, in a transaction of its own. Work of one account is serialised by
    /// a row of that account, which it must update before it reads what it decides on: that in `account` for
    /// how it is signed in to, that in `account_sequence` for its containers. Work that needs both takes the
    /// first one first; work on several accounts takes them in the order of their ids. A row that hangs from
    /// another one takes that one too, so what is written under a container counts as work on containers. What
    /// sweeps rows of many accounts takes none of these, and so waits for nobody ([Dialect#free]).
    ///
    /// Should two ever wait for each other all the same, PostgreSQL ends one of them after a second, and to
    /// whoever asked for it the database is not available now.
    ///
    /// @throws StorageUnavailable if nothing was changed because the database cannot write now
    <T> T write(Work<T> work);

    /// As [#write], for what must not be found any more: where the files are this database's own, they hold nothing of
    /// what is deleted or replaced after the next [#tidy].
    default <T> T erase(Work<T> work) {
        return write(work);
    }

    /// Takes what was erased since the last time out of the log, where that is a file of this database's. To be called
    /// again and again: where others read at that moment it is left to the next time.
    default void tidy() {}

    /// Runs work that changes nothing.
    ///
    /// @throws StorageUnavailable if the database cannot be reached now
    <T> T read(Work<T> work);

    /// Runs a single statement that changes nothing: one sees one instant by itself, without the round trips of a
    /// transaction.
    ///
    /// @throws StorageUnavailable if the database cannot be reached now
    <T> T query(Work<T> statement);

    Dialect dialect();

    /// Finishes what was accepted, then closes.
    @Override
    void close();

    /// What runs inside a transaction. It may run on another thread and must not wait for anything.
    interface Work<T> {
        T run(Transaction transaction);
    }
}
