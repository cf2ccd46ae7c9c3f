package dev.nescio.server.account;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.SessionId;
import dev.nescio.server.db.Columns;
import dev.nescio.server.db.Dialect;
import dev.nescio.server.db.Transaction;
import dev.nescio.server.log.SecurityLog;
import dev.nescio.server.session.LastUse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The tables of reset codes that can still be used (spec, section 10.18): of the operator's one at most for each
/// account, and those that were mailed. All that makes a code or cancels one goes through here.
public final class ResetCodes {

    /// How long a code of the operator's can be used.
    public static final Duration LIFE = Duration.ofHours(24);

    /// How long a mailed code begins a reset. One that has begun goes on for as long as any does.
    static final Duration MAILED_LIFE = Duration.ofMinutes(15);

    private static final String OPERATORS = "reset_code";
    private static final String MAILED = "mailed_reset_code";
    private static final List<String> TABLES = List.of(OPERATORS, MAILED);

    private ResetCodes() {}

    /// @param codeHmac what the code is known by
    record Waiting(AccountId account, Bytes codeHmac) {}

    /// Puts a code of the operator's, which can be used from now on, in place of the one there, if there is one, and
    /// writes that into the account's log.
    ///
    /// @return whose it is; empty, with nothing written, when the address has no account
    public static Optional<AccountId> put(Transaction transaction, Bytes addressHmac, Bytes codeHmac, long now) {
        // Takes the account's row: nobody deletes it until this is written.
        Optional<AccountId> account = transaction
                .handle()
                .createQuery("UPDATE account SET created_at = created_at WHERE address_hmac = :addressHmac"
                        + " RETURNING account")
                .bind("addressHmac", addressHmac)
                .map((row, context) -> new AccountId(Columns.bytes(row, "account")))
                .findOne();
        account.ifPresent(found -> {
            boolean replaces = expiry(transaction, OPERATORS, found, now).isPresent();
            put(transaction, found, codeHmac, now + LIFE.toMillis());
            LogKind kind = replaces ? LogKind.RESET_CODE_REPLACED : LogKind.RESET_CODE_MADE;
            SecurityLog.append(transaction, found, SecurityLog.Event.by(null, kind), now);
        });
        return account;
    }

    private static void put(Transaction transaction, AccountId account, Bytes codeHmac, long expiresAt) {
        transaction
                .handle()
                .createUpdate("INSERT INTO reset_code (account, code_hmac, expires_at)"
                        + " VALUES (:account, :codeHmac, :expiresAt) ON CONFLICT (account)"
                        + " DO UPDATE SET code_hmac = :codeHmac, expires_at = :expiresAt")
                .bind("account", account.bytes())
                .bind("codeHmac", codeHmac)
                .bind("expiresAt", expiresAt)
                .execute();
    }

    static Optional<AccountId> accountOf(Transaction transaction, Bytes addressHmac) {
        return transaction
                .handle()
                .createQuery("SELECT account FROM account WHERE address_hmac = :addressHmac")
                .bind("addressHmac", addressHmac)
                .map((row, context) -> new AccountId(Columns.bytes(row, "account")))
                .findOne();
    }

    /// Puts a mailed code beside whatever is there.
    ///
    /// @param account nobody's where the address has none, or none that may be reset by mail
    static void putMailed(Transaction transaction, AccountId account, Bytes codeHmac, long now) {
        transaction
                .handle()
                .createUpdate("INSERT INTO mailed_reset_code (account, code_hmac, expires_at)"
                        + " VALUES (:account, :codeHmac, :expiresAt)")
                .bind("account", account.bytes())
                .bind("codeHmac", codeHmac)
                .bind("expiresAt", now + MAILED_LIFE.plus(Pending.LIFE).toMillis())
                .execute();
    }

    /// The statement seeks in all three tables and gives one row for every address, so that it takes the same time
    /// where there is no account: then it seeks a code by what is no account's id. What is compared is an
    /// HMAC under a key that nobody outside has.
    ///
    /// @return empty when the address has no account, or no such code begins a reset now
    static Optional<Waiting> find(Transaction transaction, Bytes addressHmac, Bytes codeHmac, long now) {
        return transaction
                .handle()
                .createQuery("SELECT a.account, COALESCE(r.code_hmac, m.code_hmac) AS code_hmac"
                        + " FROM (SELECT 1) AS always"
                        + " LEFT JOIN account a ON a.address_hmac = :addressHmac"
                        + " LEFT JOIN reset_code r ON r.account = COALESCE(a.account, :addressHmac)"
                        + " AND r.code_hmac = :codeHmac AND r.expires_at > :now"
                        + " LEFT JOIN mailed_reset_code m ON m.account = COALESCE(a.account, :addressHmac)"
                        + " AND m.code_hmac = :codeHmac AND m.expires_at > :now + :begun")
                .bind("addressHmac", addressHmac)
                .bind("codeHmac", codeHmac)
                .bind("now", now)
                .bind("begun", Pending.LIFE.toMillis())
                .map((row, context) -> row.getBytes("account") == null || row.getBytes("code_hmac") == null
                        ? Optional.<Waiting>empty()
                        : Optional.of(new Waiting(
                                new AccountId(Columns.bytes(row, "account")), Columns.bytes(row, "code_hmac"))))
                .one();
    }

    /// Uses a code up. A mailed one is written without the account's row, so that this takes the same time whatever the
    /// address is; so one may have been written beside a sign-in, or a proof, that did not see it. It is of no use.
    ///
    /// @return false, with nothing written, when it was used, replaced or cancelled, or has expired
    static boolean use(Transaction transaction, Waiting code, long now) {
        if (isUsed(transaction, OPERATORS, code, now)) {
            return true;
        }
        return !LastUse.provenWithin(transaction, code.account(), MailedResetCodes.IN_USE, now)
                && isUsed(transaction, MAILED, code, now);
    }

    private static boolean isUsed(Transaction transaction, String table, Waiting code, long now) {
        return transaction
                        .handle()
                        .createUpdate("DELETE FROM " + table
                                + " WHERE account = :account AND code_hmac = :codeHmac AND expires_at > :now")
                        .bind("account", code.account().bytes())
                        .bind("codeHmac", code.codeHmac())
                        .bind("now", now)
                        .execute()
                > 0;
    }

    /// Until when the account can be reset; empty when it has no code.
    public static OptionalLong expiry(Transaction transaction, AccountId account, long now) {
        return TABLES.stream()
                .flatMap(table -> expiry(transaction, table, account, now).stream())
                .mapToLong(Long::longValue)
                .max();
    }

    private static Optional<Long> expiry(Transaction transaction, String table, AccountId account, long now) {
        return transaction
                .handle()
                .createQuery("SELECT MAX(expires_at) FROM " + table + " WHERE account = :account AND expires_at > :now")
                .bind("account", account.bytes())
                .bind("now", now)
                .mapTo(Long.class)
                .findOne();
    }

    /// Somebody has just proven a credential of the account: then not all of them are lost.
    ///
    /// @param session in which it was proven, or that it has opened
    /// @return whether there was a code that could still be used
    public static boolean cancel(Transaction transaction, AccountId account, SessionId session, long now) {
        boolean cancelled = remove(transaction, account, now);
        if (cancelled) {
            SecurityLog.append(transaction, account, SecurityLog.Event.by(session, LogKind.RESET_CODE_CANCELLED), now);
        }
        return cancelled;
    }

    /// @return whether there was a code that could still be used
    static boolean remove(Transaction transaction, AccountId account, long now) {
        boolean there = false;
        for (String table : TABLES) {
            there |= transaction
                    .handle()
                    .createQuery("DELETE FROM " + table + " WHERE account = :account RETURNING expires_at")
                    .bind("account", account.bytes())
                    .mapTo(Long.class)
                    .list()
                    .stream()
                    .anyMatch(expiresAt -> expiresAt > now);
        }
        return there;
    }

    /// Deletes those that have expired, but for what somebody has at this moment.
    public static void sweep(Transaction transaction, Dialect dialect, long now) {
        for (String table : TABLES) {
            transaction
                    .handle()
                    .createUpdate("DELETE FROM " + table + " WHERE (account, code_hmac) IN"
                            + " (SELECT account, code_hmac FROM " + table
                            + " WHERE expires_at <= :now" + dialect.free() + ")")
                    .bind("now", now)
                    .execute();
        }
    }
}
