package dev.nescio.server.log;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.AccountLog;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.SlotId;
import dev.nescio.sealing.v1.LogEntryHash;
import dev.nescio.sealing.v1.OriginNote;
import dev.nescio.server.db.Columns;
import dev.nescio.server.db.Transaction;
import dev.nescio.server.http.Network;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The table of all accounts' logs.
public final class SecurityLog {

    /// Older entries go when others come. One of them always stays, so that a client sees that those
    /// which are gone were older still.
    private static final Duration KEPT = Duration.ofDays(400);

    private static final int TRIMMED_AT_ONCE = 32;
    private static final long HOUR = Duration.ofHours(1).toMillis();

    private static final String SELECT =
            "SELECT number, previous, hour, kind, session, other_session, slot, note FROM log_entry"
                    + " WHERE account = :account ";

    private SecurityLog() {}

    /// What has happened.
    ///
    /// @param session which did it, or was opened by it; null where there is none
    /// @param other the session that it was done to; null where there is none
    /// @param slot the slot that it is about; null where there is none
    /// @param origin from where a session was opened by it; null where none was
    public record Event(LogKind kind, SessionId session, SessionId other, SlotId slot, Origin origin) {

        public static Event by(SessionId session, LogKind kind) {
            return new Event(kind, session, null, null, null);
        }

        public Event to(SessionId concerned) {
            return new Event(kind, session, concerned, slot, origin);
        }

        public Event about(SlotId concerned) {
            return new Event(kind, session, other, concerned, origin);
        }

        /// @param publicKey of the account, which alone reads it
        public Event from(Network network, Bytes publicKey) {
            return new Event(kind, session, other, slot, new Origin(new OriginNote(network.prefix()), publicKey));
        }
    }

    /// @param publicKey of the account
    private record Origin(OriginNote note, Bytes publicKey) {

        private Bytes sealed(AccountId account, long number) {
            return note.seal(publicKey, account, number);
        }
    }

    /// Adds an entry, in the transaction of what has happened. Whoever adds one has taken the account,
    /// so that entries come one after the other.
    public static void append(Transaction transaction, AccountId account, Event event, long now) {
        Optional<AccountLog.Entry> last = last(transaction, account);
        // Never before the entry before it, even where the clock was put back.
        long hour = Math.max(hour(now), last.map(AccountLog.Entry::time).orElse(0L));
        long number = last.map(AccountLog.Entry::number).orElse(0L) + 1;
        transaction
                .handle()
                .createUpdate("INSERT INTO log_entry (account, number, previous, hour, kind, session, other_session,"
                        + " slot, note) VALUES (:account, :number, :previous, :hour, :kind, :session, :other, :slot,"
                        + " :note)")
                .bind("account", account.bytes())
                .bind("number", number)
                .bind(
                        "previous",
                        last.map(entry -> LogEntryHash.of(account, entry)).orElse(LogEntryHash.NONE))
                .bind("hour", hour)
                .bind("kind", event.kind().text())
                .bind(
                        "session",
                        event.session() == null ? null : event.session().bytes())
                .bind("other", event.other() == null ? null : event.other().bytes())
                .bind("slot", event.slot() == null ? null : event.slot().bytes())
                .bind("note", event.origin() == null ? null : event.origin().sealed(account, number))
                .execute();
        trim(transaction, account, now);
    }

    private static Optional<AccountLog.Entry> last(Transaction transaction, AccountId account) {
        return transaction
                .handle()
                .createQuery(SELECT + "ORDER BY number DESC LIMIT 1")
                .bind("account", account.bytes())
                .map((row, context) -> entry(row))
                .findOne();
    }

    /// Forgets from where sessions were opened. Nobody can read it any more once the account has
    /// another key pair.
    public static void forgetOrigins(Transaction transaction, AccountId account) {
        transaction
                .handle()
                .createUpdate("UPDATE log_entry SET note = NULL WHERE account = :account AND note IS NOT NULL")
                .bind("account", account.bytes())
                .execute();
    }

    private static void trim(Transaction transaction, AccountId account, long now) {
        transaction
                .handle()
                .createUpdate("DELETE FROM log_entry WHERE account = :account AND number < (SELECT MAX(number) FROM"
                        + " (SELECT number, hour FROM log_entry WHERE account = :account ORDER BY number LIMIT :most)"
                        + " AS oldest WHERE hour <= :then)")
                .bind("account", account.bytes())
                .bind("most", TRIMMED_AT_ONCE)
                .bind("then", now - KEPT.toMillis())
                .execute();
    }

    /// Whether this session has an entry of this kind in this hour.
    public static boolean has(Transaction transaction, AccountId account, SessionId session, LogKind kind, long now) {
        return has(transaction, account, "session = :id", session.bytes(), kind, hour(now));
    }

    /// Whether there is an entry of this kind about the slot of this event, of that hour or later.
    public static boolean has(Transaction transaction, AccountId account, Event about, long hour) {
        return has(transaction, account, "slot = :id", about.slot().bytes(), about.kind(), hour);
    }

    /// @param condition in SQL
    private static boolean has(
            Transaction transaction, AccountId account, String condition, Bytes id, LogKind kind, long hour) {
        return transaction
                .handle()
                .createQuery("SELECT 1 FROM log_entry WHERE account = :account AND " + condition
                        + " AND kind = :kind AND hour >= :hour LIMIT 1")
                .bind("account", account.bytes())
                .bind("id", id)
                .bind("kind", kind.text())
                .bind("hour", hour)
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
    }

    /// @return the number of the newest entry; 0 where there is none
    public static long newest(Transaction transaction, AccountId account) {
        return transaction
                .handle()
                .createQuery("SELECT COALESCE(MAX(number), 0) FROM log_entry WHERE account = :account")
                .bind("account", account.bytes())
                .mapTo(Long.class)
                .one();
    }

    /// @return the entries after that number, the oldest first
    static List<AccountLog.Entry> after(Transaction transaction, AccountId account, long number, int most) {
        return transaction
                .handle()
                .createQuery(SELECT + "AND number > :after ORDER BY number LIMIT :most")
                .bind("account", account.bytes())
                .bind("after", number)
                .bind("most", most)
                .map((row, context) -> entry(row))
                .list();
    }

    /// Deletes at most so many entries of an account.
    ///
    /// @return how many there were
    public static int delete(Transaction transaction, AccountId account, int most) {
        return transaction
                .handle()
                .createUpdate("DELETE FROM log_entry WHERE account = :account AND number IN (SELECT number FROM"
                        + " log_entry WHERE account = :account ORDER BY number LIMIT :most)")
                .bind("account", account.bytes())
                .bind("most", most)
                .execute();
    }

    private static AccountLog.Entry entry(ResultSet row) throws SQLException {
        byte[] session = row.getBytes("session");
        byte[] other = row.getBytes("other_session");
        byte[] slot = row.getBytes("slot");
        byte[] note = row.getBytes("note");
        return new AccountLog.Entry(
                row.getLong("number"),
                Columns.bytes(row, "previous"),
                row.getLong("hour"),
                row.getString("kind"),
                session == null ? null : new SessionId(Bytes.copyOf(session)),
                other == null ? null : new SessionId(Bytes.copyOf(other)),
                slot == null ? null : new SlotId(Bytes.copyOf(slot)),
                note == null ? null : Bytes.copyOf(note));
    }

    private static long hour(long millis) {
        return millis - millis % HOUR;
    }
}
