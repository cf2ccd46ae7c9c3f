package dev.nescio.server.account;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.RotationId;
import dev.nescio.protocol.Rotations;
import dev.nescio.protocol.SlotId;
import dev.nescio.server.account.DirectoryChanges.Outcome;
import dev.nescio.server.credential.Credentials;
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
import dev.nescio.server.session.DeviceLists;
import dev.nescio.server.session.Sessions;
import dev.nescio.server.sync.RotatedContainers;
import java.time.Clock;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

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
        this.changes = new DirectoryChanges(database, sessions, changed);
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
        Caller caller = call.caller();
        RotationId rotation = call.rotation();
        Rotations.Complete request = call.body(Rotations.Complete.class);
        Map<SlotId, Bytes> kept = request.slots().stream()
                .collect(Collectors.toMap(
                        Rotations.KeptSlot::id,
                        slot -> sealing.sealWrappedMasterKey(caller.account(), slot.id(), slot.wrappedMasterKey())));
        RecoverySlot recovery = sealing.sealRecovery(caller.account(), request.recovery());
        changes.commit(caller, request.directory(), transaction -> {
            if (!Credentials.rewrap(transaction, caller.account(), kept)) {
                return new Outcome.Refused(Refusal.badRequest("slots must be passwords or passkeys of this account"));
            }
            if (!Credentials.putRecovery(transaction, recovery)) {
                return Outcome.idInUse();
            }
            return rekey(transaction, caller, rotation, request)
                    ? new Outcome.Written(sessions.removeOthers(transaction, caller))
                    : new Outcome.Refused(Refusal.of(ProblemType.ROTATION_CONFLICT));
        });
        return Answer.EMPTY;
    }

    /// @return false if something of the account is not as it was when it was rotated
    private static boolean rekey(
            Transaction transaction, Caller caller, RotationId rotation, Rotations.Complete request) {
        AccountId account = caller.account();
        return Accounts.replaceKeys(transaction, account, request.domainKeys(), request.profile())
                && DeviceLists.replace(transaction, account, request.devices())
                && RotatedContainers.complete(transaction, account, caller.session(), rotation, request.lists());
    }
}
