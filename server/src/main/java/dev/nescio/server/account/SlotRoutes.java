package dev.nescio.server.account;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Slots;
import dev.nescio.server.credential.Credentials;
import dev.nescio.server.credential.RecoverySlot;
import dev.nescio.server.credential.SlotSealing;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Transaction;
import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Call;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.Handler;
import dev.nescio.server.http.Refusal;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// Changes of how an account is signed in to (spec, section 10.9). A slot and the directory that lists it change
/// together or not at all.
public final class SlotRoutes {

    private final Database database;
    private final SlotSealing sealing;
    private final Consumer<AccountId> changed;

    /// @param changed is told of accounts whose slots changed
    public SlotRoutes(Database database, SlotSealing sealing, Consumer<AccountId> changed) {
        this.database = database;
        this.sealing = sealing;
        this.changed = changed;
    }

    public Map<Endpoint, Handler> handlers() {
        return Map.of(Endpoint.REPLACE_RECOVERY, this::replaceRecovery);
    }

    private Answer replaceRecovery(Call call) {
        Slots.Recovery request = call.body(Slots.Recovery.class);
        RecoverySlot slot = sealing.sealRecovery(call.caller().account(), request.slot());
        return change(
                call.caller().account(),
                request.directory(),
                transaction -> Credentials.putRecovery(transaction, slot));
    }

    /// Commits the directory and what it describes. When the directory is, byte for byte, the stored one, the change
    /// was made before.
    private Answer change(AccountId account, Counted directory, Consumer<Transaction> write) {
        OptionalLong conflict = database.write(transaction -> {
            if (Accounts.replaceDirectory(transaction, account, directory)) {
                write.accept(transaction);
                return OptionalLong.empty();
            }
            Counted stored = Accounts.find(transaction, account).orElseThrow().directory();
            return stored.equals(directory) ? OptionalLong.empty() : OptionalLong.of(stored.counter());
        });
        if (conflict.isPresent()) {
            throw Refusal.directoryConflict(conflict.getAsLong());
        }
        changed.accept(account);
        return Answer.EMPTY;
    }
}
