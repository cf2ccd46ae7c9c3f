package dev.nescio.server.pairing;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.PairingId;
import dev.nescio.protocol.Pairings;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.Transport;
import dev.nescio.server.account.AccountRoutes;
import dev.nescio.server.account.Accounts;
import dev.nescio.server.account.SignInAlerts;
import dev.nescio.server.db.Database;
import dev.nescio.server.ephemeral.EphemeralStore;
import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Call;
import dev.nescio.server.http.Caller;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.Handler;
import dev.nescio.server.log.SecurityLog;
import dev.nescio.server.session.Sessions;
import dev.nescio.server.throttle.Limit;
import dev.nescio.server.throttle.Throttle;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// Passes on what a new device and one that is signed in tell each other (spec, section 10.11). Only this order is
/// possible: start, answer, reveal, approve, collect; each once.
public final class PairingRoutes {

    private final Database database;
    private final PairingsInProgress pairings;
    private final Sessions sessions;
    private final Throttle throttle;
    private final SignInAlerts alerts;
    private final Clock clock;

    public PairingRoutes(
            Database database,
            EphemeralStore store,
            Sessions sessions,
            Throttle throttle,
            SignInAlerts alerts,
            Clock clock) {
        this.database = database;
        this.pairings = new PairingsInProgress(store);
        this.sessions = sessions;
        this.throttle = throttle;
        this.alerts = alerts;
        this.clock = clock;
    }

    public Map<Endpoint, Handler> handlers() {
        Map<Endpoint, Handler> handlers = new EnumMap<>(Endpoint.class);
        handlers.put(Endpoint.START_PAIRING, this::start);
        handlers.put(Endpoint.LOOK_AT_PAIRING, this::look);
        handlers.put(Endpoint.ANSWER_PAIRING, this::answer);
        handlers.put(Endpoint.POLL_PAIRING, this::poll);
        handlers.put(Endpoint.REVEAL_PAIRING, this::reveal);
        handlers.put(Endpoint.APPROVE_PAIRING, this::approve);
        handlers.put(Endpoint.COLLECT_PAIRING, this::collect);
        handlers.put(Endpoint.CANCEL_PAIRING, this::cancel);
        handlers.put(Endpoint.REFUSE_PAIRING, this::refuse);
        return handlers;
    }

    private Answer start(Call call) {
        throttle.take(Limit.PAIRING, call.network());
        Pairings.Start start = call.body(Pairings.Start.class);
        long expiresAt = clock.millis() + PairingsInProgress.LIFE.toMillis();
        PairingState there = pairings.start(start.pairing(), PairingState.started(start, expiresAt));
        return Answer.of(new Pairings.Started(there.expiresAt()));
    }

    /// To anybody who is signed in and knows the id, until one of them has answered.
    private Answer look(Call call) {
        sessions.requireAlive(call.caller());
        PairingState state = pairings.find(
                call.body(Pairings.Look.class).pairing(),
                found -> found.answer() == null || isOf(call.caller()).test(found));
        return Answer.of(new Pairings.Looked(state.commitment(), state.revealed()));
    }

    private Answer answer(Call call) {
        Pairings.Answer answer = call.body(Pairings.Answer.class);
        Caller caller = call.caller();
        sessions.requireAlive(caller);
        pairings.step(
                answer.pairing(),
                found -> true,
                found -> found.answer() == null,
                found -> found.answered(caller.account(), caller.session(), answer.share()));
        return Answer.EMPTY;
    }

    private Answer poll(Call call) {
        Pairings.Poll poll = call.body(Pairings.Poll.class);
        PairingState state = pairings.find(poll.pairing(), found -> found.knows(poll.secret()));
        Pairings.Answered answered =
                state.answer() == null ? null : new Pairings.Answered(state.account(), state.answer());
        return Answer.of(new Pairings.Polled(answered, state.sealed() != null));
    }

    private Answer reveal(Call call) {
        Pairings.Reveal reveal = call.body(Pairings.Reveal.class);
        pairings.step(
                reveal.pairing(),
                found -> found.knows(reveal.secret()) && found.answer() != null,
                found -> found.revealed() == null,
                found -> found.revealed(reveal.share()));
        return Answer.EMPTY;
    }

    private Answer approve(Call call) {
        Pairings.Approve approve = call.body(Pairings.Approve.class);
        // Without the account's row: when the session or the account's pairings end from here on, nobody collects this.
        Sessions.Approval approval = database.read(transaction -> sessions.approve(transaction, call.caller()));
        pairings.step(
                approve.pairing(),
                isOf(call.caller()).and(found -> found.revealed() != null),
                found -> found.sealed() == null,
                found -> found.approved(approve.sealed(), approval));
        return Answer.EMPTY;
    }

    /// Opens the session only here, so that no token waits anywhere.
    private Answer collect(Call call) {
        Pairings.Collect collect = call.body(Pairings.Collect.class);
        PairingState state =
                pairings.find(collect.pairing(), found -> found.knows(collect.secret()) && found.sealed() != null);
        if (!pairings.end(collect.pairing())) {
            throw PairingsInProgress.notFound();
        }
        Opened opened = database.write(transaction -> {
                    // Else a change of the password that ends the approving session could miss the one opened here.
                    Accounts.take(transaction, state.account());
                    return Accounts.find(transaction, state.account())
                            .flatMap(account -> sessions.openApproved(transaction, state.approval(), collect.stay())
                                    .map(session -> {
                                        Bytes publicKey = account.keyPair().publicKey();
                                        SecurityLog.append(
                                                transaction,
                                                state.account(),
                                                SecurityLog.Event.by(state.session(), LogKind.PAIRED)
                                                        .to(session.session())
                                                        .from(call.network(), publicKey),
                                                clock.millis());
                                        return new Opened(
                                                AccountRoutes.shown(transaction, account),
                                                session,
                                                alerts.begin(transaction, state.account(), session.session()));
                                    }));
                })
                .orElseThrow(PairingsInProgress::notFound);
        sessions.tellOpened(state.account(), opened.session());
        alerts.send(opened.alert());
        boolean cookie = collect.transport() == Transport.COOKIE;
        Sessions.Opened session = opened.session();
        return new Answer(
                new Pairings.Collected(
                        state.sealed(),
                        session.session(),
                        cookie ? null : session.token(),
                        session.expiresAt(),
                        opened.account()),
                cookie ? new Answer.SessionCookie(session.token(), session.life()) : null);
    }

    private record Opened(SignIn.Account account, Sessions.Opened session, Optional<SignInAlerts.Due> alert) {}

    private Answer cancel(Call call) {
        Pairings.Poll cancel = call.body(Pairings.Poll.class);
        return end(cancel.pairing(), found -> found.knows(cancel.secret()));
    }

    private Answer refuse(Call call) {
        sessions.requireAlive(call.caller());
        return end(call.body(Pairings.Look.class).pairing(), isOf(call.caller()));
    }

    private Answer end(PairingId pairing, Predicate<PairingState> may) {
        if (pairings.has(pairing, may)) {
            pairings.end(pairing);
        }
        return Answer.EMPTY;
    }

    private static Predicate<PairingState> isOf(Caller caller) {
        return found -> caller.session().equals(found.session());
    }
}
