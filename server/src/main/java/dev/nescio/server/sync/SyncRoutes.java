package dev.nescio.server.sync;

import dev.nescio.protocol.Domain;
import dev.nescio.protocol.Sync;
import dev.nescio.server.db.Database;
import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Call;
import dev.nescio.server.http.Caller;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.Handler;
import dev.nescio.server.http.ProblemType;
import dev.nescio.server.http.Refusal;
import dev.nescio.server.session.Sessions;
import java.time.Clock;
import java.util.Map;

/// Containers, commits and changes (spec, sections 10.5 and 10.6).
public final class SyncRoutes {

    private static final int MOST_CONTAINERS = 100;
    private static final int MOST_ITEMS = 500;

    private final Containers containers;
    private final Hints hints;

    public SyncRoutes(Database database, Hints hints, Sessions sessions, Clock clock) {
        this.containers = new Containers(database, sessions, clock);
        this.hints = hints;
    }

    public Map<Endpoint, Handler> handlers() {
        return Map.of(
                Endpoint.CREATE_CONTAINER, this::create,
                Endpoint.CONTAINERS, this::list,
                Endpoint.COMMIT, this::commit,
                Endpoint.CONTAINER, this::show,
                Endpoint.CHANGES, this::changes);
    }

    private Answer create(Call call) {
        Domain domain = call.domain();
        call.caller().requireWrite(domain);
        return answer(call, containers.create(call.caller(), domain, call.body(Sync.NewContainer.class)));
    }

    private Answer commit(Call call) {
        Caller caller = call.caller();
        if (!caller.scope().isAll()) {
            // A container stays in its domain, so it can be asked before the commit.
            caller.requireWrite(containers
                    .domain(caller.account(), call.container())
                    .orElseThrow(() -> Refusal.of(ProblemType.NOT_FOUND)));
        }
        return answer(call, containers.commit(caller, call.container(), call.body(Sync.Commit.class)));
    }

    private Answer answer(Call call, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Written(long sequence, Domain domain) -> {
                hints.changed(call.caller().account(), domain, sequence);
                yield Answer.of(new Sync.Committed(sequence));
            }
            case Outcome.Repeated(long sequence) -> Answer.of(new Sync.Committed(sequence));
            case Outcome.ListConflict(long counter) -> throw Refusal.listConflict(counter);
            case Outcome.ManifestConflict(long counter) -> throw Refusal.manifestConflict(counter);
            case Outcome.ItemConflict conflict -> throw Refusal.itemConflict(conflict.item());
            case Outcome.ContainerExists() -> throw Refusal.of(ProblemType.CONTAINER_EXISTS);
            case Outcome.SessionEnded() -> throw Refusal.of(ProblemType.SESSION_REQUIRED);
            case Outcome.NotFound() -> throw Refusal.of(ProblemType.NOT_FOUND);
            case Outcome.MetadataVersion() ->
                throw Refusal.badRequest("metadata.version must be the stored version + 1");
        };
    }

    private Answer list(Call call) {
        Domain domain = call.domain();
        call.caller().requireRead(domain);
        return Answer.of(
                containers.ofDomain(call.caller().account(), domain, call.cursor("from"), call.limit(MOST_CONTAINERS)));
    }

    private Answer show(Call call) {
        Sync.ContainerContent content = containers
                .content(call.caller().account(), call.container(), call.cursor("after"), call.limit(MOST_ITEMS))
                .orElseThrow(() -> Refusal.of(ProblemType.NOT_FOUND));
        call.caller().requireRead(content.container().domain());
        return Answer.of(content);
    }

    private Answer changes(Call call) {
        Caller caller = call.caller();
        return Answer.of(containers.changes(
                caller.account(), caller.scope(), call.cursor("after"), call.limit(MOST_CONTAINERS)));
    }
}
