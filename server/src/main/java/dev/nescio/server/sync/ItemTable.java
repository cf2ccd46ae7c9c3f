package dev.nescio.server.sync;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.Sync;
import dev.nescio.server.db.Columns;
import dev.nescio.server.db.Transaction;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.statement.PreparedBatch;

/// The table of items.
final class ItemTable {

    private ItemTable() {}

    /// Writes items of which each must be new or follow on its stored version.
    ///
    /// @param position of the next new item
    /// @return the first item that does neither; the caller then undoes the transaction
    static Optional<ItemId> write(
            Transaction transaction,
            AccountId account,
            ContainerId container,
            List<Sync.ItemWrite> items,
            long sequence,
            long position) {
        List<Sync.ItemWrite> fresh =
                items.stream().filter(item -> item.version() == 1).toList();
        List<Sync.ItemWrite> changed =
                items.stream().filter(item -> item.version() > 1).toList();
        return insert(transaction, account, container, fresh, sequence, position)
                .or(() -> update(transaction, account, container, changed, sequence));
    }

    private static Optional<ItemId> insert(
            Transaction transaction,
            AccountId account,
            ContainerId container,
            List<Sync.ItemWrite> items,
            long sequence,
            long position) {
        PreparedBatch batch = transaction
                .handle()
                .prepareBatch("INSERT INTO item (account, container, item, position, version, sequence, sealed)"
                        + " VALUES (:account, :container, :item, :position, 1, :sequence, :sealed)"
                        + " ON CONFLICT (account, container, item) DO NOTHING");
        long next = position;
        for (Sync.ItemWrite item : items) {
            batch.bind("account", account.bytes())
                    .bind("container", container.bytes())
                    .bind("item", item.id().bytes())
                    .bind("position", next++)
                    .bind("sequence", sequence)
                    .bind("sealed", item.sealed())
                    .add();
        }
        return firstWithoutEffect(items, batch);
    }

    private static Optional<ItemId> update(
            Transaction transaction,
            AccountId account,
            ContainerId container,
            List<Sync.ItemWrite> items,
            long sequence) {
        PreparedBatch batch = transaction
                .handle()
                .prepareBatch("UPDATE item SET version = :version, sequence = :sequence, sealed = :sealed"
                        + " WHERE account = :account AND container = :container AND item = :item"
                        + " AND version = :version - 1");
        for (Sync.ItemWrite item : items) {
            batch.bind("account", account.bytes())
                    .bind("container", container.bytes())
                    .bind("item", item.id().bytes())
                    .bind("version", item.version())
                    .bind("sequence", sequence)
                    .bind("sealed", item.sealed())
                    .add();
        }
        return firstWithoutEffect(items, batch);
    }

    private static Optional<ItemId> firstWithoutEffect(List<Sync.ItemWrite> items, PreparedBatch batch) {
        if (items.isEmpty()) {
            return Optional.empty();
        }
        int[] counts = batch.execute();
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] == 0) {
                return Optional.of(items.get(i).id());
            }
        }
        return Optional.empty();
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
