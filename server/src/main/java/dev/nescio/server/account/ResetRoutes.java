package dev.nescio.server.account;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.Resets;
import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.SignUp;
import dev.nescio.server.credential.PasswordSlot;
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
import dev.nescio.server.log.SecurityLog;
import dev.nescio.server.session.Sessions;
import dev.nescio.server.throttle.Throttle;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// Beginning an account anew when every way in is lost (spec, section 10.18). A sign-up that waits with a reset code;
/// its first right code deletes the account of before and writes the new one, together or not at all.
public final class ResetRoutes {

    private final Database database;
    private final KeyService keys;
    private final NewAccounts accounts;
    private final Deletions deletions;
    private final Pending pending;
    private final Totp totp;
    private final Sessions sessions;
    private final Throttle throttle;
    private final Clock clock;

    public ResetRoutes(
            Database database,
            KeyService keys,
            Deletions deletions,
            Pending pending,
            Totp totp,
            Sessions sessions,
            Throttle throttle,
            Clock clock) {
        this.database = database;
        this.keys = keys;
        this.accounts = new NewAccounts(keys, clock);
        this.deletions = deletions;
        this.pending = pending;
        this.totp = totp;
        this.sessions = sessions;
        this.throttle = throttle;
        this.clock = clock;
    }

    public Map<Endpoint, Handler> handlers() {
        return Map.of(
                Endpoint.RESET_START, this::start,
                Endpoint.RESET_CONFIRM, this::confirm,
                Endpoint.RESET_CANCEL, this::cancel);
    }

    /// Whatever is wrong, the work is the same up to the refusal: no account, no code, another code.
    private Answer start(Call call) {
        Resets.Start request = call.body(Resets.Start.class);
        SignUp.Start start = request.account();
        if (start.mailedCode() != null) {
            throw Refusal.badRequest("account.mailedCode is of a sign-up alone");
        }
        NewAccounts.requirePublicKey(start.keyPair());
        throttle.takeSignIn(start.hashedEmail(), call.network());
        Bytes addressHmac = keys.hmac(Purpose.ADDRESS, start.hashedEmail());
        Bytes codeHmac = keys.hmac(Purpose.RESET_CODE, request.resetCodeHash());
        ResetCodes.Waiting code = database.read(
                        transaction -> ResetCodes.find(transaction, addressHmac, codeHmac, clock.millis()))
                .orElseThrow(() -> Refusal.of(ProblemType.RESET_FAILED));
        throttle.giveBackSignIn(start.hashedEmail(), call.network());
        throttle.takeReset(code.account());
        Bytes secret = totp.generateSecret();
        PendingReset reset = new PendingReset(code, accounts.waiting(start, addressHmac, secret));
        Bytes token = pending.add(reset.stored());
        return Answer.of(new SignUp.Started(token, secret, clock.millis() + Pending.LIFE.toMillis()));
    }

    private Answer confirm(Call call) {
        SignUp.Confirm confirm = call.body(SignUp.Confirm.class);
        Pending.Try attempt = pending.attempt(confirm.signup()).orElseThrow(() -> Refusal.of(ProblemType.NOT_FOUND));
        PendingReset reset = PendingReset.parse(attempt.waiting());
        OptionalLong step = totp.stepOf(accounts.totpSecret(reset.signUp()), confirm.totp());
        if (step.isEmpty()) {
            throw pending.wrongCode(confirm.signup(), attempt);
        }
        PasswordSlot slot = reset.signUp().passwordSlot(step.getAsLong());
        List<SessionId> ended = new ArrayList<>();
        Sessions.Opened session = database.erase(transaction ->
                replace(transaction, reset, slot, new NewAccounts.First(confirm.stay(), call.network()), ended));
        pending.discard(confirm.signup());
        if (session == null) {
            throw Refusal.of(ProblemType.RESET_FAILED);
        }
        sessions.tellEnded(ended);
        return accounts.answer(reset.signUp(), slot, session, confirm.transport());
    }

    /// The account of before goes in the same instant in which the one that takes its place is there.
    ///
    /// @param ended filled with the sessions of the account of before
    /// @return null, with nothing written, when the code can no longer be used
    private Sessions.Opened replace(
            Transaction transaction,
            PendingReset reset,
            PasswordSlot slot,
            NewAccounts.First first,
            List<SessionId> ended) {
        Accounts.take(transaction, reset.code().account());
        if (!ResetCodes.use(transaction, reset.code(), clock.millis())) {
            return null;
        }
        ended.addAll(deletions.destroy(transaction, reset.code().account()));
        if (!accounts.write(transaction, reset.signUp(), slot)) {
            throw Refusal.badRequest("the id of the account is in use");
        }
        Sessions.Opened session =
                NewAccounts.open(transaction, sessions, slot, reset.signUp().keyPair(), first, clock.millis());
        // Into the log of the account that begins: that of the other one goes.
        SecurityLog.append(
                transaction,
                slot.account(),
                SecurityLog.Event.by(session.session(), LogKind.RESET_CODE_USED),
                clock.millis());
        return session;
    }

    private Answer cancel(Call call) {
        pending.discard(call.body(SignUp.Cancel.class).signup());
        return Answer.EMPTY;
    }
}
