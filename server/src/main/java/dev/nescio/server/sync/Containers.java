package dev.nescio.server.sync;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.Scope;
import dev.nescio.protocol.Sync;
import dev.nescio.protocol.Versioned;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Together;
import dev.nescio.server.db.Transaction;
import dev.nescio.server.http.Caller;
import dev.nescio.server.http.Refusal;
import dev.nescio.server.session.Sessions;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// Containers, their items and their commits (spec, section 10.5). The server can check order and completeness
/// of counters only; what they count is sealed.
final class Containers {

    private final Database database;
    private final Sessions sessions;
    private final Together<Commits.Request, Outcome> commits;

    Containers(Database database, Sessions sessions, Clock clock) {
        this.database = database;
        this.sessions = sessions;
        this.commits = new Together<>(
                requests -> database.write(transaction -> Commits.write(transaction, requests, clock.millis())));
    }

    /// Takes the next sequence first, which makes all other writers of the account wait, and gives it
    /// back when nothing was written.
    ///
    /// @throws Refusal if the caller's session has ended
    Outcome create(Caller caller, Domain domain, Sync.NewContainer request) {
        AccountId account = caller.account();
        return database.write(transaction -> {
            long sequence = SequenceTable.next(transaction, List.of(account)).get(account);
            sessions.requireAlive(transaction, caller);
            Outcome outcome = create(transaction, account, domain, request, sequence);
            if (!(outcome instanceof Outcome.Written)) {
                transaction.undo();
            }
            return outcome;
        });
    }

    private static Outcome create(
            Transaction transaction, AccountId account, Domain domain, Sync.NewContainer request, long sequence) {
        Optional<Sync.Container> stored = ContainerTable.find(transaction, account, request.id());
        if (stored.isPresent()) {
            Sync.Container container = stored.get();
            return container.domain() == domain && container.manifest().sealed().equals(request.manifest())
                    ? new Outcome.Repeated(container.sequence())
                    : new Outcome.ContainerExists();
        }
        Optional<ContainerTable.StoredList> list = ContainerTable.list(transaction, account, domain);
        long counter = list.map(known -> known.list().counter()).orElse(0L);
        if (request.list().counter() != counter + 1) {
            return new Outcome.ListConflict(counter);
        }
        long position = list.map(ContainerTable.StoredList::count).orElse(0L);
        ContainerTable.putList(transaction, account, domain, request.list());
        ContainerTable.insert(
                transaction,
                account,
                new Sync.Container(
                        request.id(),
                        domain,
                        position,
                        sequence,
                        request.wrappedKey(),
                        new Versioned(1, request.metadata()),
                        new Counted(1, request.manifest()),
                        0));
        return new Outcome.Written(sequence, domain);
    }

    Outcome commit(Caller caller, ContainerId id, Sync.Commit request) {
        return commits.ask(new Commits.Request(caller.account(), caller.session(), id, request));
    }

    Optional<Domain> domain(AccountId account, ContainerId id) {
        return database.query(transaction -> ContainerTable.domain(transaction, account, id));
    }

    Sync.ContainerPage ofDomain(AccountId account, Domain domain, long from, int limit) {
        return database.read(transaction -> {
            Counted list = ContainerTable.list(transaction, account, domain)
                    .map(ContainerTable.StoredList::list)
                    .orElse(null);
            Page<Sync.Container> page = ContainerTable.ofDomain(transaction, account, domain, from, limit);
            return new Sync.ContainerPage(list, page.entries(), page.more());
        });
    }

    Optional<Sync.ContainerContent> content(AccountId account, ContainerId id, long after, int limit) {
        return database.read(transaction -> ContainerTable.find(transaction, account, id)
                .map(container -> {
                    Page<Sync.Item> page = ItemTable.changed(transaction, account, id, after, limit);
                    return new Sync.ContainerContent(container, page.entries(), page.more());
                }));
    }

    /// @param scope leaves out what is in other domains
    Sync.Changes changes(AccountId account, Scope scope, long after, int limit) {
        return database.read(transaction -> {
            long now = SequenceTable.current(transaction, account);
            Page<Sync.Container> page = ContainerTable.changed(transaction, account, scope, after, limit);
            long cursor = page.more() ? page.entries().getLast().sequence() : now;
            return new Sync.Changes(page.entries(), cursor, page.more());
        });
    }
}
