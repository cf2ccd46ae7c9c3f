package dev.nescio.server.account;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.Slots;
import dev.nescio.server.account.DirectoryChanges.Outcome;
import dev.nescio.server.credential.Credentials;
import dev.nescio.server.credential.PasswordSlot;
import dev.nescio.server.credential.RecoverySlot;
import dev.nescio.server.credential.SlotSealing;
import dev.nescio.server.db.Database;
import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Call;
import dev.nescio.server.http.Caller;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.Handler;
import dev.nescio.server.http.ProblemType;
import dev.nescio.server.http.Refusal;
import dev.nescio.server.session.Sessions;
import java.time.Clock;
import java.util.Map;
import java.util.function.Consumer;

/// Changes of how an account is signed in to (spec, section 10.9). A slot and the directory that lists it change
/// together or not at all.
public final class SlotRoutes {

    private final Database database;
    private final SlotSealing sealing;
    private final Sessions sessions;
    private final DirectoryChanges changes;

    /// @param changed is told of accounts whose slots changed
    public SlotRoutes(
            Database database, SlotSealing sealing, Sessions sessions, Clock clock, Consumer<AccountId> changed) {
        this.database = database;
        this.sealing = sealing;
        this.sessions = sessions;
        this.changes = new DirectoryChanges(database, sessions, clock, changed);
    }

    public Map<Endpoint, Handler> handlers() {
        return Map.of(
                Endpoint.REPLACE_RECOVERY, this::replaceRecovery,
                Endpoint.REPLACE_PASSWORD, this::replacePassword,
                Endpoint.REPLACE_DIRECTORY, this::replaceDirectory);
    }

    private Answer replaceRecovery(Call call) {
        Slots.Recovery request = call.body(Slots.Recovery.class);
        RecoverySlot slot = sealing.sealRecovery(call.caller().account(), request.slot());
        changes.commit(call.caller(), request.directory(), transaction -> {
            return Credentials.putRecovery(transaction, slot)
                    ? new Outcome.Written(
                            sessions.distrustOthers(transaction, call.caller(), false),
                            LogKind.RECOVERY_KEY_CHANGED,
                            slot.slot())
                    : Outcome.idInUse();
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
        PasswordSlot old = database.read(transaction -> {
                    // Whoever may not change it is not told either whether there is one.
                    sessions.requireStillProven(transaction, caller);
                    return Credentials.ofAccount(transaction, caller.account());
                })
                .orElseThrow(() -> Refusal.of(ProblemType.NOT_FOUND));
        PasswordSlot next = sealing.sealInPlaceOf(old, request.slot());
        return changes.commit(caller, request.directory(), transaction -> {
            if (!next.slot().equals(old.slot()) && Credentials.hasSlot(transaction, next.account(), next.slot())) {
                return Outcome.idInUse();
            }
            if (!Credentials.replacePassword(transaction, old, next)) {
                return new Outcome.Outdated();
            }
            return new Outcome.Written(
                    sessions.distrustOthers(transaction, caller, request.endOthers()),
                    LogKind.PASSWORD_CHANGED,
                    next.slot());
        });
    }

    private Answer replaceDirectory(Call call) {
        changes.commit(
                call.caller(), call.body(Counted.class), transaction -> Outcome.written(LogKind.NAMES_CHANGED, null));
        return Answer.EMPTY;
    }
}
