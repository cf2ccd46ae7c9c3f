package dev.nescio.server.account;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.server.db.Columns;
import dev.nescio.server.db.Transaction;
import java.util.Optional;

/// The table of addresses that are mailed about sign-ins, sealed by the key service (spec, section 10.21).
final class AlertAddresses {

    private AlertAddresses() {}

    static void put(Transaction transaction, AccountId account, Bytes sealed) {
        transaction
                .handle()
                .createUpdate("INSERT INTO alert_address (account, sealed) VALUES (:account, :sealed)"
                        + " ON CONFLICT (account) DO UPDATE SET sealed = :sealed")
                .bind("account", account.bytes())
                .bind("sealed", sealed)
                .execute();
    }

    static Optional<Bytes> find(Transaction transaction, AccountId account) {
        return transaction
                .handle()
                .createQuery("SELECT sealed FROM alert_address WHERE account = :account")
                .bind("account", account.bytes())
                .map((row, context) -> Columns.bytes(row, "sealed"))
                .findOne();
    }

    /// @return whether there was one
    static boolean delete(Transaction transaction, AccountId account) {
        return transaction
                        .handle()
                        .createUpdate("DELETE FROM alert_address WHERE account = :account")
                        .bind("account", account.bytes())
                        .execute()
                == 1;
    }
}
