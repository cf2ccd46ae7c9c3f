package dev.nescio.server.sync;

import dev.nescio.protocol.AccountId;
import dev.nescio.server.db.Transaction;

/// All that an account has stored in containers, for what concerns the account as a whole.
public final class SyncRows {

    private SyncRows() {}

    /// Keeps containers and commits of the account from being written until the transaction ends. One
    /// that is being written is waited for.
    public static void take(Transaction transaction, AccountId account) {
        SequenceTable.take(transaction, account);
    }

    /// For the account's deletion (spec, section 10.15): deletes at most so many items and containers,
    /// and the rest of an account's rows with the last of them.
    ///
    /// @return how many there were; fewer than `most` when nothing is left
    public static int delete(Transaction transaction, AccountId account, int most) {
        int deleted = RotatedContainers.delete(transaction, account, most);
        if (deleted < most) {
            deleted += ItemTable.delete(transaction, account, most - deleted);
        }
        if (deleted < most) {
            deleted += ContainerTable.delete(transaction, account, most - deleted);
        }
        if (deleted < most) {
            deleted += ContainerTable.deleteLists(transaction, account);
            deleted += SequenceTable.delete(transaction, account);
            // A few more than asked for, and nothing is left.
            return Math.min(deleted, most - 1);
        }
        return deleted;
    }
}
