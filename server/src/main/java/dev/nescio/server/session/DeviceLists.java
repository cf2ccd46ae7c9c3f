package dev.nescio.server.session;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Counted;
import dev.nescio.server.db.Columns;
import dev.nescio.server.db.Transaction;
import java.util.Optional;

/// The table of device lists: which device uses which session, sealed by the devices (spec, section
/// 9.4).
public final class DeviceLists {

    private DeviceLists() {}

    static Optional<Counted> find(Transaction transaction, AccountId account) {
        return transaction
                .handle()
                .createQuery("SELECT counter, sealed FROM device_list WHERE account = :account")
                .bind("account", account.bytes())
                .map((row, context) -> new Counted(row.getLong("counter"), Columns.bytes(row, "sealed")))
                .findOne();
    }

    static void delete(Transaction transaction, AccountId account) {
        transaction
                .handle()
                .createUpdate("DELETE FROM device_list WHERE account = :account")
                .bind("account", account.bytes())
                .execute();
    }

    /// Puts the next list in place of the one before it.
    ///
    /// @return whether the stored one was the one before it
    public static boolean replace(Transaction transaction, AccountId account, Counted list) {
        String sql = list.counter() == 1
                ? "INSERT INTO device_list (account, counter, sealed) VALUES (:account, :counter, :sealed)"
                        + " ON CONFLICT DO NOTHING"
                : "UPDATE device_list SET counter = :counter, sealed = :sealed"
                        + " WHERE account = :account AND counter = :counter - 1";
        return transaction
                        .handle()
                        .createUpdate(sql)
                        .bind("account", account.bytes())
                        .bind("counter", list.counter())
                        .bind("sealed", list.sealed())
                        .execute()
                == 1;
    }
}
