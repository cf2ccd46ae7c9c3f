package dev.nescio.server.credential;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.SlotId;
import dev.nescio.server.db.Columns;
import dev.nescio.server.db.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// The table of passkeys.
public final class PasskeySlots {

    /// Of one account.
    private static final int MOST = 32;

    private static final String SELECT = "SELECT account, slot, lookup_hmac, wrapped_master_key, credential_id,"
            + " attested_credential, sign_count, rp_id, clone_refused_at FROM passkey_slot WHERE ";

    private PasskeySlots() {}

    /// @return false, with nothing written, when the passkey is there already, or the account has as many as it may
    public static boolean insert(Transaction transaction, PasskeySlot slot) {
        return ofAccount(transaction, slot.account()).size() < MOST
                && transaction
                                .handle()
                                .createUpdate(
                                        "INSERT INTO passkey_slot (account, slot, lookup_hmac, wrapped_master_key,"
                                                + " credential_id, attested_credential, sign_count, rp_id) VALUES (:account,"
                                                + " :slot, :lookupHmac, :wrappedMasterKey, :credentialId, :attestedCredential,"
                                                + " :signCount, :rpId) ON CONFLICT DO NOTHING")
                                .bind("account", slot.account().bytes())
                                .bind("slot", slot.slot().bytes())
                                .bind("lookupHmac", slot.lookupHmac())
                                .bind("wrappedMasterKey", slot.wrappedMasterKey())
                                .bind("credentialId", slot.credentialId())
                                .bind("attestedCredential", slot.attestedCredential())
                                .bind("signCount", slot.signCount())
                                .bind("rpId", slot.rpId())
                                .execute()
                        == 1;
    }

    public static Optional<PasskeySlot> ofCredential(Transaction transaction, Bytes credentialId) {
        return transaction
                .handle()
                .createQuery(SELECT + "credential_id = :credentialId")
                .bind("credentialId", credentialId)
                .map((row, context) -> slot(row))
                .findOne();
    }

    public static List<PasskeySlot> ofAccount(Transaction transaction, AccountId account) {
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
                        .createUpdate("DELETE FROM passkey_slot WHERE account = :account AND slot = :slot")
                        .bind("account", account.bytes())
                        .bind("slot", slot.bytes())
                        .execute()
                == 1;
    }

    /// Notes what the authenticator has counted. A count that does not go up, unless it is always 0, comes from a copy
    /// of the authenticator, or from the one that was copied.
    ///
    /// @return whether it goes on from what was counted before
    public static boolean count(Transaction transaction, AccountId account, SlotId slot, long signCount, long now) {
        boolean goesOn = transaction
                        .handle()
                        .createUpdate(
                                "UPDATE passkey_slot SET sign_count = :signCount WHERE account = :account"
                                        + " AND slot = :slot AND (sign_count < :signCount OR (sign_count = 0 AND :signCount = 0))")
                        .bind("account", account.bytes())
                        .bind("slot", slot.bytes())
                        .bind("signCount", signCount)
                        .execute()
                == 1;
        if (!goesOn) {
            transaction
                    .handle()
                    .createUpdate("UPDATE passkey_slot SET clone_refused_at = :now"
                            + " WHERE account = :account AND slot = :slot")
                    .bind("account", account.bytes())
                    .bind("slot", slot.bytes())
                    .bind("now", now)
                    .execute();
        }
        return goesOn;
    }

    /// @return how many passkeys are bound to another relying party than this one
    public static long boundElsewhere(Transaction transaction, String rpId) {
        return transaction
                .handle()
                .createQuery("SELECT COUNT(*) FROM passkey_slot WHERE rp_id <> :rpId")
                .bind("rpId", rpId)
                .mapTo(Long.class)
                .one();
    }

    private static PasskeySlot slot(ResultSet row) throws SQLException {
        long cloneRefusedAt = row.getLong("clone_refused_at");
        return new PasskeySlot(
                new AccountId(Columns.bytes(row, "account")),
                new SlotId(Columns.bytes(row, "slot")),
                Columns.bytes(row, "lookup_hmac"),
                Columns.bytes(row, "wrapped_master_key"),
                Columns.bytes(row, "credential_id"),
                Columns.bytes(row, "attested_credential"),
                row.getLong("sign_count"),
                row.getString("rp_id"),
                cloneRefusedAt == 0 ? null : cloneRefusedAt);
    }
}
