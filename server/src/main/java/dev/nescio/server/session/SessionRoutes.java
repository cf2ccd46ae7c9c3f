package dev.nescio.server.session;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Devices;
import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.SignIn;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Transaction;
import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Call;
import dev.nescio.server.http.Caller;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.Handler;
import dev.nescio.server.http.ProblemType;
import dev.nescio.server.http.Refusal;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/// The session that a request belongs to (spec, section 10.4), and the others of its account (10.10). Ending one
/// takes no more than a session: a thief must be stoppable at once.
public final class SessionRoutes {

    private final Database database;
    private final Sessions sessions;
    private final BiFunction<Transaction, AccountId, OptionalLong> resetUntil;
    private final Consumer<AccountId> changed;

    /// @param resetUntil until when an account has a reset code, in one statement
    /// @param changed is told of accounts whose device list changed
    public SessionRoutes(
            Database database,
            Sessions sessions,
            BiFunction<Transaction, AccountId, OptionalLong> resetUntil,
            Consumer<AccountId> changed) {
        this.database = database;
        this.sessions = sessions;
        this.resetUntil = resetUntil;
        this.changed = changed;
    }

    public Map<Endpoint, Handler> handlers() {
        return Map.of(
                Endpoint.SESSION, this::show,
                Endpoint.SIGN_OUT, this::signOut,
                Endpoint.RENEW, this::renew,
                Endpoint.SESSIONS, this::list,
                Endpoint.END_SESSION, this::end,
                Endpoint.END_SESSIONS, this::endSeveral,
                Endpoint.PUT_DEVICES, this::putDevices);
    }

    private Answer show(Call call) {
        Caller caller = call.caller();
        OptionalLong reset = caller.isOfAccessKey()
                ? OptionalLong.empty()
                : database.query(transaction -> resetUntil.apply(transaction, caller.account()));
        return Answer.of(new SignIn.Session(
                caller.account(),
                caller.session(),
                caller.createdAt(),
                caller.expiresAt(),
                reset.isPresent() ? reset.getAsLong() : null));
    }

    private Answer signOut(Call call) {
        sessions.end(call.caller(), call.caller().session());
        return new Answer(null, Answer.SessionCookie.FORGET);
    }

    private Answer renew(Call call) {
        Sessions.Opened renewed =
                sessions.renew(call.caller(), call.token()).orElseThrow(() -> Refusal.of(ProblemType.SESSION_REQUIRED));
        return call.usesCookie()
                ? new Answer(
                        new Devices.Renewed(null, renewed.expiresAt()),
                        new Answer.SessionCookie(renewed.token(), renewed.life()))
                : Answer.of(new Devices.Renewed(renewed.token(), renewed.expiresAt()));
    }

    private Answer list(Call call) {
        Caller caller = call.caller();
        return Answer.of(database.read(transaction -> new Devices.Sessions(
                sessions.list(transaction, caller),
                DeviceLists.find(transaction, caller.account()).orElse(null))));
    }

    private Answer end(Call call) {
        SessionId session = call.session();
        if (!sessions.end(call.caller(), session)) {
            throw Refusal.of(ProblemType.NOT_FOUND);
        }
        return session.equals(call.caller().session()) ? new Answer(null, Answer.SessionCookie.FORGET) : Answer.EMPTY;
    }

    private Answer endSeveral(Call call) {
        Devices.Which which = call.body(Devices.End.class).which();
        sessions.end(call.caller(), which);
        return which == Devices.Which.ALL ? new Answer(null, Answer.SessionCookie.FORGET) : Answer.EMPTY;
    }

    /// When the list is, byte for byte, the stored one, it was put before.
    private Answer putDevices(Call call) {
        AccountId account = call.caller().account();
        Counted list = call.body(Counted.class);
        OptionalLong conflict = database.write(transaction -> {
            sessions.requireAliveUntilWritten(transaction, call.caller());
            if (DeviceLists.replace(transaction, account, list)) {
                return OptionalLong.empty();
            }
            Counted stored = DeviceLists.find(transaction, account).orElse(null);
            return list.equals(stored) ? OptionalLong.empty() : OptionalLong.of(stored == null ? 0 : stored.counter());
        });
        if (conflict.isPresent()) {
            throw Refusal.devicesConflict(conflict.getAsLong());
        }
        changed.accept(account);
        return Answer.EMPTY;
    }
}
