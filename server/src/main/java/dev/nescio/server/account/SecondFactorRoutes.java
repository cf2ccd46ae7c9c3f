package dev.nescio.server.account;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.SecondFactors;
import dev.nescio.server.credential.Credentials;
import dev.nescio.server.credential.PasswordSlot;
import dev.nescio.server.credential.SlotSealing;
import dev.nescio.server.credential.Totp;
import dev.nescio.server.db.Database;
import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Call;
import dev.nescio.server.http.Caller;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.Handler;
import dev.nescio.server.http.ProblemType;
import dev.nescio.server.http.Refusal;
import dev.nescio.server.keyservice.KeyService;
import dev.nescio.server.keyservice.KeyService.Purpose;
import dev.nescio.server.log.SecurityLog;
import dev.nescio.server.session.Sessions;
import dev.nescio.server.throttle.Throttle;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// Replacing the second factor (spec, section 10.9). The old authenticator works until the first code of the new one
/// was right; then secret and step change in one statement.
public final class SecondFactorRoutes {

    private final Database database;
    private final KeyService keys;
    private final SlotSealing sealing;
    private final Pending pending;
    private final Totp totp;
    private final Sessions sessions;
    private final Throttle throttle;
    private final Clock clock;
    private final Consumer<AccountId> changed;

    /// @param pending the authenticators that wait
    /// @param changed is told of accounts whose second factor changed
    public SecondFactorRoutes(
            Database database,
            KeyService keys,
            Pending pending,
            Totp totp,
            Sessions sessions,
            Throttle throttle,
            Clock clock,
            Consumer<AccountId> changed) {
        this.database = database;
        this.keys = keys;
        this.sealing = new SlotSealing(keys);
        this.pending = pending;
        this.totp = totp;
        this.sessions = sessions;
        this.throttle = throttle;
        this.clock = clock;
        this.changed = changed;
    }

    public Map<Endpoint, Handler> handlers() {
        return Map.of(
                Endpoint.TOTP_START, this::start,
                Endpoint.TOTP_CONFIRM, this::confirm,
                Endpoint.TOTP_CANCEL, this::cancel,
                Endpoint.REPLACE_BACKUP_CODES, this::replaceBackupCodes);
    }

    private Answer start(Call call) {
        AccountId account = call.caller().account();
        passwordOf(call.caller());
        throttle.takeNewAuthenticator(account);
        Bytes secret = totp.generateSecret();
        Bytes token = pending.add(sealing.sealPendingTotpSecret(account, secret));
        return Answer.of(new SecondFactors.Started(token, secret, clock.millis() + Pending.LIFE.toMillis()));
    }

    private Answer confirm(Call call) {
        SecondFactors.Confirm confirm = call.body(SecondFactors.Confirm.class);
        AccountId account = call.caller().account();
        Pending.Try attempt = pending.attempt(confirm.pending()).orElseThrow(() -> Refusal.of(ProblemType.NOT_FOUND));
        Bytes secret = sealing.openPendingTotpSecret(account, attempt.waiting())
                .orElseThrow(() -> Refusal.of(ProblemType.NOT_FOUND));
        OptionalLong step = totp.stepOf(secret, confirm.totp());
        if (step.isEmpty()) {
            throw pending.wrongCode(confirm.pending(), attempt);
        }
        while (!replace(call.caller(), secret, step.getAsLong())) {
            // The password was replaced at the same moment: seal for its slot.
        }
        changed.accept(account);
        return Answer.EMPTY;
    }

    /// What waits stays until its time is over, so that a request whose answer was lost can be sent again.
    ///
    /// @return false, with nothing written, when the slot that it was sealed for is no longer there
    private boolean replace(Caller caller, Bytes secret, long step) {
        PasswordSlot slot = passwordOf(caller);
        if (sealing.openTotpSecret(slot).equals(secret)) {
            return true;
        }
        Bytes sealed = sealing.sealTotpSecret(slot, secret);
        return database.erase(transaction -> {
            Accounts.take(transaction, caller.account());
            sessions.requireStillProven(transaction, caller);
            boolean replaced = Credentials.replaceTotp(transaction, slot, sealed, step);
            if (replaced) {
                sessions.distrustOthers(transaction, caller, false);
                SecurityLog.append(
                        transaction,
                        caller.account(),
                        SecurityLog.Event.by(caller.session(), LogKind.AUTHENTICATOR_CHANGED)
                                .about(slot.slot()),
                        clock.millis());
            }
            return replaced;
        });
    }

    /// Without a password there is no second factor (spec, section 10.9).
    private PasswordSlot passwordOf(Caller caller) {
        return database.read(transaction -> {
                    // Whoever may not change it is not told either whether there is one.
                    sessions.requireStillProven(transaction, caller);
                    return Credentials.ofAccount(transaction, caller.account());
                })
                .orElseThrow(() -> Refusal.of(ProblemType.NOT_FOUND));
    }

    private Answer cancel(Call call) {
        sessions.requireAlive(call.caller());
        pending.discard(call.body(SecondFactors.Cancel.class).pending());
        return Answer.EMPTY;
    }

    private Answer replaceBackupCodes(Call call) {
        AccountId account = call.caller().account();
        List<Bytes> hmacs = call.body(SecondFactors.BackupCodes.class).backupCodeHashes().stream()
                .map(hash -> keys.hmac(Purpose.BACKUP_CODE, hash))
                .toList();
        boolean replaced = database.erase(transaction -> {
            Accounts.take(transaction, account);
            sessions.requireStillProven(transaction, call.caller());
            boolean there = Credentials.ofAccount(transaction, account).isPresent();
            // The answer to an earlier attempt may have been lost.
            if (there && !Credentials.hasExactlyBackupCodes(transaction, account, hmacs)) {
                Credentials.replaceBackupCodes(transaction, account, hmacs);
                sessions.distrustOthers(transaction, call.caller(), false);
                SecurityLog.append(
                        transaction,
                        account,
                        SecurityLog.Event.by(call.caller().session(), LogKind.BACKUP_CODES_CHANGED),
                        clock.millis());
            }
            return there;
        });
        if (!replaced) {
            throw Refusal.of(ProblemType.NOT_FOUND);
        }
        changed.accept(account);
        return Answer.EMPTY;
    }
}
