package dev.nescio.server.account;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.RotationId;
import dev.nescio.protocol.Rotations;
import dev.nescio.protocol.SlotId;
import dev.nescio.server.account.DirectoryChanges.Outcome;
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
import dev.nescio.server.http.ProblemType;
import dev.nescio.server.http.Refusal;
import dev.nescio.server.log.SecurityLog;
import dev.nescio.server.session.DeviceLists;
import dev.nescio.server.session.Sessions;
import dev.nescio.server.sync.RotatedContainers;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// The rotation of the master key (spec, section 10.13): containers wait under their fresh keys until
/// all are there; then everything that hangs from the master key changes in one transaction.
public final class RotationRoutes {

    private final Database database;
    private final SlotSealing sealing;
    private final Sessions sessions;
    private final Clock clock;
    private final DirectoryChanges changes;

    /// @param changed is told of accounts whose slots changed
    public RotationRoutes(
            Database database, SlotSealing sealing, Sessions sessions, Clock clock, Consumer<AccountId> changed) {
        this.database = database;
        this.sealing = sealing;
        this.sessions = sessions;
        this.clock = clock;
        this.changes = new DirectoryChanges(database, sessions, clock, changed);
    }

    public Map<Endpoint, Handler> handlers() {
        return Map.of(Endpoint.STAGE_ROTATION, this::stage, Endpoint.COMPLETE_ROTATION, this::complete);
    }

    private Answer stage(Call call) {
        Caller caller = call.caller();
        RotationId rotation = call.rotation();
        Rotations.Stage request = call.body(Rotations.Stage.class);
        boolean staged = database.write(transaction -> {
            Accounts.take(transaction, caller.account());
            sessions.requireStillProven(transaction, caller);
            boolean all = RotatedContainers.stage(
                    transaction, caller.account(), caller.session(), rotation, request.containers(), clock.millis());
            if (!all) {
                transaction.undo();
            }
            return all;
        });
        if (!staged) {
            throw Refusal.of(ProblemType.NOT_FOUND);
        }
        return Answer.EMPTY;
    }

    private Answer complete(Call call) {
        Rotations.Complete request = call.body(Rotations.Complete.class);
        NewAccounts.requirePublicKey(request.keyPair());
        while (!complete(call.caller(), call.rotation(), request)) {
            // Its second factor was replaced at the same moment: take that one over.
        }
        return Answer.EMPTY;
    }

    /// @return false, with nothing written, when the password that is replaced is no longer as it was
    private boolean complete(Caller caller, RotationId rotation, Rotations.Complete request) {
        Optional<PasswordSlot> old =
                request.password() == null ? Optional.empty() : Optional.of(passwordToReplace(caller));
        Optional<PasswordSlot> next = old.map(slot -> sealing.sealInPlaceOf(slot, request.password()));
        Map<SlotId, Bytes> kept = new HashMap<>();
        request.slots()
                .forEach(slot -> kept.put(
                        slot.id(), sealing.sealWrappedMasterKey(caller.account(), slot.id(), slot.wrappedMasterKey())));
        next.ifPresent(slot -> kept.put(slot.slot(), slot.wrappedMasterKey()));
        RecoverySlot recovery = sealing.sealRecovery(caller.account(), request.recovery());
        return changes.commit(caller, request.directory(), transaction -> {
            if (next.isPresent()) {
                boolean idInUse = !next.get().slot().equals(old.get().slot())
                        && Credentials.hasSlot(
                                transaction, caller.account(), next.get().slot());
                if (idInUse) {
                    return Outcome.idInUse();
                }
                if (!Credentials.replacePassword(transaction, old.get(), next.get())) {
                    return new Outcome.Outdated();
                }
            }
            if (!Credentials.rewrap(transaction, caller.account(), kept)) {
                return new Outcome.Refused(Refusal.badRequest("slots must be passwords or passkeys of this account"));
            }
            if (!Credentials.putRecovery(transaction, recovery)) {
                return Outcome.idInUse();
            }
            return rekey(transaction, caller, rotation, request)
                    ? new Outcome.Written(
                            sessions.removeOthers(transaction, caller), LogKind.MASTER_KEY_ROTATED, recovery.slot())
                    : new Outcome.Refused(Refusal.of(ProblemType.ROTATION_CONFLICT));
        });
    }

    private PasswordSlot passwordToReplace(Caller caller) {
        return database.read(transaction -> {
                    // Whoever may not change it is not told either whether there is one.
                    sessions.requireStillProven(transaction, caller);
                    return Credentials.ofAccount(transaction, caller.account());
                })
                .orElseThrow(() -> Refusal.of(ProblemType.NOT_FOUND));
    }

    /// @return false if something of the account is not as it was when it was rotated
    private static boolean rekey(
            Transaction transaction, Caller caller, RotationId rotation, Rotations.Complete request) {
        AccountId account = caller.account();
        SecurityLog.forgetOrigins(transaction, account);
        return Accounts.replaceKeys(transaction, account, request.domainKeys(), request.keyPair(), request.profile())
                && DeviceLists.replace(transaction, account, request.devices())
                && RotatedContainers.complete(transaction, account, caller.session(), rotation, request.lists());
    }
}
