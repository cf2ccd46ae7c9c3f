package dev.nescio.server.sync;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.Sync;
import dev.nescio.server.db.Transaction;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Checks and writes the commits of many accounts in one transaction (spec, section 10.5): a few statements
/// for all of them, in place of a few for each.
final class Commits {

    private Commits() {}

    /// Who asks for which commit, in which session.
    record Request(AccountId account, SessionId session, ContainerId container, Sync.Commit commit) {}

    /// A commit that is to be written.
    ///
    /// @param sequence its own
    /// @param stored what was there before
    record Accepted(Request request, long sequence, ContainerTable.State stored) {}

    /// @param now sessions that end later are alive
    /// @return the outcome of each request, in their order; those of one account come one after the other
    static List<Outcome> write(Transaction transaction, List<Request> requests, long now) {
        // Two requests may be equal: one is repeated.
        IdentityHashMap<Request, Outcome> outcomes = new IdentityHashMap<>();
        List<Request> left = requests;
        while (!left.isEmpty()) {
            SortedMap<String, Request> firsts = new TreeMap<>();
            List<Request> later = new ArrayList<>();
            for (Request request : left) {
                if (firsts.putIfAbsent(request.account().hex(), request) != null) {
                    later.add(request);
                }
            }
            writeOneOfEach(transaction, List.copyOf(firsts.values()), now, outcomes);
            left = later;
        }
        return requests.stream().map(outcomes::get).toList();
    }

    /// Takes the next sequences first, which makes all other writers of these accounts wait, and gives
    /// back those under which nothing is written. Whoever ends a session takes the same rows, so one
    /// that is alive then is so until its commit is written.
    ///
    /// @param requests of different accounts, in the order of their ids
    private static void writeOneOfEach(
            Transaction transaction, List<Request> requests, long now, IdentityHashMap<Request, Outcome> outcomes) {
        Map<AccountId, Long> sequences = SequenceTable.next(
                transaction, requests.stream().map(Request::account).toList());
        Map<AccountId, ContainerTable.Found> found = ContainerTable.find(transaction, requests, now);
        List<Accepted> accepted = new ArrayList<>();
        List<AccountId> refused = new ArrayList<>();
        for (Request request : requests) {
            ContainerTable.State stored = found.get(request.account()).state();
            Outcome outcome = found.get(request.account()).asked()
                    ? check(request.commit(), stored, sequences.get(request.account()))
                    : new Outcome.SessionEnded();
            if (outcome instanceof Outcome.Written(long sequence, Domain domain)) {
                accepted.add(new Accepted(request, sequence, stored));
            } else {
                refused.add(request.account());
            }
            outcomes.put(request, outcome);
        }
        ContainerTable.update(transaction, accepted);
        ItemTable.write(transaction, accepted);
        SequenceTable.giveBack(transaction, refused);
    }

    /// @param stored null if there is no such container
    private static Outcome check(Sync.Commit commit, ContainerTable.State stored, long sequence) {
        if (stored == null) {
            return new Outcome.NotFound();
        }
        if (stored.manifest().sealed().equals(commit.manifest().sealed())) {
            return new Outcome.Repeated(stored.sequence());
        }
        if (commit.manifest().counter() != stored.manifest().counter() + 1) {
            return new Outcome.ManifestConflict(stored.manifest().counter());
        }
        Optional<ItemId> conflict = commit.items().stream()
                .filter(item -> item.version() != stored.versions().getOrDefault(item.id(), 0L) + 1)
                .map(Sync.ItemWrite::id)
                .findFirst();
        if (conflict.isPresent()) {
            return new Outcome.ItemConflict(conflict.get());
        }
        if (commit.metadata() != null && commit.metadata().version() != stored.metadataVersion() + 1) {
            return new Outcome.MetadataVersion();
        }
        return new Outcome.Written(sequence, stored.domain());
    }
}
