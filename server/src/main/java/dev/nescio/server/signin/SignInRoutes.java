package dev.nescio.server.signin;

import dev.nescio.protocol.AccessKeys;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.Transport;
import dev.nescio.server.account.AccountRoutes;
import dev.nescio.server.account.AccountState;
import dev.nescio.server.account.Accounts;
import dev.nescio.server.account.ResetCodes;
import dev.nescio.server.account.SessionAnswer;
import dev.nescio.server.account.SignInAlerts;
import dev.nescio.server.credential.AccessSlot;
import dev.nescio.server.credential.AccessSlots;
import dev.nescio.server.credential.Credentials;
import dev.nescio.server.credential.SlotSealing;
import dev.nescio.server.credential.StoredSlot;
import dev.nescio.server.credential.Totp;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Transaction;
import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Call;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.Handler;
import dev.nescio.server.http.Network;
import dev.nescio.server.http.ProblemType;
import dev.nescio.server.http.Refusal;
import dev.nescio.server.keyservice.KeyService;
import dev.nescio.server.keyservice.KeyService.Purpose;
import dev.nescio.server.log.SecurityLog;
import dev.nescio.server.passkey.Ceremonies;
import dev.nescio.server.session.Sessions;
import dev.nescio.server.throttle.Limit;
import dev.nescio.server.throttle.Throttle;
import java.time.Clock;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Looking up and signing in (spec, sections 10.2 and 10.3).
///
/// An address without an account is answered from a decoy by the same statements, hashes and openings, so
/// that neither answer nor work tells whether it has one.
public final class SignInRoutes {

    private final Database database;
    private final KeyService keys;
    private final SlotSealing sealing;
    private final Prover prover;
    private final Sessions sessions;
    private final Throttle throttle;
    private final ProofRoutes proofs;
    private final SignInAlerts alerts;
    private final Clock clock;

    public SignInRoutes(
            Database database,
            KeyService keys,
            Totp totp,
            Ceremonies ceremonies,
            Sessions sessions,
            Throttle throttle,
            SignInAlerts alerts,
            RandomGenerator random,
            Clock clock) {
        this.database = database;
        this.keys = keys;
        this.sealing = new SlotSealing(keys);
        this.prover = new Prover(database, keys, sealing, totp, ceremonies, random, clock);
        this.sessions = sessions;
        this.throttle = throttle;
        this.alerts = alerts;
        this.clock = clock;
        this.proofs = new ProofRoutes(database, prover, sessions, throttle, clock);
    }

    public Map<Endpoint, Handler> handlers() {
        Map<Endpoint, Handler> handlers = new EnumMap<>(proofs.handlers());
        handlers.put(Endpoint.LOOK_UP, this::lookUp);
        handlers.put(Endpoint.SIGN_IN, this::signIn);
        handlers.put(Endpoint.SIGN_IN_WITH_KEY, this::signInWithKey);
        handlers.put(Endpoint.SIGN_IN_WITH_PASSKEY, this::signInWithPasskey);
        handlers.put(Endpoint.SIGN_IN_WITH_ACCESS_KEY, this::signInWithAccessKey);
        return handlers;
    }

    private Answer lookUp(Call call) {
        Bytes hashedEmail = call.body(SignIn.Lookup.class).hashedEmail();
        throttle.take(Limit.LOOKUP, call.network());
        Bytes addressHmac = keys.hmac(Purpose.ADDRESS, hashedEmail);
        Bytes decoySalt = keys.decoySalt(hashedEmail);
        return Answer.of(database.read(transaction -> Credentials.toDeriveBy(transaction, addressHmac, decoySalt)));
    }

    private Answer signIn(Call call) {
        SignIn.Attempt attempt = call.body(SignIn.Attempt.class);
        throttle.takeSignIn(attempt.hashedEmail(), call.network());
        Bytes addressHmac = keys.hmac(Purpose.ADDRESS, attempt.hashedEmail());
        Proof proof = prover.password(
                transaction -> Credentials.ofAddress(transaction, addressHmac),
                attempt.lookupHash(),
                attempt.totp(),
                attempt.backupCodeHash());
        String kind = proof.second().kind();
        // Counted before it is known whether both are right, so that tries at the same moment count as well.
        boolean admitted = throttle.admitsHalfRight(attempt.hashedEmail(), kind, proof.helpsToGuess());
        Entered entered = enter(admitted, proof, attempt.stay(), attempt.endOthers(), call.network());
        throttle.giveBackSignIn(attempt.hashedEmail(), call.network());
        throttle.giveBackHalfRight(attempt.hashedEmail(), kind);
        return answer(proof, entered, attempt.transport());
    }

    private Answer signInWithKey(Call call) {
        SignIn.KeyAttempt attempt = call.body(SignIn.KeyAttempt.class);
        throttle.take(Limit.FAILED_SIGN_IN, call.network());
        Proof proof = prover.key(attempt.slot(), attempt.lookupHash());
        Entered entered = enter(true, proof, attempt.stay(), attempt.endOthers(), call.network());
        throttle.giveBack(Limit.FAILED_SIGN_IN, call.network());
        return answer(proof, entered, attempt.transport());
    }

    private Answer signInWithPasskey(Call call) {
        Passkeys.Attempt attempt = call.body(Passkeys.Attempt.class);
        throttle.take(Limit.FAILED_SIGN_IN, call.network());
        Proof proof = prover.passkey(attempt.passkey(), attempt.lookupHash());
        Entered entered = enter(true, proof, attempt.stay(), attempt.endOthers(), call.network());
        throttle.giveBack(Limit.FAILED_SIGN_IN, call.network());
        return answer(proof, entered, attempt.transport());
    }

    private Answer signInWithAccessKey(Call call) {
        SignIn.KeyAttempt attempt = call.body(SignIn.KeyAttempt.class);
        if (attempt.endOthers() != null) {
            throw Refusal.badRequest("an access key ends no session of somebody else");
        }
        throttle.take(Limit.FAILED_SIGN_IN, call.network());
        Proof proof = prover.accessKey(attempt.slot(), attempt.lookupHash());
        EnteredWithAccessKey entered = proof.complete()
                ? database.write(transaction -> enterWithAccessKey(transaction, proof, attempt, call.network()))
                : null;
        if (entered == null) {
            throw Refusal.of(ProblemType.SIGN_IN_FAILED);
        }
        throttle.giveBack(Limit.FAILED_SIGN_IN, call.network());
        sessions.tellOpened(proof.slot().account(), entered.session());
        return entered.answer();
    }

    private record EnteredWithAccessKey(Answer answer, Sessions.Opened session) {}

    /// @return null when the key was removed in the meantime
    private EnteredWithAccessKey enterWithAccessKey(
            Transaction transaction, Proof proof, SignIn.KeyAttempt attempt, Network network) {
        if (!(proof.slot() instanceof AccessSlot slot) || !proof.use(transaction, null, clock.millis())) {
            return null;
        }
        AccountState state = state(transaction, slot.account());
        boolean firstToday = AccessSlots.noteUsed(transaction, slot, clock.millis());
        Sessions.Opened session = sessions.openForAccessKey(
                transaction,
                slot.account(),
                attempt.stay(),
                new Sessions.AccessKey(slot.slot(), slot.scope(), slot.expiresAt()));
        if (firstToday) {
            // A script signs in again and again: one entry a day for each key keeps the log readable.
            note(transaction, proof, session, state, network);
        }
        boolean cookie = attempt.transport() == Transport.COOKIE;
        Bytes envelope = sealing.openWrappedMasterKey(slot);
        boolean whole = slot.scope().isAll();
        AccessKeys.Opened body = new AccessKeys.Opened(
                slot.account(),
                session.session(),
                cookie ? null : session.token(),
                session.expiresAt(),
                whole ? null : envelope,
                whole ? envelope : null,
                whole ? AccountRoutes.shown(transaction, state) : null);
        return new EnteredWithAccessKey(
                new Answer(body, cookie ? new Answer.SessionCookie(session.token(), session.life()) : null), session);
    }

    private Answer answer(Proof proof, Entered entered, Transport transport) {
        sessions.tellOpened(entered.state().account(), entered.session());
        alerts.send(entered.alert());
        return SessionAnswer.of(
                entered.state(),
                entered.slots(),
                proof.slot().slot(),
                sealing,
                entered.session(),
                transport == Transport.COOKIE,
                entered.resetCancelled());
    }

    /// @param endOthers null for no
    /// @throws Refusal when it is not admitted, a factor is wrong, the code was used before, or the slot is no more
    private Entered enter(boolean admitted, Proof proof, boolean stay, Boolean endOthers, Network network) {
        boolean alone = endOthers != null && endOthers;
        Entered entered = admitted && proof.complete()
                ? database.write(transaction -> enter(transaction, proof, stay, alone, network))
                : null;
        if (entered == null) {
            throw Refusal.of(ProblemType.SIGN_IN_FAILED);
        }
        return entered;
    }

    /// Uses the code up, ends the other sessions where it is to be alone, and opens one: all of it or
    /// nothing. Whoever signs in has not lost every way in.
    ///
    /// @return null when the code was used in the meantime, or the slot replaced
    private Entered enter(Transaction transaction, Proof proof, boolean stay, boolean alone, Network network) {
        if (!proof.use(transaction, null, clock.millis())) {
            return null;
        }
        AccountId account = proof.slot().account();
        AccountState state = state(transaction, account);
        Sessions.Opened session =
                alone ? sessions.openAlone(transaction, account, stay) : sessions.open(transaction, account, stay);
        note(transaction, proof, session, state, network);
        return new Entered(
                state,
                Credentials.slots(transaction, account),
                session,
                ResetCodes.cancel(transaction, account, session.session(), clock.millis()),
                alerts.begin(transaction, account, session.session()));
    }

    /// @throws Refusal for an account of before there were key pairs: said to whoever has proven a credential of it
    private static AccountState state(Transaction transaction, AccountId account) {
        return Accounts.find(transaction, account)
                .orElseThrow(
                        () -> Refusal.badRequest("the account has no key pair: no release of Nescio has made it, and"
                                + " it can only be begun anew, with a reset code"));
    }

    private void note(
            Transaction transaction, Proof proof, Sessions.Opened session, AccountState state, Network network) {
        SecurityLog.append(
                transaction,
                proof.slot().account(),
                SecurityLog.Event.by(session.session(), proof.signedIn())
                        .about(proof.slot().slot())
                        .from(network, state.keyPair().publicKey()),
                clock.millis());
    }

    private record Entered(
            AccountState state,
            List<StoredSlot> slots,
            Sessions.Opened session,
            boolean resetCancelled,
            Optional<SignInAlerts.Due> alert) {}
}
