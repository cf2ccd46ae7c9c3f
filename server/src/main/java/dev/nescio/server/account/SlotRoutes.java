package dev.nescio.server.account;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.Slots;
import dev.nescio.server.credential.Credentials;
import dev.nescio.server.credential.PasswordSlot;
import dev.nescio.server.credential.RecoverySlot;
import dev.nescio.server.credential.SlotSealing;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Transaction;
import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Call;
import dev.nescio.server.http.Caller;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.Handler;
import dev.nescio.server.http.Refusal;
import dev.nescio.server.session.Sessions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;

/// Changes of how an account is signed in to (spec, section 10.9). A slot and the directory that lists it change
/// together or not at all.
public final class SlotRoutes {

    private final Database database;
    private final SlotSealing sealing;
    private final Sessions sessions;
    private final Consumer<AccountId> changed;

    /// @param changed is told of accounts whose slots changed
    public SlotRoutes(Database database, SlotSealing sealing, Sessions sessions, Consumer<AccountId> changed) {
        this.database = database;
        this.sealing = sealing;
        this.sessions = sessions;
        this.changed = changed;
    }

    public Map<Endpoint, Handler> handlers() {
        return Map.of(
                Endpoint.REPLACE_RECOVERY, this::replaceRecovery,
                Endpoint.REPLACE_PASSWORD, this::replacePassword);
    }

    private Answer replaceRecovery(Call call) {
        Slots.Recovery request = call.body(Slots.Recovery.class);
        RecoverySlot slot = sealing.sealRecovery(call.caller().account(), request.slot());
        change(call.caller(), request.directory(), transaction -> {
            Credentials.putRecovery(transaction, slot);
            return Optional.of(List.of());
        });
        return Answer.EMPTY;
    }

    private Answer replacePassword(Call call) {
        Slots.Password request = call.body(Slots.Password.class);
        while (!replacePassword(call.caller(), request)) {
            // Its second factor was replaced at the same moment: take that one over.
        }
        return Answer.EMPTY;
    }

    /// @return false, with nothing written, when the slot that it was made from is no longer there
    private boolean replacePassword(Caller caller, Slots.Password request) {
        PasswordSlot old = database.read(transaction -> Credentials.ofAccount(transaction, caller.account()))
                .orElseThrow();
        PasswordSlot next = sealing.sealInPlaceOf(old, request.slot());
        return change(caller, request.directory(), transaction -> {
            if (!Credentials.replacePassword(transaction, old, next)) {
                return Optional.empty();
            }
            return Optional.of(request.endOthers() ? sessions.removeOthers(transaction, caller) : List.of());
        });
    }

    /// Commits the directory and what it describes. When the directory is, byte for byte, the stored one, the change
    /// was made before.
    ///
    /// @param write writes what the directory describes, and returns the sessions that ended by it; empty when it
    ///     cannot
    /// @return whether it could; otherwise nothing was written
    private boolean change(Caller caller, Counted directory, Function<Transaction, Optional<List<SessionId>>> write) {
        AccountId account = caller.account();
        Outcome outcome = database.write(transaction -> {
            Accounts.take(transaction, account);
            sessions.requireStillProven(transaction, caller);
            if (Accounts.replaceDirectory(transaction, account, directory)) {
                Optional<List<SessionId>> ended = write.apply(transaction);
                if (ended.isEmpty()) {
                    transaction.undo();
                }
                return new Outcome(OptionalLong.empty(), ended);
            }
            Counted stored = Accounts.find(transaction, account).orElseThrow().directory();
            return new Outcome(
                    stored.equals(directory) ? OptionalLong.empty() : OptionalLong.of(stored.counter()),
                    Optional.of(List.of()));
        });
        if (outcome.conflict().isPresent()) {
            throw Refusal.directoryConflict(outcome.conflict().getAsLong());
        }
        outcome.ended().ifPresent(ended -> {
            sessions.tellEnded(ended);
            changed.accept(account);
        });
        return outcome.ended().isPresent();
    }

    /// @param conflict the counter of the directory that is stored, if the given one does not follow on it
    /// @param ended empty if what the directory describes could not be written
    private record Outcome(OptionalLong conflict, Optional<List<SessionId>> ended) {}
}
