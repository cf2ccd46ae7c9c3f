package dev.nescio.server.session;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Devices;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.Scope;
import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.SlotId;
import dev.nescio.server.db.Columns;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Transaction;
import dev.nescio.server.http.Authenticator;
import dev.nescio.server.http.Caller;
import dev.nescio.server.http.ProblemType;
import dev.nescio.server.http.Refusal;
import dev.nescio.server.log.SecurityLog;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// The sessions of all accounts: opens, finds, renews, lists and ends them. Safe for use by many threads.
public final class Sessions implements Authenticator {

    private static final Duration LIFE = Duration.ofHours(24);
    private static final Duration LIFE_WHEN_STAYING = Duration.ofDays(30);
    private static final int SESSIONS_OF_PERSONS = 256;
    private static final int SESSIONS_OF_AN_ACCESS_KEY = 16;
    private static final long NEVER = 0;
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final long DAY = Duration.ofDays(1).toMillis();

    private final Database database;
    private final Clock clock;
    private final RandomGenerator random;
    private final BiConsumer<Transaction, AccountId> take;
    private final Consumer<Collection<SessionId>> ended;
    private final Consumer<AccountId> changed;
    private final Tokens tokens;

    /// @param random a cryptographically strong source
    /// @param take takes an account until the transaction ends: neither how it is signed in to nor what it
    ///     has in its containers is written meanwhile
    /// @param ended is told of sessions that have ended
    /// @param changed is told of accounts whose sessions have changed, after what has ended
    public Sessions(
            Database database,
            Clock clock,
            RandomGenerator random,
            BiConsumer<Transaction, AccountId> take,
            Consumer<Collection<SessionId>> ended,
            Consumer<AccountId> changed) {
        this.database = database;
        this.clock = clock;
        this.random = random;
        this.take = take;
        this.ended = ended;
        this.changed = changed;
        this.tokens = new Tokens(database, clock);
    }

    /// A session that was just opened or renewed. Only here is its token known.
    ///
    /// @param ended those that ended for it
    public record Opened(SessionId session, Bytes token, long expiresAt, Duration life, List<SessionId> ended) {

        public Opened {
            ended = List.copyOf(ended);
        }

        private Opened endingAlso(List<SessionId> others) {
            return new Opened(session, token, expiresAt, life, others);
        }
    }

    /// Opens one for whoever has just proven a credential. Whoever opens one has taken the account, and
    /// calls [#tellOpened] when the transaction is done.
    public Opened open(Transaction transaction, AccountId account, boolean stay) {
        return open(transaction, account, stay, clock.millis(), null);
    }

    /// As [#open], and ends all others.
    public Opened openAlone(Transaction transaction, AccountId account, boolean stay) {
        List<SessionId> others = removeAll(transaction, account);
        Opened opened = open(transaction, account, stay, clock.millis(), null).endingAlso(others);
        logOthersEnded(transaction, account, opened.session(), others);
        return opened;
    }

    /// The access key that opens a session: its slot, how far it reaches, and when it ends.
    ///
    /// @param expiresAt null where it does not end
    public record AccessKey(SlotId slot, Scope scope, Long expiresAt) {}

    /// Opens one for a script: it counts as having proven no credential, and ends no later than the key.
    /// Like [#open] for the rest.
    public Opened openForAccessKey(Transaction transaction, AccountId account, boolean stay, AccessKey key) {
        return open(transaction, account, stay, NEVER, key);
    }

    /// A session that has approved a pairing.
    ///
    /// @param pairingsEnded how often the account's pairings had been ended by then
    public record Approval(AccountId account, SessionId session, long pairingsEnded) {}

    /// Approves that another device is let in.
    ///
    /// @throws Refusal as [#requireStillProven]
    public Approval approve(Transaction transaction, Caller caller) {
        requireStillProven(transaction, caller);
        return new Approval(
                caller.account(),
                caller.session(),
                pairingsEnded(transaction, caller.account(), caller.session())
                        .orElseThrow(() -> Refusal.of(ProblemType.SESSION_REQUIRED)));
    }

    /// Opens one for a device that was approved by another: it has proven no credential. Empty if the
    /// session that approved it is over, since ending it must end what it let in as well, and if the
    /// account's pairings were ended since. Whoever opens one has taken the account. Like [#open] for
    /// the rest.
    public Optional<Opened> openApproved(Transaction transaction, Approval approval, boolean stay) {
        return pairingsEnded(transaction, approval.account(), approval.session())
                .filter(ended -> ended == approval.pairingsEnded())
                .map(same -> open(transaction, approval.account(), stay, NEVER, null));
    }

    /// @return nothing where the session is over
    private Optional<Long> pairingsEnded(Transaction transaction, AccountId account, SessionId session) {
        return transaction
                .handle()
                .createQuery("SELECT pairings_ended FROM session"
                        + " WHERE account = :account AND session = :session AND expires_at > :now")
                .bind("account", account.bytes())
                .bind("session", session.bytes())
                .bind("now", clock.millis())
                .mapTo(Long.class)
                .findOne();
    }

    /// @return nothing where the session is over
    private Optional<Long> provenAt(Transaction transaction, AccountId account, SessionId session) {
        return transaction
                .handle()
                .createQuery("SELECT proven_at FROM session"
                        + " WHERE account = :account AND session = :session AND expires_at > :now")
                .bind("account", account.bytes())
                .bind("session", session.bytes())
                .bind("now", clock.millis())
                .mapTo(Long.class)
                .findOne();
    }

    /// @param key null where a person opens it
    private Opened open(Transaction transaction, AccountId account, boolean stay, long provenAt, AccessKey key) {
        Long noLaterThan = key == null ? null : key.expiresAt();
        List<SessionId> over =
                key == null ? makeRoom(transaction, account) : makeRoom(transaction, account, key.slot());
        Opened opened = withNewToken(SessionId.generate(random), stay, noLaterThan, over);
        long now = clock.millis();
        transaction
                .handle()
                .createUpdate("INSERT INTO session (account, session, token_hash, created_at, expires_at, proven_at,"
                        + " seen_at, stay, access_slot, scope, no_later_than) VALUES (:account, :session, :tokenHash,"
                        + " :now, :expiresAt, :provenAt, :hour, :stay, :accessSlot, :scope, :noLaterThan)")
                .bind("account", account.bytes())
                .bind("session", opened.session().bytes())
                .bind("tokenHash", Tokens.hash(opened.token()))
                .bind("now", now)
                .bind("expiresAt", opened.expiresAt())
                .bind("provenAt", provenAt)
                .bind("hour", hour(now))
                .bind("stay", stay)
                .bind("accessSlot", key == null ? null : key.slot().bytes())
                .bind("scope", key == null ? null : key.scope().text())
                .bind("noLaterThan", noLaterThan)
                .execute();
        return opened;
    }

    /// Where persons have as many sessions as they may, the one gives way that was not used for
    /// longest, of those that were used in the same hour the oldest. A refusal could lock the owner
    /// out.
    private List<SessionId> makeRoom(Transaction transaction, AccountId account) {
        return makeRoom(
                transaction,
                account,
                "access_slot IS NULL",
                Map.of("now", clock.millis(), "most", SESSIONS_OF_PERSONS - 1),
                "seen_at DESC, created_at DESC");
    }

    /// The oldest one of the access key: a script that signs in again and again would else fill the
    /// account's list.
    private List<SessionId> makeRoom(Transaction transaction, AccountId account, SlotId slot) {
        return makeRoom(
                transaction,
                account,
                "access_slot = :slot",
                Map.of("now", clock.millis(), "most", SESSIONS_OF_AN_ACCESS_KEY - 1, "slot", slot.bytes()),
                "created_at DESC");
    }

    /// @param which of them, in SQL
    /// @param order in which they stay, in SQL
    private List<SessionId> makeRoom(
            Transaction transaction, AccountId account, String which, Map<String, Object> values, String order) {
        String alive = " FROM session WHERE account = :account AND expires_at > :now AND " + which;
        int most = (int) values.get("most");
        int count = transaction
                .handle()
                .createQuery("SELECT COUNT(*)" + alive)
                .bind("account", account.bytes())
                .bindMap(values)
                .mapTo(Integer.class)
                .one();
        return count <= most
                ? List.of()
                : remove(
                        transaction,
                        account,
                        which + " AND session NOT IN (SELECT session" + alive + " ORDER BY " + order
                                + ", session LIMIT :most)",
                        values);
    }

    /// Closes the sockets of those that ended for it, and tells the account's other devices.
    public void tellOpened(AccountId account, Opened opened) {
        ended.accept(opened.ended());
        changed.accept(account);
    }

    /// @param noLaterThan when the access key that opened it ends; null where there is no such end
    /// @param over those that ended for it
    private Opened withNewToken(SessionId session, boolean stay, Long noLaterThan, List<SessionId> over) {
        long now = clock.millis();
        long most = now + (stay ? LIFE_WHEN_STAYING : LIFE).toMillis();
        long end = noLaterThan == null ? most : Math.min(most, noLaterThan);
        return new Opened(session, Tokens.generate(random), end, Duration.ofMillis(Math.max(0, end - now)), over);
    }

    @Override
    public Optional<Caller> find(Bytes token) {
        Bytes hash = Tokens.hash(token);
        return switch (tokens.find(hash)) {
            case Tokens.Found.Current(Caller caller, long seenAt) -> {
                noteSeen(caller, seenAt);
                yield Optional.of(caller);
            }
            case Tokens.Found.Next(Caller caller, long seenAt) -> {
                tokens.spend(caller, hash);
                noteSeen(caller, seenAt);
                yield Optional.of(caller);
            }
            case Tokens.Found.Spent(AccountId account, SessionId session) -> {
                // Two hold tokens of one session, and one of them is not its owner (spec, section 10.4).
                endForSpentToken(account, session);
                yield Optional.empty();
            }
            case Tokens.Found.Unknown() -> Optional.empty();
        };
    }

    /// A write, so only once in an hour.
    private void noteSeen(Caller caller, long seenAt) {
        long hour = hour(clock.millis());
        if (hour > seenAt) {
            tokens.noteSeen(caller, hour);
        }
    }

    /// Prolongs the session by another token. The one in use works until that is first used. One that an earlier
    /// renewal gave is spent, though nobody has used it: of two that hold the token in use, one has got it.
    ///
    /// @param token the one that asks
    /// @return empty if it is in use no more: then the session has ended
    Optional<Opened> renew(Caller caller, Bytes token) {
        Optional<Opened> renewed = database.write(transaction -> {
            Opened next = transaction
                    .handle()
                    .createQuery("SELECT stay, no_later_than FROM session"
                            + " WHERE account = :account AND session = :session")
                    .bind("account", caller.account().bytes())
                    .bind("session", caller.session().bytes())
                    .map((row, context) -> withNewToken(
                            caller.session(), row.getBoolean("stay"), Columns.number(row, "no_later_than"), List.of()))
                    .findOne()
                    .orElseGet(() -> withNewToken(caller.session(), false, null, List.of()));
            return Tokens.replaceNext(
                            transaction, caller, Tokens.hash(token), Tokens.hash(next.token()), next.expiresAt())
                    ? Optional.of(next)
                    : Optional.empty();
        });
        if (renewed.isEmpty()) {
            // The next one was used at this moment, so this one is spent.
            endForSpentToken(caller.account(), caller.session());
        }
        return renewed;
    }

    /// The account's live sessions, the oldest first.
    List<Devices.Session> list(Transaction transaction, Caller caller) {
        return transaction
                .handle()
                .createQuery("SELECT session, created_at, seen_at, expires_at, access_slot FROM session"
                        + " WHERE account = :account AND expires_at > :now ORDER BY created_at, session")
                .bind("account", caller.account().bytes())
                .bind("now", clock.millis())
                .map((row, context) -> {
                    SessionId session = new SessionId(Columns.bytes(row, "session"));
                    return new Devices.Session(
                            session,
                            hour(row.getLong("created_at")),
                            row.getLong("seen_at"),
                            row.getLong("expires_at"),
                            session.equals(caller.session()),
                            row.getBytes("access_slot") == null ? null : new SlotId(Columns.bytes(row, "access_slot")));
                })
                .list();
    }

    /// Notes that a credential was proven in this session just now.
    public void prove(Transaction transaction, Caller caller) {
        transaction
                .handle()
                .createUpdate("UPDATE session SET proven_at = :now WHERE account = :account AND session = :session")
                .bind("account", caller.account().bytes())
                .bind("session", caller.session().bytes())
                .bind("now", clock.millis())
                .execute();
    }

    /// What finds a session only while it is alive, for statements that find much at once: a table
    /// called `live` is joined, and `live.session` is NULL where there is none.
    ///
    /// @param account a column, as the others are
    /// @param now those that end later are alive
    public static String leftJoinLive(String account, String session, String now) {
        return " LEFT JOIN session live ON live.account = " + account + " AND live.session = " + session
                + " AND live.expires_at > " + now;
    }

    /// Looks once more whether the caller's session is alive: a body can be on its way for so long that
    /// it has ended when all is there. Whoever holds a row that is taken where sessions end knows that
    /// it lives until what depends on it is written.
    ///
    /// @throws Refusal unless it is
    public void requireAlive(Transaction transaction, Caller caller) {
        if (provenAt(transaction, caller.account(), caller.session()).isEmpty()) {
            throw Refusal.of(ProblemType.SESSION_REQUIRED);
        }
    }

    /// As [#requireAlive]. It stays alive until the transaction ends.
    void requireAliveUntilWritten(Transaction transaction, Caller caller) {
        take.accept(transaction, caller.account());
        requireAlive(transaction, caller);
    }

    /// As [#requireAlive], for what is not in the database.
    public void requireAlive(Caller caller) {
        database.query(transaction -> {
            requireAlive(transaction, caller);
            return caller;
        });
    }

    /// Looks once more whether the caller may change how the account is signed in to: a body can be on its way for so
    /// long that the session has ended, or its proof is too old, when it is there. Whoever holds the account's row
    /// when asking knows that the session lives until what depends on it is written.
    ///
    /// @throws Refusal unless the session is alive and a credential was proven in it just now
    public void requireStillProven(Transaction transaction, Caller caller) {
        long provenAt = provenAt(transaction, caller.account(), caller.session())
                .orElseThrow(() -> Refusal.of(ProblemType.SESSION_REQUIRED));
        if (!Tokens.isFresh(provenAt, clock.millis())) {
            throw Refusal.of(ProblemType.PROOF_REQUIRED);
        }
    }

    /// Removes the account's other sessions, and ends its pairings: what was approved before lets
    /// nobody in. Whoever does it has taken the account.
    ///
    /// @return what to give to [#tellEnded] when the transaction has ended
    public List<SessionId> removeOthers(Transaction transaction, Caller caller) {
        distrustOthers(transaction, caller);
        List<SessionId> others = remove(
                transaction,
                caller.account(),
                "session <> :session",
                Map.of("session", caller.session().bytes()));
        logOthersEnded(transaction, caller.account(), caller.session(), others);
        return others;
    }

    /// Where there was none, nothing has happened: else whoever asks again and again would fill the log.
    private void logOthersEnded(Transaction transaction, AccountId account, SessionId by, List<SessionId> others) {
        if (!others.isEmpty()) {
            SecurityLog.append(transaction, account, SecurityLog.Event.by(by, LogKind.OTHERS_ENDED), clock.millis());
        }
    }

    /// Removes all of the account's sessions. Whoever does it has taken the account.
    ///
    /// @return what to give to [#tellEnded] when the transaction has ended
    public List<SessionId> removeAll(Transaction transaction, AccountId account) {
        return remove(transaction, account, "TRUE", Map.of());
    }

    /// Deletes what the account's devices say of themselves.
    public static void deleteDevices(Transaction transaction, AccountId account) {
        DeviceLists.delete(transaction, account);
    }

    /// To be called when something that an account is signed in to with was replaced or removed:
    /// whoever had stolen it may have proven it in another session. No other session keeps what it has
    /// proven, and what any has approved lets nobody in any more.
    ///
    /// @param end whether the other sessions end as well
    /// @return what to give to [#tellEnded] when the transaction has ended
    public List<SessionId> distrustOthers(Transaction transaction, Caller caller, boolean end) {
        if (end) {
            return removeOthers(transaction, caller);
        }
        distrustOthers(transaction, caller);
        return List.of();
    }

    private static void distrustOthers(Transaction transaction, Caller caller) {
        transaction
                .handle()
                .createUpdate("UPDATE session SET pairings_ended = pairings_ended + 1,"
                        + " proven_at = CASE WHEN session = :session THEN proven_at ELSE :never END"
                        + " WHERE account = :account")
                .bind("never", NEVER)
                .bind("account", caller.account().bytes())
                .bind("session", caller.session().bytes())
                .execute();
    }

    /// Removes the sessions that an access key has opened. Whoever does it has taken the account.
    ///
    /// @return what to give to [#tellEnded] when the transaction has ended
    public List<SessionId> removeOfAccessKey(Transaction transaction, AccountId account, SlotId slot) {
        return remove(transaction, account, "access_slot = :slot", Map.of("slot", slot.bytes()));
    }

    /// Closes the sockets of sessions that were removed.
    public void tellEnded(List<SessionId> removed) {
        ended.accept(removed);
    }

    /// Ends one session of the caller's account at once, its sockets too. One that has ended ends no
    /// other.
    ///
    /// @return whether there was one
    boolean end(Caller caller, SessionId session) {
        // A script signs in and out again and again, and ends no session but its own.
        Optional<SecurityLog.Event> event = caller.isOfAccessKey()
                ? Optional.empty()
                : Optional.of(SecurityLog.Event.by(caller.session(), LogKind.SESSION_ENDED)
                        .to(session));
        return end(caller.account(), transaction -> {
            if (!session.equals(caller.session())) {
                requireAlive(transaction, caller);
            }
            return removeAndLog(transaction, caller.account(), session, event);
        });
    }

    private void endForSpentToken(AccountId account, SessionId session) {
        end(account, transaction -> {
            long now = clock.millis();
            SecurityLog.Event event = SecurityLog.Event.by(session, LogKind.SPENT_TOKEN_USED);
            Optional<SlotId> accessKey = accessKey(transaction, account, session);
            if (accessKey.isEmpty()) {
                return removeAndLog(transaction, account, session, Optional.of(event));
            }
            // A script signs in and spends tokens again and again.
            SecurityLog.Event ofKey = event.about(accessKey.get());
            boolean isNew = !SecurityLog.has(transaction, account, ofKey, now - now % DAY);
            return removeAndLog(
                    transaction, account, session, Optional.of(ofKey).filter(happened -> isNew));
        });
    }

    /// @return the access key that has opened a session; empty where a person has, or there is none
    private static Optional<SlotId> accessKey(Transaction transaction, AccountId account, SessionId session) {
        return transaction
                .handle()
                .createQuery("SELECT access_slot FROM session"
                        + " WHERE account = :account AND session = :session AND access_slot IS NOT NULL")
                .bind("account", account.bytes())
                .bind("session", session.bytes())
                .map((row, context) -> new SlotId(Columns.bytes(row, "access_slot")))
                .findOne();
    }

    private List<SessionId> removeAndLog(
            Transaction transaction, AccountId account, SessionId session, Optional<SecurityLog.Event> event) {
        List<SessionId> over = remove(transaction, account, session);
        if (!over.isEmpty()) {
            event.ifPresent(happened -> SecurityLog.append(transaction, account, happened, clock.millis()));
        }
        return over;
    }

    void end(Caller caller, Devices.Which which) {
        AccountId account = caller.account();
        end(account, transaction -> {
            requireAlive(transaction, caller);
            return switch (which) {
                case OTHERS -> removeOthers(transaction, caller);
                case ALL -> {
                    SecurityLog.append(
                            transaction,
                            account,
                            SecurityLog.Event.by(caller.session(), LogKind.ALL_ENDED),
                            clock.millis());
                    yield removeAll(transaction, account);
                }
            };
        });
    }

    private boolean end(AccountId account, Database.Work<List<SessionId>> removal) {
        List<SessionId> over = database.write(transaction -> {
            // Else a session that opens at the same moment could be missed.
            take.accept(transaction, account);
            return removal.run(transaction);
        });
        if (!over.isEmpty()) {
            ended.accept(over);
            changed.accept(account);
        }
        return !over.isEmpty();
    }

    private List<SessionId> remove(Transaction transaction, AccountId account, SessionId session) {
        return remove(transaction, account, "session = :session", Map.of("session", session.bytes()));
    }

    /// What those sessions have begun to write is waited for, and they write nothing afterwards.
    ///
    /// @param condition in SQL
    private List<SessionId> remove(
            Transaction transaction, AccountId account, String condition, Map<String, Object> values) {
        take.accept(transaction, account);
        return transaction
                .handle()
                .createQuery("DELETE FROM session WHERE account = :account AND " + condition + " RETURNING session")
                .bind("account", account.bytes())
                .bindMap(values)
                .map((row, context) -> new SessionId(Columns.bytes(row, "session")))
                .list();
    }

    /// Removes the sessions whose time is over. It takes those of many accounts without taking the accounts, so it
    /// must not wait for a row that somebody has: they could be waiting for one of these.
    public void sweep() {
        record Over(AccountId account, SessionId session) {}

        List<Over> over = database.write(transaction -> transaction
                .handle()
                .createQuery("DELETE FROM session WHERE (account, session) IN (SELECT account, session FROM session"
                        + " WHERE expires_at <= :now"
                        + database.dialect().free() + ") RETURNING account, session")
                .bind("now", clock.millis())
                .map((row, context) -> new Over(
                        new AccountId(Columns.bytes(row, "account")), new SessionId(Columns.bytes(row, "session"))))
                .list());
        if (!over.isEmpty()) {
            ended.accept(over.stream().map(Over::session).toList());
            over.stream().map(Over::account).distinct().forEach(changed);
        }
    }

    private static long hour(long millis) {
        return millis - millis % HOUR;
    }
}
