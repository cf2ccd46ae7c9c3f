package dev.nescio.server.health;

import dev.nescio.protocol.ServerInfo;
import dev.nescio.server.db.Database;
import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Call;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.Handler;
import java.util.Map;

/// Tells a load balancer whether this server works, its database included; and clients what they have
/// to know before somebody signs up.
public final class HealthRoutes {

    private final Database database;
    private final boolean mail;

    /// @param mail whether it is on
    public HealthRoutes(Database database, boolean mail) {
        this.database = database;
        this.mail = mail;
    }

    public Map<Endpoint, Handler> handlers() {
        return Map.of(Endpoint.HEALTH, this::check, Endpoint.SERVER, this::describe);
    }

    private Answer describe(Call call) {
        return Answer.of(new ServerInfo(mail));
    }

    private Answer check(Call call) {
        database.read(transaction -> transaction
                .handle()
                .createQuery("SELECT 1")
                .mapTo(Integer.class)
                .one());
        database.write(transaction -> null); // A place in the queue of writers and a transaction; nothing is flushed.
        return Answer.of(new Endpoint.Health("ok"));
    }
}
