package dev.nescio.server.account;

import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Call;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.Handler;
import java.util.Map;

/// Deleting the account (spec, section 10.15).
public final class DeletionRoutes {

    private final Deletions deletions;

    public DeletionRoutes(Deletions deletions) {
        this.deletions = deletions;
    }

    public Map<Endpoint, Handler> handlers() {
        return Map.of(Endpoint.DELETE_ACCOUNT, this::delete);
    }

    private Answer delete(Call call) {
        deletions.begin(call.caller());
        return new Answer(null, Answer.SessionCookie.FORGET);
    }
}
