package dev.nescio.server.session;

import dev.nescio.protocol.AccountId;
import dev.nescio.server.db.Transaction;
import java.time.Duration;

/// What an account's sessions say of whether somebody still gets in: those that persons have opened, without those of
/// access keys.
///
/// @param sessions how many have not ended
/// @param seenAt the hour in which one of them was last used; null where there is none
public record LastUse(int sessions, Long seenAt) {

    private static final long HOUR = Duration.ofHours(1).toMillis();

    /// Whether one of them may have been used within a time that ends now.
    public boolean isWithin(Duration time, long now) {
        return seenAt != null && seenAt + HOUR > now - time.toMillis();
    }

    public static LastUse ofPersons(Transaction transaction, AccountId account, long now) {
        return transaction
                .handle()
                .createQuery("SELECT COUNT(*) AS sessions, COALESCE(MAX(seen_at), 0) AS seen_at FROM session"
                        + " WHERE account = :account AND access_slot IS NULL AND expires_at > :now")
                .bind("account", account.bytes())
                .bind("now", now)
                .map((row, context) -> of(row.getInt("sessions"), row.getLong("seen_at")))
                .one();
    }

    /// Whether a person has proven a credential within a time that ends now, in a session that has not ended.
    public static boolean provenWithin(Transaction transaction, AccountId account, Duration time, long now) {
        return transaction
                .handle()
                .createQuery("SELECT EXISTS (SELECT 1 FROM session WHERE account = :account AND access_slot IS NULL"
                        + " AND expires_at > :now AND proven_at > :since)")
                .bind("account", account.bytes())
                .bind("now", now)
                .bind("since", now - time.toMillis())
                .mapTo(Boolean.class)
                .one();
    }

    private static LastUse of(int sessions, long seenAt) {
        return new LastUse(sessions, sessions == 0 ? null : seenAt);
    }
}
