package dev.nescio.server.account;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Slots;
import dev.nescio.server.credential.Credentials;
import dev.nescio.server.credential.RecoverySlot;
import dev.nescio.server.credential.SlotSealing;
import dev.nescio.server.db.Database;
import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Call;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.Handler;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Changes of how an account is signed in to (spec, section 10.9).
public final class SlotRoutes {

    private final SlotSealing sealing;
    private final DirectoryChanges changes;

    /// @param changed is told of accounts whose slots changed
    public SlotRoutes(Database database, SlotSealing sealing, Consumer<AccountId> changed) {
        this.sealing = sealing;
        this.changes = new DirectoryChanges(database, changed);
    }

    public Map<Endpoint, Handler> handlers() {
        return Map.of(Endpoint.REPLACE_RECOVERY, this::replaceRecovery);
    }

    private Answer replaceRecovery(Call call) {
        Slots.Recovery request = call.body(Slots.Recovery.class);
        RecoverySlot slot = sealing.sealRecovery(call.caller().account(), request.slot());
        return changes.commit(call.caller().account(), request.directory(), transaction -> {
            Credentials.putRecovery(transaction, slot);
            return Optional.empty();
        });
    }
}
