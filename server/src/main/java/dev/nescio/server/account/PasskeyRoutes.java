package dev.nescio.server.account;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.Transport;
import dev.nescio.protocol.Versioned;
import dev.nescio.server.account.DirectoryChanges.Outcome;
import dev.nescio.server.credential.AccessSlot;
import dev.nescio.server.credential.AccessSlots;
import dev.nescio.server.credential.Credentials;
import dev.nescio.server.credential.PasskeySlot;
import dev.nescio.server.credential.PasskeySlots;
import dev.nescio.server.credential.PasswordSlot;
import dev.nescio.server.credential.RecoverySlot;
import dev.nescio.server.credential.SlotSealing;
import dev.nescio.server.credential.StoredSlot;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Transaction;
import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Call;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.Handler;
import dev.nescio.server.http.ProblemType;
import dev.nescio.server.http.Refusal;
import dev.nescio.server.keyservice.KeyService;
import dev.nescio.server.keyservice.KeyService.Purpose;
import dev.nescio.server.passkey.Ceremonies;
import dev.nescio.server.session.Sessions;
import dev.nescio.server.throttle.Limit;
import dev.nescio.server.throttle.Throttle;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Signing up with a passkey, adding passkeys, and removing them, the password or an access key (spec, sections
/// 10.12, 10.14 and 10.17).
public final class PasskeyRoutes {

    private final Database database;
    private final KeyService keys;
    private final SlotSealing sealing;
    private final Ceremonies ceremonies;
    private final AddressProofs proofs;
    private final Sessions sessions;
    private final Throttle throttle;
    private final Clock clock;
    private final boolean open;
    private final DirectoryChanges changes;

    /// @param open whether anybody can sign up
    /// @param changed is told of accounts whose slots changed
    public PasskeyRoutes(
            Database database,
            KeyService keys,
            Ceremonies ceremonies,
            AddressProofs proofs,
            Sessions sessions,
            Throttle throttle,
            Clock clock,
            boolean open,
            Consumer<AccountId> changed) {
        this.database = database;
        this.keys = keys;
        this.sealing = new SlotSealing(keys);
        this.ceremonies = ceremonies;
        this.proofs = proofs;
        this.sessions = sessions;
        this.throttle = throttle;
        this.clock = clock;
        this.open = open;
        this.changes = new DirectoryChanges(database, sessions, clock, changed);
    }

    public Map<Endpoint, Handler> handlers() {
        return Map.of(
                Endpoint.SIGN_UP_WITH_PASSKEY, this::signUp,
                Endpoint.ADD_PASSKEY, this::add,
                Endpoint.REMOVE_SLOT, this::remove);
    }

    /// Everything or nothing: there is no code to wait for, so no sign-up that is half done.
    private Answer signUp(Call call) {
        if (!open) {
            throw Refusal.of(ProblemType.SIGN_UP_CLOSED);
        }
        throttle.take(Limit.SIGN_UP, call.network());
        Passkeys.SignUpNow request = call.body(Passkeys.SignUpNow.class);
        NewAccounts.requirePublicKey(request.keyPair());
        Bytes mailedCode = proofs.require(request.mailedCode(), request.hashedEmail());
        Bytes addressHmac = keys.hmac(Purpose.ADDRESS, request.hashedEmail());
        if (database.read(transaction -> Accounts.hasAddress(transaction, addressHmac))) {
            throw Refusal.of(ProblemType.ADDRESS_TAKEN);
        }
        PasskeySlot slot = created(request.account(), request.slot(), request.registration());
        RecoverySlot recovery = sealing.sealRecovery(request.account(), request.recovery());
        AccountState state = new AccountState(
                request.account(),
                new Counted(1, request.directory()),
                request.domainKeys(),
                request.keyPair(),
                new Versioned(1, request.profile()));
        Written written = database.write(transaction -> {
            Written outcome = write(
                    transaction,
                    state,
                    addressHmac,
                    slot,
                    recovery,
                    new NewAccounts.First(request.stay(), call.network()));
            if (outcome.refusal() != null) {
                transaction.undo();
            }
            return outcome;
        });
        if (written.refusal() != null) {
            throw Refusal.of(written.refusal());
        }
        ceremonies.use(request.registration());
        proofs.use(mailedCode);
        return SessionAnswer.of(
                state,
                List.of(slot, recovery),
                slot.slot(),
                sealing,
                written.session(),
                request.transport() == Transport.COOKIE,
                false);
    }

    /// @param refusal null where everything was written
    private record Written(Sessions.Opened session, ProblemType refusal) {}

    private Written write(
            Transaction transaction,
            AccountState state,
            Bytes addressHmac,
            PasskeySlot slot,
            RecoverySlot recovery,
            NewAccounts.First first) {
        if (!Accounts.insert(transaction, state, addressHmac, clock.millis())) {
            return new Written(null, ProblemType.ADDRESS_TAKEN);
        }
        if (!PasskeySlots.insert(transaction, slot)) {
            return new Written(null, ProblemType.PASSKEY_REFUSED);
        }
        if (!Credentials.putRecovery(transaction, recovery)) {
            throw DirectoryChanges.slotIdInUse();
        }
        return new Written(NewAccounts.open(transaction, sessions, slot, state.keyPair(), first, clock.millis()), null);
    }

    private Answer add(Call call) {
        Passkeys.Add request = call.body(Passkeys.Add.class);
        AccountId account = call.caller().account();
        // Before the challenge is looked at: the same request again is answered after it was used.
        if (changes.isDone(call.caller(), request.directory())) {
            return Answer.EMPTY;
        }
        PasskeySlot slot = created(account, request.slot(), request.registration());
        changes.commit(call.caller(), request.directory(), transaction -> {
            if (Credentials.hasSlot(transaction, account, slot.slot())) {
                return Outcome.idInUse();
            }
            return PasskeySlots.insert(transaction, slot)
                    ? Outcome.written(LogKind.PASSKEY_ADDED, slot.slot())
                    : new Outcome.Refused(Refusal.of(ProblemType.PASSKEY_REFUSED));
        });
        ceremonies.use(request.registration());
        return Answer.EMPTY;
    }

    private PasskeySlot created(AccountId account, SignUp.NewSlot slot, Passkeys.Registration registration) {
        return ceremonies
                .create(registration, slot.credentialId())
                .map(passkey -> sealing.sealPasskey(account, slot, passkey))
                .orElseThrow(() -> Refusal.of(ProblemType.PASSKEY_REFUSED));
    }

    private Answer remove(Call call) {
        AccountId account = call.caller().account();
        SlotId slot = call.slot();
        Passkeys.Remove request = call.body(Passkeys.Remove.class);
        changes.commit(call.caller(), request.directory(), transaction -> {
            if (AccessSlots.delete(transaction, account, slot)) {
                return new Outcome.Written(
                        request.endOthers()
                                ? sessions.removeOthers(transaction, call.caller())
                                : sessions.removeOfAccessKey(transaction, account, slot),
                        LogKind.ACCESS_KEY_REMOVED,
                        slot);
            }
            boolean passkey = PasskeySlots.delete(transaction, account, slot);
            if (!passkey && !Credentials.deletePassword(transaction, account, slot)) {
                return new Outcome.Refused(Refusal.of(ProblemType.NOT_FOUND));
            }
            return Credentials.slots(transaction, account).stream().anyMatch(this::isWayIn)
                    ? new Outcome.Written(
                            sessions.distrustOthers(transaction, call.caller(), request.endOthers()),
                            passkey ? LogKind.PASSKEY_REMOVED : LogKind.PASSWORD_REMOVED,
                            slot)
                    : new Outcome.Refused(Refusal.of(ProblemType.LAST_WAY_IN));
        });
        return Answer.EMPTY;
    }

    /// For a person on any day: a recovery key is for the worst one, and an access key for a script. A passkey of
    /// another host name signs nobody in.
    private boolean isWayIn(StoredSlot slot) {
        return switch (slot) {
            case PasswordSlot password -> true;
            case PasskeySlot passkey -> ceremonies.areOf(passkey.rpId());
            case RecoverySlot recovery -> false;
            case AccessSlot access -> false;
        };
    }
}
