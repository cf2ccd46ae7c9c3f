package dev.nescio.server.session;

import dev.nescio.protocol.SignIn;
import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Call;
import dev.nescio.server.http.Caller;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.Handler;
import java.util.Map;

/// Showing and ending the session that a request belongs to (spec, section 10.4).
public final class SessionRoutes {

    private final Sessions sessions;

    public SessionRoutes(Sessions sessions) {
        this.sessions = sessions;
    }

    public Map<Endpoint, Handler> handlers() {
        return Map.of(Endpoint.SESSION, SessionRoutes::show, Endpoint.SIGN_OUT, this::end);
    }

    private static Answer show(Call call) {
        Caller caller = call.caller();
        return Answer.of(
                new SignIn.Session(caller.account(), caller.session(), caller.createdAt(), caller.expiresAt()));
    }

    private Answer end(Call call) {
        sessions.end(call.caller());
        return new Answer(null, Answer.SessionCookie.FORGET);
    }
}
