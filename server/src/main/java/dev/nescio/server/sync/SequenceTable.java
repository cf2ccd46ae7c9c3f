package dev.nescio.server.sync;

import dev.nescio.protocol.AccountId;
import dev.nescio.server.db.Columns;
import dev.nescio.server.db.Keys;
import dev.nescio.server.db.Transaction;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// The table of sequences: how many commits each account has made (spec, section 10.5). A table of its
/// own, since each commit writes this row anew, and that of the account is thirty times as long. An
/// account without a row, or with 0, has made none.
final class SequenceTable {

    private SequenceTable() {}

    static long current(Transaction transaction, AccountId account) {
        return transaction
                .handle()
                .createQuery("SELECT sequence FROM account_sequence WHERE account = :account")
                .bind("account", account.bytes())
                .mapTo(Long.class)
                .findOne()
                .orElse(0L);
    }

    /// Takes the rows of these accounts until the transaction ends, so that the commits of one account happen one after
    /// the other.
    ///
    /// @param accounts different ones, in the order of their ids: else two transactions could wait for each other
    /// @return each account's next sequence
    static Map<AccountId, Long> next(Transaction transaction, Collection<AccountId> accounts) {
        Map<AccountId, Long> sequences = new HashMap<>();
        Keys.rows(
                transaction,
                "INSERT INTO account_sequence (account, sequence) SELECT column1, 1 FROM <keys> WHERE length(column1) > 0"
                        + " ON CONFLICT (account) DO UPDATE SET sequence = account_sequence.sequence + 1"
                        + " RETURNING account, sequence",
                accounts.stream().map(account -> Keys.Key.of(account.bytes())).toList(),
                (row, context) -> sequences.put(new AccountId(Columns.bytes(row, "account")), row.getLong("sequence")));
        return sequences;
    }

    /// Takes the account's row until the transaction ends, so that nothing is committed meanwhile.
    static void take(Transaction transaction, AccountId account) {
        transaction
                .handle()
                .createUpdate("INSERT INTO account_sequence (account, sequence) VALUES (:account, 0)"
                        + " ON CONFLICT (account) DO UPDATE SET sequence = account_sequence.sequence")
                .bind("account", account.bytes())
                .execute();
    }

    /// @return how many there were
    static int delete(Transaction transaction, AccountId account) {
        return transaction
                .handle()
                .createUpdate("DELETE FROM account_sequence WHERE account = :account")
                .bind("account", account.bytes())
                .execute();
    }

    /// Takes back what [#next] gave in the same transaction: nothing was written under it.
    static void giveBack(Transaction transaction, Collection<AccountId> accounts) {
        accounts.forEach(account -> skip(transaction, account, -1));
    }

    /// Goes on by so many more, after [#next] in the same transaction.
    ///
    /// @param more -1 to give the one back
    static void skip(Transaction transaction, AccountId account, long more) {
        transaction
                .handle()
                .createUpdate("UPDATE account_sequence SET sequence = sequence + :more WHERE account = :account")
                .bind("account", account.bytes())
                .bind("more", more)
                .execute();
    }
}
