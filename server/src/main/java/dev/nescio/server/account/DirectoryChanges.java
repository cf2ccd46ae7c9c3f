package dev.nescio.server.account;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Counted;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Transaction;
import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Refusal;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/// Writes a slot and the directory that lists it together or not at all (spec, section 10.9).
final class DirectoryChanges {

    private final Database database;
    private final Consumer<AccountId> changed;

    /// @param changed is told of accounts whose slots changed
    DirectoryChanges(Database database, Consumer<AccountId> changed) {
        this.database = database;
        this.changed = changed;
    }

    /// Commits the directory and what it describes. When the directory is, byte for byte, the stored one, the change
    /// was made before.
    ///
    /// @param write returns why it may not be written; then nothing is
    Answer commit(AccountId account, Counted directory, Function<Transaction, Optional<Refusal>> write) {
        Optional<Refusal> refusal = database.write(transaction -> {
            if (Accounts.replaceDirectory(transaction, account, directory)) {
                Optional<Refusal> refused = write.apply(transaction);
                if (refused.isPresent()) {
                    transaction.undo();
                }
                return refused;
            }
            Counted stored = Accounts.find(transaction, account).orElseThrow().directory();
            return stored.equals(directory)
                    ? Optional.empty()
                    : Optional.of(Refusal.directoryConflict(stored.counter()));
        });
        if (refusal.isPresent()) {
            throw refusal.get();
        }
        changed.accept(account);
        return Answer.EMPTY;
    }
}
