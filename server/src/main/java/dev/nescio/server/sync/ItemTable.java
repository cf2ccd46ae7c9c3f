package dev.nescio.server.sync;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.Sync;
import dev.nescio.server.db.Columns;
import dev.nescio.server.db.Keys;
import dev.nescio.server.db.Transaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.statement.PreparedBatch;

/// The table of items.
final class ItemTable {

    private ItemTable() {}

    /// Of whom an item is. With one commit of an account, its container is known.
    record Key(AccountId account, ItemId item) {}

    /// @param requests of different accounts
    /// @return the stored version of each item that they name and that there is
    static Map<Key, Long> versions(Transaction transaction, List<Commits.Request> requests) {
        List<List<Bytes>> keys = new ArrayList<>();
        for (Commits.Request request : requests) {
            for (Sync.ItemWrite item : request.commit().items()) {
                keys.add(List.of(
                        request.account().bytes(),
                        request.container().bytes(),
                        item.id().bytes()));
            }
        }
        Map<Key, Long> versions = new HashMap<>();
        Keys.rows(
                transaction,
                "SELECT account, item, version FROM <keys>"
                        + " JOIN item ON account = column1 AND container = column2 AND item = column3",
                keys,
                (row, context) -> versions.put(
                        new Key(new AccountId(Columns.bytes(row, "account")), new ItemId(Columns.bytes(row, "item"))),
                        row.getLong("version")));
        return versions;
    }

    /// How many items a commit brings that were not there before.
    static long added(Sync.Commit commit) {
        return commit.items().stream().filter(item -> item.version() == 1).count();
    }

    /// Writes the items of commits of which each item is new or follows on its stored version.
    static void write(Transaction transaction, List<Commits.Accepted> commits) {
        PreparedBatch insert = transaction
                .handle()
                .prepareBatch("INSERT INTO item (account, container, item, position, version, sequence, sealed)"
                        + " VALUES (:account, :container, :item, :position, 1, :sequence, :sealed)");
        PreparedBatch update = transaction
                .handle()
                .prepareBatch("UPDATE item SET version = :version, sequence = :sequence, sealed = :sealed"
                        + " WHERE account = :account AND container = :container AND item = :item");
        for (Commits.Accepted accepted : commits) {
            long position = accepted.stored().itemCount();
            for (Sync.ItemWrite item : accepted.request().commit().items()) {
                PreparedBatch batch = item.version() == 1
                        ? insert.bind("position", position++)
                        : update.bind("version", item.version());
                batch.bind("account", accepted.request().account().bytes())
                        .bind("container", accepted.request().container().bytes())
                        .bind("item", item.id().bytes())
                        .bind("sequence", accepted.sequence())
                        .bind("sealed", item.sealed())
                        .add();
            }
        }
        insert.execute();
        update.execute();
    }

    /// The items of a container that changed after a sequence. A page ends only where a sequence ends.
    static Page<Sync.Item> changed(
            Transaction transaction, AccountId account, ContainerId container, long after, int limit) {
        Page.End end = Page.end(
                transaction
                        .handle()
                        .createQuery("SELECT sequence AS cursor, COUNT(*) AS entries, SUM(length(sealed)) AS size"
                                + " FROM item WHERE account = :account AND container = :container"
                                + " AND sequence > :after GROUP BY sequence ORDER BY sequence LIMIT :limit")
                        .bind("account", account.bytes())
                        .bind("container", container.bytes())
                        .bind("after", after)
                        .bind("limit", limit + 1),
                limit);
        if (end.last().isEmpty()) {
            return new Page<>(List.of(), false);
        }
        List<Sync.Item> items = transaction
                .handle()
                .createQuery("SELECT item, position, version, sequence, sealed FROM item WHERE account = :account"
                        + " AND container = :container AND sequence > :after AND sequence <= :last"
                        + " ORDER BY sequence, position")
                .bind("account", account.bytes())
                .bind("container", container.bytes())
                .bind("after", after)
                .bind("last", end.last().getAsLong())
                .map((row, context) -> new Sync.Item(
                        new ItemId(Columns.bytes(row, "item")),
                        row.getLong("position"),
                        row.getLong("version"),
                        row.getLong("sequence"),
                        Columns.bytes(row, "sealed")))
                .list();
        return new Page<>(items, end.more());
    }
}
