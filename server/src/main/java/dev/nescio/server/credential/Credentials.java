package dev.nescio.server.credential;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SlotId;
import dev.nescio.server.db.Columns;
import dev.nescio.server.db.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.statement.PreparedBatch;

/// The tables of what accounts prove themselves with.
public final class Credentials {

    private static final String COLUMNS = "p.account, slot, salt, memory_kib, passes, lanes, lookup_hmac,"
            + " wrapped_master_key, totp_secret, totp_step";

    private Credentials() {}

    public static void insert(Transaction transaction, PasswordSlot slot, List<Bytes> backupCodeHmacs) {
        transaction
                .handle()
                .createUpdate("INSERT INTO password_slot (account, slot, salt, memory_kib, passes, lanes, lookup_hmac,"
                        + " wrapped_master_key, totp_secret, totp_step) VALUES (:account, :slot, :salt, :memoryKiB,"
                        + " :passes, :lanes, :lookupHmac, :wrappedMasterKey, :totpSecret, :totpStep)")
                .bind("account", slot.account().bytes())
                .bind("slot", slot.slot().bytes())
                .bind("salt", slot.salt())
                .bind("memoryKiB", slot.memoryKiB())
                .bind("passes", slot.passes())
                .bind("lanes", slot.lanes())
                .bind("lookupHmac", slot.lookupHmac())
                .bind("wrappedMasterKey", slot.wrappedMasterKey())
                .bind("totpSecret", slot.totpSecret())
                .bind("totpStep", slot.totpStep())
                .execute();
        insertBackupCodes(transaction, slot.account(), backupCodeHmacs);
    }

    private static void insertBackupCodes(Transaction transaction, AccountId account, List<Bytes> hmacs) {
        if (hmacs.isEmpty()) {
            return;
        }
        PreparedBatch codes = transaction
                .handle()
                .prepareBatch("INSERT INTO backup_code (account, code_hmac) VALUES (:account, :codeHmac)");
        for (Bytes hmac : hmacs) {
            codes.bind("account", account.bytes()).bind("codeHmac", hmac).add();
        }
        codes.execute();
    }

    /// Writes other backup codes, or none, in place of all that are there.
    public static void replaceBackupCodes(Transaction transaction, AccountId account, List<Bytes> hmacs) {
        transaction
                .handle()
                .createUpdate("DELETE FROM backup_code WHERE account = :account")
                .bind("account", account.bytes())
                .execute();
        insertBackupCodes(transaction, account, hmacs);
    }

    /// Writes a password in place of the old one. The step that was used last stays.
    ///
    /// @param next with the second factor of the old one, sealed anew
    /// @return false, with nothing written, when the old one or its second factor is no longer there
    public static boolean replacePassword(Transaction transaction, PasswordSlot old, PasswordSlot next) {
        return transaction
                        .handle()
                        .createUpdate("UPDATE password_slot SET slot = :slot, salt = :salt, memory_kib = :memoryKiB,"
                                + " passes = :passes, lanes = :lanes, lookup_hmac = :lookupHmac,"
                                + " wrapped_master_key = :wrappedMasterKey, totp_secret = :totpSecret"
                                + " WHERE account = :account AND slot = :oldSlot AND totp_secret = :oldSecret")
                        .bind("account", old.account().bytes())
                        .bind("oldSlot", old.slot().bytes())
                        .bind("oldSecret", old.totpSecret())
                        .bind("slot", next.slot().bytes())
                        .bind("salt", next.salt())
                        .bind("memoryKiB", next.memoryKiB())
                        .bind("passes", next.passes())
                        .bind("lanes", next.lanes())
                        .bind("lookupHmac", next.lookupHmac())
                        .bind("wrappedMasterKey", next.wrappedMasterKey())
                        .bind("totpSecret", next.totpSecret())
                        .execute()
                == 1;
    }

    /// Writes another second factor in place of the old one, with the step of the code that proved it.
    ///
    /// @return false, with nothing written, when the slot or its second factor is no longer there
    public static boolean replaceTotp(Transaction transaction, PasswordSlot old, Bytes totpSecret, long step) {
        return transaction
                        .handle()
                        .createUpdate("UPDATE password_slot SET totp_secret = :totpSecret, totp_step = :step"
                                + " WHERE account = :account AND slot = :slot AND totp_secret = :oldSecret")
                        .bind("account", old.account().bytes())
                        .bind("slot", old.slot().bytes())
                        .bind("oldSecret", old.totpSecret())
                        .bind("totpSecret", totpSecret)
                        .bind("step", step)
                        .execute()
                == 1;
    }

    /// Removes a password with all that belongs to it: second factor and backup codes.
    ///
    /// @return whether it was there
    public static boolean deletePassword(Transaction transaction, AccountId account, SlotId slot) {
        boolean there = transaction
                        .handle()
                        .createUpdate("DELETE FROM password_slot WHERE account = :account AND slot = :slot")
                        .bind("account", account.bytes())
                        .bind("slot", slot.bytes())
                        .execute()
                == 1;
        if (there) {
            replaceBackupCodes(transaction, account, List.of());
        }
        return there;
    }

    /// Deletes every way in and back of an account.
    public static void deleteAll(Transaction transaction, AccountId account) {
        ofAccount(transaction, account).ifPresent(slot -> deletePassword(transaction, account, slot.slot()));
        transaction
                .handle()
                .createUpdate("DELETE FROM recovery_slot WHERE account = :account")
                .bind("account", account.bytes())
                .execute();
        PasskeySlots.ofAccount(transaction, account)
                .forEach(slot -> PasskeySlots.delete(transaction, account, slot.slot()));
        AccessSlots.ofAccount(transaction, account)
                .forEach(slot -> AccessSlots.delete(transaction, account, slot.slot()));
    }

    /// Whether a slot that was proven is still there, and its second factor. Whoever asks holds the account's row.
    public static boolean isStillThere(Transaction transaction, StoredSlot proven) {
        return slots(transaction, proven.account()).stream().anyMatch(slot -> slot.isProvenBy(proven));
    }

    /// What to derive from a password by. The statement seeks in both tables and gives one row for every address, so
    /// that it takes the same time: where there is no account, it seeks a slot by what is no account's id.
    ///
    /// @param decoySalt answered, with what new passwords are made with, for an address that has no password
    public static SignIn.LookupAnswer toDeriveBy(Transaction transaction, Bytes addressHmac, Bytes decoySalt) {
        return transaction
                .handle()
                .createQuery("SELECT COALESCE(p.salt, :decoySalt) AS salt,"
                        + " COALESCE(p.memory_kib, :memoryKiB) AS memory_kib,"
                        + " COALESCE(p.passes, :passes) AS passes, COALESCE(p.lanes, :lanes) AS lanes"
                        + " FROM (SELECT 1) AS always LEFT JOIN account a ON a.address_hmac = :addressHmac"
                        + " LEFT JOIN password_slot p ON p.account = COALESCE(a.account, :addressHmac)")
                .bind("addressHmac", addressHmac)
                .bind("decoySalt", decoySalt)
                .bind("memoryKiB", Argon2Parameters.CURRENT.memoryKiB())
                .bind("passes", Argon2Parameters.CURRENT.passes())
                .bind("lanes", Argon2Parameters.CURRENT.lanes())
                .map((row, context) -> new SignIn.LookupAnswer(
                        Columns.bytes(row, "salt"),
                        row.getInt("memory_kib"),
                        row.getInt("passes"),
                        row.getInt("lanes")))
                .one();
    }

    public static Optional<PasswordSlot> ofAddress(Transaction transaction, Bytes addressHmac) {
        return transaction
                .handle()
                .createQuery("SELECT " + COLUMNS + " FROM account a JOIN password_slot p ON p.account = a.account"
                        + " WHERE a.address_hmac = :addressHmac")
                .bind("addressHmac", addressHmac)
                .map((row, context) -> slot(row))
                .findOne();
    }

    public static Optional<PasswordSlot> ofAccount(Transaction transaction, AccountId account) {
        return transaction
                .handle()
                .createQuery("SELECT " + COLUMNS + " FROM password_slot p WHERE p.account = :account")
                .bind("account", account.bytes())
                .map((row, context) -> slot(row))
                .findOne();
    }

    /// @return any slot, to see whether database and key service belong together
    public static Optional<StoredSlot> any(Transaction transaction) {
        return transaction
                .handle()
                .createQuery("SELECT account FROM account WHERE deleting_since IS NULL LIMIT 1")
                .map((row, context) -> new AccountId(Columns.bytes(row, "account")))
                .findOne()
                .map(account -> slots(transaction, account).getFirst());
    }

    /// Writes a recovery key's slot in place of the account's earlier one, if there is one.
    ///
    /// @return false when its id is in use, by another slot of the account or by any recovery key, as those are
    ///     found by it. The transaction is then to be undone
    public static boolean putRecovery(Transaction transaction, RecoverySlot slot) {
        transaction
                .handle()
                .createUpdate("DELETE FROM recovery_slot WHERE account = :account")
                .bind("account", slot.account().bytes())
                .execute();
        return !hasSlot(transaction, slot.account(), slot.slot())
                && transaction
                                .handle()
                                .createUpdate(
                                        "INSERT INTO recovery_slot (account, slot, lookup_hmac, wrapped_master_key)"
                                                + " VALUES (:account, :slot, :lookupHmac, :wrappedMasterKey)"
                                                + " ON CONFLICT DO NOTHING")
                                .bind("account", slot.account().bytes())
                                .bind("slot", slot.slot().bytes())
                                .bind("lookupHmac", slot.lookupHmac())
                                .bind("wrappedMasterKey", slot.wrappedMasterKey())
                                .execute()
                        == 1;
    }

    /// Whether a slot of the account, of whatever kind, has this id.
    public static boolean hasSlot(Transaction transaction, AccountId account, SlotId id) {
        return slots(transaction, account).stream().anyMatch(slot -> slot.slot().equals(id));
    }

    public static Optional<RecoverySlot> recovery(Transaction transaction, SlotId slot) {
        return recovery(transaction, "slot", slot.bytes());
    }

    private static Optional<RecoverySlot> recovery(Transaction transaction, String column, Bytes value) {
        return transaction
                .handle()
                .createQuery("SELECT account, slot, lookup_hmac, wrapped_master_key FROM recovery_slot WHERE " + column
                        + " = :value")
                .bind("value", value)
                .map((row, context) -> new RecoverySlot(
                        new AccountId(Columns.bytes(row, "account")),
                        new SlotId(Columns.bytes(row, "slot")),
                        Columns.bytes(row, "lookup_hmac"),
                        Columns.bytes(row, "wrapped_master_key")))
                .findOne();
    }

    /// All slots of an account, whatever their kind.
    public static List<StoredSlot> slots(Transaction transaction, AccountId account) {
        List<StoredSlot> slots = new ArrayList<>();
        ofAccount(transaction, account).ifPresent(slots::add);
        recovery(transaction, "account", account.bytes()).ifPresent(slots::add);
        slots.addAll(PasskeySlots.ofAccount(transaction, account));
        slots.addAll(AccessSlots.ofAccount(transaction, account));
        return slots;
    }

    /// Puts other wrapped master keys into some slots and removes all others but the recovery key's; a
    /// password's second factor and backup codes stay or go with it.
    ///
    /// @param kept wrapped master keys, sealed, by the slot
    /// @return false where one of them is no password and no passkey of this account
    public static boolean rewrap(Transaction transaction, AccountId account, Map<SlotId, Bytes> kept) {
        int found = 0;
        for (StoredSlot slot : slots(transaction, account)) {
            Bytes wrapped = kept.get(slot.slot());
            switch (slot) {
                case PasswordSlot password
                when wrapped == null -> deletePassword(transaction, account, password.slot());
                case PasskeySlot passkey
                when wrapped == null -> PasskeySlots.delete(transaction, account, passkey.slot());
                case PasswordSlot password -> found += rewrap(transaction, "password_slot", password, wrapped);
                case PasskeySlot passkey -> found += rewrap(transaction, "passkey_slot", passkey, wrapped);
                case AccessSlot access -> AccessSlots.delete(transaction, account, access.slot());
                case RecoverySlot recovery -> {
                    // Another one takes its place.
                }
            }
        }
        return found == kept.size();
    }

    private static int rewrap(Transaction transaction, String table, StoredSlot slot, Bytes wrapped) {
        return transaction
                .handle()
                .createUpdate("UPDATE " + table + " SET wrapped_master_key = :wrapped"
                        + " WHERE account = :account AND slot = :slot")
                .bind("wrapped", wrapped)
                .bind("account", slot.account().bytes())
                .bind("slot", slot.slot().bytes())
                .execute();
    }

    public static boolean hasBackupCode(Transaction transaction, AccountId account, Bytes hmac) {
        return transaction
                .handle()
                .createQuery("SELECT 1 FROM backup_code WHERE account = :account AND code_hmac = :hmac")
                .bind("account", account.bytes())
                .bind("hmac", hmac)
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
    }

    /// Whether these backup codes are there, each unused, and no others.
    public static boolean hasExactlyBackupCodes(Transaction transaction, AccountId account, List<Bytes> hmacs) {
        List<Bytes> present = transaction
                .handle()
                .createQuery("SELECT code_hmac FROM backup_code WHERE account = :account")
                .bind("account", account.bytes())
                .map((row, context) -> Columns.bytes(row, "code_hmac"))
                .list();
        return present.size() == hmacs.size() && Set.copyOf(present).equals(Set.copyOf(hmacs));
    }

    /// @return whether the step was still unused; it is used now
    public static boolean useStep(Transaction transaction, AccountId account, long step) {
        return transaction
                        .handle()
                        .createUpdate("UPDATE password_slot SET totp_step = :step"
                                + " WHERE account = :account AND totp_step < :step")
                        .bind("account", account.bytes())
                        .bind("step", step)
                        .execute()
                == 1;
    }

    /// @return whether the code was there; it is gone now
    public static boolean useBackupCode(Transaction transaction, AccountId account, Bytes hmac) {
        return transaction
                        .handle()
                        .createUpdate("DELETE FROM backup_code WHERE account = :account AND code_hmac = :hmac")
                        .bind("account", account.bytes())
                        .bind("hmac", hmac)
                        .execute()
                == 1;
    }

    private static PasswordSlot slot(ResultSet row) throws SQLException {
        return new PasswordSlot(
                new AccountId(Columns.bytes(row, "account")),
                new SlotId(Columns.bytes(row, "slot")),
                Columns.bytes(row, "salt"),
                row.getInt("memory_kib"),
                row.getInt("passes"),
                row.getInt("lanes"),
                Columns.bytes(row, "lookup_hmac"),
                Columns.bytes(row, "wrapped_master_key"),
                Columns.bytes(row, "totp_secret"),
                row.getLong("totp_step"));
    }
}
