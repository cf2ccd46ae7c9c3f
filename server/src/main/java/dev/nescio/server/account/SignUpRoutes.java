package dev.nescio.server.account;

import dev.nescio.protocol.Bytes;
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
import dev.nescio.server.session.Sessions;
import dev.nescio.server.throttle.Limit;
import dev.nescio.server.throttle.Throttle;
import java.time.Clock;
import java.util.Map;
import java.util.OptionalLong;

/// Signing up (spec, section 10.1). Nothing reaches the database before the first code was right; then the
/// account, its password, its second factor and its recovery key are written together.
public final class SignUpRoutes {

    private final Database database;
    private final KeyService keys;
    private final NewAccounts accounts;
    private final Pending pending;
    private final AddressProofs proofs;
    private final Totp totp;
    private final Sessions sessions;
    private final Throttle throttle;
    private final Clock clock;
    private final boolean open;

    /// @param open whether anybody can sign up
    public SignUpRoutes(
            Database database,
            KeyService keys,
            Pending pending,
            AddressProofs proofs,
            Totp totp,
            Sessions sessions,
            Throttle throttle,
            Clock clock,
            boolean open) {
        this.database = database;
        this.keys = keys;
        this.accounts = new NewAccounts(keys, clock);
        this.pending = pending;
        this.proofs = proofs;
        this.totp = totp;
        this.sessions = sessions;
        this.throttle = throttle;
        this.clock = clock;
        this.open = open;
    }

    public Map<Endpoint, Handler> handlers() {
        return Map.of(
                Endpoint.SIGN_UP_START, this::start,
                Endpoint.SIGN_UP_CONFIRM, this::confirm,
                Endpoint.SIGN_UP_CANCEL, this::cancel);
    }

    private Answer start(Call call) {
        if (!open) {
            throw Refusal.of(ProblemType.SIGN_UP_CLOSED);
        }
        throttle.take(Limit.SIGN_UP, call.network());
        SignUp.Start start = call.body(SignUp.Start.class);
        NewAccounts.requirePublicKey(start.keyPair());
        Bytes mailedCode = proofs.require(start.mailedCode(), start.hashedEmail());
        Bytes addressHmac = keys.hmac(Purpose.ADDRESS, start.hashedEmail());
        if (database.read(transaction -> Accounts.hasAddress(transaction, addressHmac))) {
            throw Refusal.of(ProblemType.ADDRESS_TAKEN);
        }
        Bytes secret = totp.generateSecret();
        PendingSignUp signUp = accounts.waiting(start, addressHmac, secret).by(mailedCode);
        Bytes token = pending.add(signUp.stored());
        return Answer.of(new SignUp.Started(token, secret, clock.millis() + Pending.LIFE.toMillis()));
    }

    private Answer confirm(Call call) {
        SignUp.Confirm confirm = call.body(SignUp.Confirm.class);
        Pending.Try attempt = pending.attempt(confirm.signup()).orElseThrow(() -> Refusal.of(ProblemType.NOT_FOUND));
        PendingSignUp signUp = PendingSignUp.parse(attempt.waiting());
        OptionalLong step = totp.stepOf(accounts.totpSecret(signUp), confirm.totp());
        if (step.isEmpty()) {
            throw pending.wrongCode(confirm.signup(), attempt);
        }
        PasswordSlot slot = signUp.passwordSlot(step.getAsLong());
        Sessions.Opened session = database.write(
                transaction -> write(transaction, signUp, slot, new NewAccounts.First(confirm.stay(), call.network())));
        pending.discard(confirm.signup());
        if (session == null) {
            throw Refusal.of(ProblemType.ADDRESS_TAKEN);
        }
        proofs.use(signUp.mailedCode());
        return accounts.answer(signUp, slot, session, confirm.transport());
    }

    /// @return null when the address has got an account in the meantime
    private Sessions.Opened write(
            Transaction transaction, PendingSignUp signUp, PasswordSlot slot, NewAccounts.First first) {
        return accounts.write(transaction, signUp, slot)
                ? NewAccounts.open(transaction, sessions, slot, signUp.keyPair(), first, clock.millis())
                : null;
    }

    private Answer cancel(Call call) {
        pending.take(call.body(SignUp.Cancel.class).signup())
                .ifPresent(waiting -> proofs.use(PendingSignUp.parse(waiting).mailedCode()));
        return Answer.EMPTY;
    }
}
