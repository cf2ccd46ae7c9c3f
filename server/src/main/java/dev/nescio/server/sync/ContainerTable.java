package dev.nescio.server.sync;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.Scope;
import dev.nescio.protocol.Sync;
import dev.nescio.protocol.Versioned;
import dev.nescio.server.db.Columns;
import dev.nescio.server.db.Keys;
import dev.nescio.server.db.Transaction;
import dev.nescio.server.session.Sessions;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The tables of containers and of their lists.
final class ContainerTable {

    private static final String COLUMNS = "container, domain, position, sequence, wrapped_key, earlier_keys,"
            + " metadata_version, metadata, manifest_counter, manifest, item_count";
    private static final String SIZE = "length(metadata) + length(manifest) + coalesce(length(earlier_keys), 0)";

    private ContainerTable() {}

    /// The stored list of a domain, with how many containers it has.
    record StoredList(Counted list, long count) {}

    static Optional<StoredList> list(Transaction transaction, AccountId account, Domain domain) {
        return transaction
                .handle()
                .createQuery("SELECT counter, sealed, container_count FROM container_list"
                        + " WHERE account = :account AND domain = :domain")
                .bind("account", account.bytes())
                .bind("domain", domain.text())
                .map((row, context) -> new StoredList(
                        new Counted(row.getLong("counter"), Columns.bytes(row, "sealed")),
                        row.getLong("container_count")))
                .findOne();
    }

    static void putList(Transaction transaction, AccountId account, Domain domain, Counted list) {
        transaction
                .handle()
                .createUpdate("INSERT INTO container_list (account, domain, counter, sealed, container_count)"
                        + " VALUES (:account, :domain, :counter, :sealed, 1) ON CONFLICT (account, domain) DO UPDATE"
                        + " SET counter = excluded.counter, sealed = excluded.sealed,"
                        + " container_count = container_list.container_count + 1")
                .bind("account", account.bytes())
                .bind("domain", domain.text())
                .bind("counter", list.counter())
                .bind("sealed", list.sealed())
                .execute();
    }

    /// Puts a list of the same containers in place of the one there, or an empty one where there is
    /// none.
    ///
    /// @return whether it follows on the stored one
    static boolean replaceList(Transaction transaction, AccountId account, Domain domain, Counted list) {
        String sql = list.counter() == 1
                ? "INSERT INTO container_list (account, domain, counter, sealed, container_count)"
                        + " VALUES (:account, :domain, :counter, :sealed, 0) ON CONFLICT DO NOTHING"
                : "UPDATE container_list SET counter = :counter, sealed = :sealed"
                        + " WHERE account = :account AND domain = :domain AND counter = :counter - 1";
        return transaction
                        .handle()
                        .createUpdate(sql)
                        .bind("account", account.bytes())
                        .bind("domain", domain.text())
                        .bind("counter", list.counter())
                        .bind("sealed", list.sealed())
                        .execute()
                == 1;
    }

    /// @return how many containers the account has, of all domains
    static long count(Transaction transaction, AccountId account) {
        return transaction
                .handle()
                .createQuery("SELECT COUNT(*) FROM container WHERE account = :account")
                .bind("account", account.bytes())
                .mapTo(Long.class)
                .one();
    }

    static void insert(Transaction transaction, AccountId account, Sync.Container container) {
        transaction
                .handle()
                .createUpdate("INSERT INTO container (account, " + COLUMNS + ") VALUES (:account, :container, :domain,"
                        + " :position, :sequence, :wrappedKey, :earlierKeys, :metadataVersion, :metadata, :manifestCounter,"
                        + " :manifest, :itemCount)")
                .bind("account", account.bytes())
                .bind("container", container.id().bytes())
                .bind("domain", container.domain().text())
                .bind("position", container.position())
                .bind("sequence", container.sequence())
                .bind("wrappedKey", container.wrappedKey())
                .bindByType("earlierKeys", container.earlierKeys(), Bytes.class)
                .bind("metadataVersion", container.metadata().version())
                .bind("metadata", container.metadata().sealed())
                .bind("manifestCounter", container.manifest().counter())
                .bind("manifest", container.manifest().sealed())
                .bind("itemCount", container.itemCount())
                .execute();
    }

    /// Deletes containers that have no items any more.
    ///
    /// @return how many there were, at most so many
    static int delete(Transaction transaction, AccountId account, int most) {
        return transaction
                .handle()
                .createUpdate("DELETE FROM container WHERE (account, container) IN (SELECT account, container"
                        + " FROM container WHERE account = :account LIMIT :most)")
                .bind("account", account.bytes())
                .bind("most", most)
                .execute();
    }

    /// @return how many there were
    static int deleteLists(Transaction transaction, AccountId account) {
        return transaction
                .handle()
                .createUpdate("DELETE FROM container_list WHERE account = :account")
                .bind("account", account.bytes())
                .execute();
    }

    /// What a commit is checked against.
    ///
    /// @param versions of those items that the commit names and that there are
    record State(
            Domain domain,
            long sequence,
            Counted manifest,
            long metadataVersion,
            long itemCount,
            Map<ItemId, Long> versions) {}

    /// What there is when a commit is asked for.
    ///
    /// @param asked whether the session that asked is alive
    /// @param state null if there is no such container
    record Found(boolean asked, State state) {}

    /// @param requests of different accounts
    /// @return what there is for each of them, by its account
    static Map<AccountId, Found> find(Transaction transaction, List<Commits.Request> requests, long now) {
        Map<AccountId, Found> all = new HashMap<>();
        Keys.rows(
                transaction,
                "SELECT column1 AS asker, domain, container.sequence, manifest_counter, manifest, metadata_version,"
                        + " item_count, item, version, live.session AS session FROM <keys>"
                        + Sessions.leftJoinLive("column1", "column4", "column5")
                        + " LEFT JOIN container ON container.account = column1 AND container.container = column2"
                        + " LEFT JOIN item ON item.account = column1 AND item.container = column2 AND item = column3"
                        + " WHERE length(column1) > 0",
                requests.stream().flatMap(request -> keys(request, now)).toList(),
                (row, context) -> {
                    AccountId account = new AccountId(Columns.bytes(row, "asker"));
                    Found found = all.get(account);
                    if (found == null) {
                        found = new Found(
                                row.getBytes("session") != null, row.getString("domain") == null ? null : state(row));
                        all.put(account, found);
                    }
                    byte[] item = row.getBytes("item");
                    return item == null
                            ? null
                            : found.state().versions().put(new ItemId(Bytes.copyOf(item)), row.getLong("version"));
                });
        return all;
    }

    /// @return the keys of its items; where it has none, one that finds the container alone
    private static Stream<Keys.Key> keys(Commits.Request request, long now) {
        List<Sync.ItemWrite> items = request.commit().items();
        Stream<Bytes> ids = items.isEmpty()
                ? Stream.of((Bytes) null)
                : items.stream().map(item -> item.id().bytes());
        return ids.map(item -> Keys.Key.of(request.account().bytes())
                .and(request.container().bytes())
                .and(item)
                .and(request.session().bytes())
                .and(Long.valueOf(now)));
    }

    private static State state(ResultSet row) throws SQLException {
        return new State(
                Domain.parse(row.getString("domain")),
                row.getLong("sequence"),
                new Counted(row.getLong("manifest_counter"), Columns.bytes(row, "manifest")),
                row.getLong("metadata_version"),
                row.getLong("item_count"),
                new HashMap<>());
    }

    /// Writes what commits change.
    static void update(Transaction transaction, List<Commits.Accepted> commits) {
        Keys.update(
                transaction,
                "UPDATE container SET sequence = column3, manifest_counter = column4, manifest = column5,"
                        + " item_count = item_count + column6, metadata_version = COALESCE(column7, metadata_version),"
                        + " metadata = COALESCE(column8, metadata)"
                        + " FROM <keys> WHERE account = column1 AND container = column2",
                commits.stream().map(ContainerTable::change).toList());
    }

    private static Keys.Key change(Commits.Accepted accepted) {
        Sync.Commit commit = accepted.request().commit();
        Versioned metadata = commit.metadata();
        return Keys.Key.of(accepted.request().account().bytes())
                .and(accepted.request().container().bytes())
                .and(accepted.sequence())
                .and(commit.manifest().counter())
                .and(commit.manifest().sealed())
                .and(ItemTable.added(commit))
                .and(metadata == null ? null : Long.valueOf(metadata.version()))
                .and(metadata == null ? null : metadata.sealed());
    }

    static Optional<Sync.Container> find(Transaction transaction, AccountId account, ContainerId id) {
        return transaction
                .handle()
                .createQuery(
                        "SELECT " + COLUMNS + " FROM container WHERE account = :account AND container = :container")
                .bind("account", account.bytes())
                .bind("container", id.bytes())
                .map((row, context) -> container(row))
                .findOne();
    }

    /// The containers of a domain from a position on.
    static Page<Sync.Container> ofDomain(
            Transaction transaction, AccountId account, Domain domain, long from, int limit) {
        Page.End end = Page.end(
                transaction
                        .handle()
                        .createQuery("SELECT position AS cursor, 1 AS entries, " + SIZE + " AS size FROM container"
                                + " WHERE account = :account AND domain = :domain AND position >= :from"
                                + " ORDER BY position LIMIT :limit")
                        .bind("account", account.bytes())
                        .bind("domain", domain.text())
                        .bind("from", from)
                        .bind("limit", limit + 1),
                limit);
        return new Page<>(
                read(transaction, account, inDomains(Set.of(domain)), "position", from, end.last()), end.more());
    }

    static Optional<Domain> domain(Transaction transaction, AccountId account, ContainerId id) {
        return transaction
                .handle()
                .createQuery("SELECT domain FROM container WHERE account = :account AND container = :container")
                .bind("account", account.bytes())
                .bind("container", id.bytes())
                .map((row, context) -> Domain.parse(row.getString("domain")))
                .findOne();
    }

    /// The containers that changed after a sequence.
    ///
    /// @param scope leaves out what is in other domains
    static Page<Sync.Container> changed(
            Transaction transaction, AccountId account, Scope scope, long after, int limit) {
        String inScope = inScope(scope);
        Page.End end = Page.end(
                transaction
                        .handle()
                        .createQuery("SELECT sequence AS cursor, 1 AS entries, " + SIZE + " AS size FROM container"
                                + " WHERE account = :account AND sequence > :after" + inScope
                                + " ORDER BY sequence LIMIT :limit")
                        .bind("account", account.bytes())
                        .bind("after", after)
                        .bind("limit", limit + 1),
                limit);
        return new Page<>(read(transaction, account, inScope, "sequence", after + 1, end.last()), end.more());
    }

    /// The names of domains are no input: they are those of this program.
    private static String inScope(Scope scope) {
        return scope.isAll() ? "" : inDomains(scope.domains().keySet());
    }

    private static String inDomains(Set<Domain> domains) {
        return domains.stream()
                .map(domain -> "'" + domain.text() + "'")
                .collect(Collectors.joining(", ", " AND domain IN (", ")"));
    }

    private static List<Sync.Container> read(
            Transaction transaction, AccountId account, String inDomains, String order, long from, OptionalLong to) {
        if (to.isEmpty()) {
            return List.of();
        }
        return transaction
                .handle()
                .createQuery("SELECT " + COLUMNS + " FROM container WHERE account = :account"
                        + inDomains
                        + " AND " + order + " BETWEEN :from AND :to ORDER BY " + order)
                .bind("account", account.bytes())
                .bind("from", from)
                .bind("to", to.getAsLong())
                .map((row, context) -> container(row))
                .list();
    }

    private static Sync.Container container(ResultSet row) throws SQLException {
        byte[] earlierKeys = row.getBytes("earlier_keys");
        return new Sync.Container(
                new ContainerId(Columns.bytes(row, "container")),
                Domain.parse(row.getString("domain")),
                row.getLong("position"),
                row.getLong("sequence"),
                Columns.bytes(row, "wrapped_key"),
                earlierKeys == null ? null : Bytes.copyOf(earlierKeys),
                new Versioned(row.getLong("metadata_version"), Columns.bytes(row, "metadata")),
                new Counted(row.getLong("manifest_counter"), Columns.bytes(row, "manifest")),
                row.getLong("item_count"));
    }
}
