package dev.nescio.server.account;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.Passwords;
import dev.nescio.protocol.SecondFactors;
import dev.nescio.server.account.DirectoryChanges.Outcome;
import dev.nescio.server.credential.Credentials;
import dev.nescio.server.credential.PasswordSlot;
import dev.nescio.server.credential.SlotSealing;
import dev.nescio.server.credential.Totp;
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
import dev.nescio.server.session.Sessions;
import dev.nescio.server.throttle.Throttle;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// Giving an account that has passkeys alone a password (spec, section 10.14). Nothing reaches the database before the
/// first code was right; then password, second factor, backup codes and directory are written together.
public final class PasswordRoutes {

    private final Database database;
    private final KeyService keys;
    private final SlotSealing sealing;
    private final Pending pending;
    private final Totp totp;
    private final Sessions sessions;
    private final Throttle throttle;
    private final Clock clock;
    private final DirectoryChanges changes;

    /// @param pending the passwords that wait
    /// @param changed is told of accounts whose slots changed
    public PasswordRoutes(
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
        this.changes = new DirectoryChanges(database, sessions, clock, changed);
    }

    public Map<Endpoint, Handler> handlers() {
        return Map.of(
                Endpoint.START_PASSWORD, this::start,
                Endpoint.CONFIRM_PASSWORD, this::confirm,
                Endpoint.CANCEL_PASSWORD, this::cancel);
    }

    private Answer start(Call call) {
        Passwords.Start start = call.body(Passwords.Start.class);
        AccountId account = call.caller().account();
        boolean exists = database.read(transaction -> {
            sessions.requireStillProven(transaction, call.caller());
            return hasPassword(transaction, account);
        });
        if (exists) {
            throw Refusal.of(ProblemType.PASSWORD_EXISTS);
        }
        throttle.takeNewAuthenticator(account);
        Bytes secret = totp.generateSecret();
        List<Bytes> codes = start.backupCodeHashes().stream()
                .map(hash -> keys.hmac(Purpose.BACKUP_CODE, hash))
                .toList();
        WaitingPassword password = WaitingPassword.of(sealing.seal(account, start.slot(), secret));
        Bytes token = pending.add(new PendingPassword(account, password, codes).stored());
        return Answer.of(new SecondFactors.Started(token, secret, clock.millis() + Pending.LIFE.toMillis()));
    }

    private Answer confirm(Call call) {
        Passwords.Confirm confirm = call.body(Passwords.Confirm.class);
        AccountId account = call.caller().account();
        // Before a try is counted, so that neither an answer that was lost nor a conflict costs one.
        if (changes.isDone(call.caller(), confirm.directory())) {
            return Answer.EMPTY;
        }
        Pending.Try attempt = pending.attempt(confirm.pending()).orElseThrow(() -> Refusal.of(ProblemType.NOT_FOUND));
        PendingPassword waiting = PendingPassword.parse(attempt.waiting());
        if (!waiting.account().equals(account)) {
            throw Refusal.of(ProblemType.NOT_FOUND);
        }
        Bytes secret = sealing.openTotpSecret(waiting.password().slot(account, 1));
        OptionalLong step = totp.stepOf(secret, confirm.totp());
        if (step.isEmpty()) {
            throw pending.wrongCode(confirm.pending(), attempt);
        }
        PasswordSlot slot = waiting.password().slot(account, step.getAsLong());
        changes.commit(call.caller(), confirm.directory(), transaction -> {
            if (hasPassword(transaction, account)) {
                return new Outcome.Refused(Refusal.of(ProblemType.PASSWORD_EXISTS));
            }
            if (Credentials.hasSlot(transaction, account, slot.slot())) {
                return Outcome.idInUse();
            }
            Credentials.insert(transaction, slot, waiting.backupCodeHmacs());
            return Outcome.written(LogKind.PASSWORD_ADDED, slot.slot());
        });
        // Else it could bring the password back after it was removed.
        pending.discard(confirm.pending());
        return Answer.EMPTY;
    }

    private static boolean hasPassword(Transaction transaction, AccountId account) {
        return Credentials.ofAccount(transaction, account).isPresent();
    }

    private Answer cancel(Call call) {
        sessions.requireAlive(call.caller());
        pending.discard(call.body(SecondFactors.Cancel.class).pending());
        return Answer.EMPTY;
    }
}
