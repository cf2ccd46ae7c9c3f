package dev.nescio.server.account;

import dev.nescio.protocol.AccessKeys;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.LogKind;
import dev.nescio.server.account.DirectoryChanges.Outcome;
import dev.nescio.server.credential.AccessSlot;
import dev.nescio.server.credential.AccessSlots;
import dev.nescio.server.credential.Credentials;
import dev.nescio.server.credential.SlotSealing;
import dev.nescio.server.db.Database;
import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Call;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.Handler;
import dev.nescio.server.http.ProblemType;
import dev.nescio.server.http.Refusal;
import dev.nescio.server.session.Sessions;
import java.time.Clock;
import java.util.Map;
import java.util.function.Consumer;

/// Making access keys (spec, section 10.17). They are removed as passkeys are.
public final class AccessKeyRoutes {

    private final SlotSealing sealing;
    private final Clock clock;
    private final DirectoryChanges changes;

    /// @param changed is told of accounts whose slots changed
    public AccessKeyRoutes(
            Database database, SlotSealing sealing, Sessions sessions, Clock clock, Consumer<AccountId> changed) {
        this.sealing = sealing;
        this.clock = clock;
        this.changes = new DirectoryChanges(database, sessions, clock, changed);
    }

    public Map<Endpoint, Handler> handlers() {
        return Map.of(Endpoint.ADD_ACCESS_KEY, this::add);
    }

    private Answer add(Call call) {
        AccessKeys.Add request = call.body(AccessKeys.Add.class);
        AccessSlot slot = sealing.sealAccess(call.caller().account(), request.slot(), clock.millis());
        changes.commit(
                call.caller(),
                request.directory(),
                transaction -> !slot.isOver(clock.millis())
                                && !Credentials.hasSlot(transaction, slot.account(), slot.slot())
                                && AccessSlots.insert(transaction, slot)
                        ? Outcome.written(LogKind.ACCESS_KEY_ADDED, slot.slot())
                        : new Outcome.Refused(Refusal.of(ProblemType.ACCESS_KEY_REFUSED)));
        return Answer.EMPTY;
    }
}
