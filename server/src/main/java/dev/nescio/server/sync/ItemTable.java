package dev.nescio.server.sync;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.Sync;
import dev.nescio.server.db.Columns;
import dev.nescio.server.db.Transaction;
import java.util.List;
import org.jdbi.v3.core.statement.PreparedBatch;

/// The table of items.
final class ItemTable {

    private ItemTable() {}

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

    /// @return how many there were, at most so many
    static int delete(Transaction transaction, AccountId account, int most) {
        return transaction
                .handle()
                .createUpdate("DELETE FROM item WHERE (account, container, item) IN (SELECT account, container, item"
                        + " FROM item WHERE account = :account LIMIT :most)")
                .bind("account", account.bytes())
                .bind("most", most)
                .execute();
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
