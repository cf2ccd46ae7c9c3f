package dev.nescio.server.account;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.SlotId;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Transaction;
import dev.nescio.server.http.Caller;
import dev.nescio.server.http.ProblemType;
import dev.nescio.server.http.Refusal;
import dev.nescio.server.log.SecurityLog;
import dev.nescio.server.session.Sessions;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/// Writes a slot and the directory that lists it together or not at all (spec, section 10.9).
final class DirectoryChanges {

    /// What came of writing what a directory describes.
    sealed interface Outcome {

        /// @param ended the sessions that ended by it
        /// @param kind what the account's log says of it
        /// @param slot which slot it is about; null where it is about none
        record Written(List<SessionId> ended, LogKind kind, SlotId slot) implements Outcome {}

        /// The change was made before, by the same request.
        record Repeated() implements Outcome {}

        record Refused(Refusal refusal) implements Outcome {}

        /// What it was made from is no longer there.
        record Outdated() implements Outcome {}

        static Outcome written(LogKind kind, SlotId slot) {
            return new Written(List.of(), kind, slot);
        }

        /// Another slot of the account has the id of the new one.
        static Outcome idInUse() {
            return new Refused(slotIdInUse());
        }
    }

    private final Database database;
    private final Sessions sessions;
    private final Clock clock;
    private final Consumer<AccountId> changed;

    /// @param changed is told of accounts whose slots changed
    DirectoryChanges(Database database, Sessions sessions, Clock clock, Consumer<AccountId> changed) {
        this.database = database;
        this.sessions = sessions;
        this.clock = clock;
        this.changed = changed;
    }

    /// Whether this directory is, byte for byte, the stored one, so that the change was made before.
    ///
    /// @throws Refusal where it is neither that nor the stored one's successor, or the caller may no
    ///     longer change it
    boolean isDone(Caller caller, Counted directory) {
        Counted stored = database.read(transaction -> {
            sessions.requireStillProven(transaction, caller);
            return stored(transaction, caller.account());
        });
        if (!stored.equals(directory) && stored.counter() + 1 != directory.counter()) {
            throw Refusal.directoryConflict(stored.counter());
        }
        return stored.equals(directory);
    }

    /// Commits the directory and what it describes. A change that was made before is not made again. What is replaced,
    /// such as a master key under the key of a password that is known, must not be found any more.
    ///
    /// @param write writes what the directory describes; nothing is written unless it says so
    /// @return false if it was outdated
    /// @throws Refusal where the directory is not the stored one's successor, the change is refused, or the caller
    ///     may no longer make it
    boolean commit(Caller caller, Counted directory, Function<Transaction, Outcome> write) {
        AccountId account = caller.account();
        Outcome outcome = database.erase(transaction -> {
            Accounts.take(transaction, account);
            sessions.requireStillProven(transaction, caller);
            if (Accounts.replaceDirectory(transaction, account, directory)) {
                Outcome written = write.apply(transaction);
                if (written instanceof Outcome.Written(var _, LogKind kind, SlotId slot)) {
                    SecurityLog.append(
                            transaction,
                            account,
                            SecurityLog.Event.by(caller.session(), kind).about(slot),
                            clock.millis());
                } else {
                    transaction.undo();
                }
                return written;
            }
            Counted stored = stored(transaction, account);
            return stored.equals(directory)
                    ? new Outcome.Repeated()
                    : new Outcome.Refused(Refusal.directoryConflict(stored.counter()));
        });
        return switch (outcome) {
            case Outcome.Written(List<SessionId> ended, var _, var _) -> {
                sessions.tellEnded(ended);
                changed.accept(account);
                yield true;
            }
            case Outcome.Repeated() -> {
                changed.accept(account);
                yield true;
            }
            case Outcome.Outdated() -> false;
            case Outcome.Refused(Refusal refusal) -> throw refusal;
        };
    }

    /// Which slot has it is not said, nor whose it is.
    static Refusal slotIdInUse() {
        return Refusal.badRequest("the id of the slot is in use");
    }

    private static Counted stored(Transaction transaction, AccountId account) {
        return Accounts.find(transaction, account)
                .orElseThrow(() -> Refusal.of(ProblemType.SESSION_REQUIRED))
                .directory();
    }
}
