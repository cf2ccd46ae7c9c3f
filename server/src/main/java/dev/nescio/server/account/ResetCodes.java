package dev.nescio.server.account;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.server.db.Columns;
import dev.nescio.server.db.Dialect;
import dev.nescio.server.db.Transaction;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/// The table of reset codes that can still be used, one at most for each account (spec, section 10.18).
public final class ResetCodes {

    /// How long a code can be used.
    public static final Duration LIFE = Duration.ofHours(24);

    private ResetCodes() {}

    /// @param codeHmac what the code is known by
    record Waiting(AccountId account, Bytes codeHmac) {}

    /// Puts a code in place of the one there, if there is one.
    ///
    /// @return whose it is; empty, with nothing written, when the address has no account
    public static Optional<AccountId> put(Transaction transaction, Bytes addressHmac, Bytes codeHmac, long expiresAt) {
        // Takes the account's row: nobody deletes it until this is written.
        Optional<AccountId> account = transaction
                .handle()
                .createQuery("UPDATE account SET created_at = created_at WHERE address_hmac = :addressHmac"
                        + " RETURNING account")
                .bind("addressHmac", addressHmac)
                .map((row, context) -> new AccountId(Columns.bytes(row, "account")))
                .findOne();
        account.ifPresent(found -> transaction
                .handle()
                .createUpdate("INSERT INTO reset_code (account, code_hmac, expires_at)"
                        + " VALUES (:account, :codeHmac, :expiresAt) ON CONFLICT (account)"
                        + " DO UPDATE SET code_hmac = :codeHmac, expires_at = :expiresAt")
                .bind("account", found.bytes())
                .bind("codeHmac", codeHmac)
                .bind("expiresAt", expiresAt)
                .execute());
        return account;
    }

    /// The statement seeks in both tables and gives one row for every address, so that it takes the same time where
    /// there is no account: then it seeks a code by what is no account's id.
    static Optional<Waiting> ofAddress(Transaction transaction, Bytes addressHmac, long now) {
        return transaction
                .handle()
                .createQuery("SELECT r.account, r.code_hmac FROM (SELECT 1) AS always"
                        + " LEFT JOIN account a ON a.address_hmac = :addressHmac"
                        + " LEFT JOIN reset_code r ON r.account = COALESCE(a.account, :addressHmac)"
                        + " AND r.expires_at > :now")
                .bind("addressHmac", addressHmac)
                .bind("now", now)
                .map((row, context) -> row.getBytes("account") == null
                        ? Optional.<Waiting>empty()
                        : Optional.of(new Waiting(
                                new AccountId(Columns.bytes(row, "account")), Columns.bytes(row, "code_hmac"))))
                .one();
    }

    /// Uses a code up.
    ///
    /// @return false, with nothing written, when it was used, replaced or cancelled, or has expired
    static boolean use(Transaction transaction, Waiting code, long now) {
        return transaction
                        .handle()
                        .createUpdate("DELETE FROM reset_code"
                                + " WHERE account = :account AND code_hmac = :codeHmac AND expires_at > :now")
                        .bind("account", code.account().bytes())
                        .bind("codeHmac", code.codeHmac())
                        .bind("now", now)
                        .execute()
                == 1;
    }

    /// When the account's code expires; empty when it has none.
    public static OptionalLong expiry(Transaction transaction, AccountId account, long now) {
        return transaction
                .handle()
                .createQuery("SELECT expires_at FROM reset_code WHERE account = :account AND expires_at > :now")
                .bind("account", account.bytes())
                .bind("now", now)
                .mapTo(Long.class)
                .findOne()
                .map(OptionalLong::of)
                .orElseGet(OptionalLong::empty);
    }

    /// Somebody has just proven a credential of the account: then not all of them are lost.
    ///
    /// @return whether there was a code that could still be used
    public static boolean cancel(Transaction transaction, AccountId account, long now) {
        return transaction
                .handle()
                .createQuery("DELETE FROM reset_code WHERE account = :account RETURNING expires_at")
                .bind("account", account.bytes())
                .mapTo(Long.class)
                .findOne()
                .filter(expiresAt -> expiresAt > now)
                .isPresent();
    }

    /// Deletes those that have expired, but for what somebody has at this moment.
    public static void sweep(Transaction transaction, Dialect dialect, long now) {
        transaction
                .handle()
                .createUpdate("DELETE FROM reset_code WHERE account IN (SELECT account FROM reset_code"
                        + " WHERE expires_at <= :now" + dialect.free() + ")")
                .bind("now", now)
                .execute();
    }
}
