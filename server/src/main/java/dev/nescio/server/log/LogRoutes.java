package dev.nescio.server.log;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.AccountLog;
import dev.nescio.protocol.Limits;
import dev.nescio.server.db.Database;
import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Call;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.Handler;
import java.util.List;
import java.util.Map;

/// Showing an account its log (spec, section 10.20).
public final class LogRoutes {

    private final Database database;

    public LogRoutes(Database database) {
        this.database = database;
    }

    public Map<Endpoint, Handler> handlers() {
        return Map.of(Endpoint.LOG, this::show);
    }

    private Answer show(Call call) {
        long after = call.cursor("after");
        int limit = call.limit(Limits.LOG_PAGE);
        AccountId account = call.caller().account();
        List<AccountLog.Entry> found =
                database.read(transaction -> SecurityLog.after(transaction, account, after, limit + 1));
        boolean more = found.size() > limit;
        return Answer.of(new AccountLog.Page(more ? found.subList(0, limit) : found, more));
    }
}
