package dev.nescio.server.credential;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Limits;
import dev.nescio.protocol.Scope;
import dev.nescio.protocol.SlotId;
import dev.nescio.server.db.Columns;
import dev.nescio.server.db.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The table of access keys.
public final class AccessSlots {

    private static final long DAY = Duration.ofDays(1).toMillis();

    private static final String SELECT = "SELECT account, slot, lookup_hmac, scope, expires_at, created_day, used_day,"
            + " envelope FROM access_slot WHERE ";

    private AccessSlots() {}

    /// All that the server notes of when a key was made or used.
    static long day(long millis) {
        return millis - millis % DAY;
    }

    /// @return false, with nothing written, when there is such a slot, or the account has as many keys
    /// as it may
    public static boolean insert(Transaction transaction, AccessSlot slot) {
        return ofAccount(transaction, slot.account()).size() < Limits.ACCESS_KEYS
                && transaction
                                .handle()
                                .createUpdate("INSERT INTO access_slot (account, slot, lookup_hmac, scope, expires_at,"
                                        + " created_day, envelope) VALUES (:account, :slot, :lookupHmac, :scope,"
                                        + " :expiresAt, :createdDay, :envelope) ON CONFLICT DO NOTHING")
                                .bind("account", slot.account().bytes())
                                .bind("slot", slot.slot().bytes())
                                .bind("lookupHmac", slot.lookupHmac())
                                .bind("scope", slot.scope().text())
                                .bind("expiresAt", slot.expiresAt())
                                .bind("createdDay", slot.createdDay())
                                .bind("envelope", slot.wrappedMasterKey())
                                .execute()
                        == 1;
    }

    public static Optional<AccessSlot> find(Transaction transaction, SlotId slot) {
        return transaction
                .handle()
                .createQuery(SELECT + "slot = :slot")
                .bind("slot", slot.bytes())
                .map((row, context) -> slot(row))
                .findOne();
    }

    public static List<AccessSlot> ofAccount(Transaction transaction, AccountId account) {
        return transaction
                .handle()
                .createQuery(SELECT + "account = :account ORDER BY slot")
                .bind("account", account.bytes())
                .map((row, context) -> slot(row))
                .list();
    }

    /// @return whether it was there
    public static boolean delete(Transaction transaction, AccountId account, SlotId slot) {
        return transaction
                        .handle()
                        .createUpdate("DELETE FROM access_slot WHERE account = :account AND slot = :slot")
                        .bind("account", account.bytes())
                        .bind("slot", slot.bytes())
                        .execute()
                == 1;
    }

    /// Notes that somebody has signed in with it.
    ///
    /// @return whether nobody had on this day
    public static boolean noteUsed(Transaction transaction, AccessSlot slot, long now) {
        return transaction
                        .handle()
                        .createUpdate("UPDATE access_slot SET used_day = :day WHERE account = :account"
                                + " AND slot = :slot AND (used_day IS NULL OR used_day <> :day)")
                        .bind("account", slot.account().bytes())
                        .bind("slot", slot.slot().bytes())
                        .bind("day", day(now))
                        .execute()
                == 1;
    }

    private static AccessSlot slot(ResultSet row) throws SQLException {
        return new AccessSlot(
                new AccountId(Columns.bytes(row, "account")),
                new SlotId(Columns.bytes(row, "slot")),
                Columns.bytes(row, "lookup_hmac"),
                Columns.bytes(row, "envelope"),
                Scope.parse(row.getString("scope")),
                Columns.number(row, "expires_at"),
                row.getLong("created_day"),
                Columns.number(row, "used_day"));
    }
}
