package dev.nescio.server.health;

import dev.nescio.server.db.Database;
import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Call;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.Handler;
import java.util.Map;

/// Tells a load balancer whether this server works, its database included.
public final class HealthRoutes {

    private final Database database;

    public HealthRoutes(Database database) {
        this.database = database;
    }

    public Map<Endpoint, Handler> handlers() {
        return Map.of(Endpoint.HEALTH, this::check);
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
