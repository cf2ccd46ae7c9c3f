package dev.nescio.server.session;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.SessionId;
import dev.nescio.server.db.Columns;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Keys;
import dev.nescio.server.db.Together;
import dev.nescio.server.db.Transaction;
import dev.nescio.server.http.Authenticator;
import dev.nescio.server.http.Caller;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// The sessions of all accounts: opens, finds and ends them. Safe for use by many threads.
public final class Sessions implements Authenticator {

    private static final Duration LIFE = Duration.ofHours(24);
    private static final Duration LIFE_WHEN_STAYING = Duration.ofDays(30);
    private static final Duration PROOF_LASTS = Duration.ofMinutes(5);
    private static final int TOKEN = 32;

    private final Database database;
    private final Clock clock;
    private final RandomGenerator random;
    private final Consumer<Collection<SessionId>> ended;
    private final Together<Bytes, Optional<Caller>> found = new Together<>(this::find);

    /// @param random a cryptographically strong source
    /// @param ended is told of sessions that have ended
    public Sessions(Database database, Clock clock, RandomGenerator random, Consumer<Collection<SessionId>> ended) {
        this.database = database;
        this.clock = clock;
        this.random = random;
        this.ended = ended;
    }

    /// A session that was just opened. Only here is its token known.
    public record Opened(SessionId session, Bytes token, long expiresAt, Duration life) {}

    public Opened open(Transaction transaction, AccountId account, boolean stay) {
        byte[] token = new byte[TOKEN];
        random.nextBytes(token);
        Duration life = stay ? LIFE_WHEN_STAYING : LIFE;
        long now = clock.millis();
        Opened opened = new Opened(SessionId.generate(random), Bytes.copyOf(token), now + life.toMillis(), life);
        transaction
                .handle()
                .createUpdate("INSERT INTO session (account, session, token_hash, created_at, expires_at, proven_at)"
                        + " VALUES (:account, :session, :tokenHash, :now, :expiresAt, :now)")
                .bind("account", account.bytes())
                .bind("session", opened.session().bytes())
                .bind("tokenHash", hash(opened.token()))
                .bind("now", now)
                .bind("expiresAt", opened.expiresAt())
                .execute();
        return opened;
    }

    @Override
    public Optional<Caller> find(Bytes token) {
        return found.ask(hash(token));
    }

    private List<Optional<Caller>> find(List<Bytes> tokenHashes) {
        long now = clock.millis();
        Map<Bytes, Caller> callers = new HashMap<>();
        database.read(transaction -> Keys.rows(
                transaction,
                "SELECT token_hash, account, session, created_at, expires_at, proven_at"
                        + " FROM <keys> JOIN session ON token_hash = column1",
                tokenHashes.stream().map(List::of).toList(),
                (row, context) -> callers.put(Columns.bytes(row, "token_hash"), caller(row))));
        return tokenHashes.stream()
                .map(callers::get)
                .map(caller -> Optional.ofNullable(caller).filter(known -> known.expiresAt() > now))
                .toList();
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

    /// Removes the account's other sessions.
    ///
    /// @return what to give to [#tellEnded] when the transaction has ended
    public List<SessionId> removeOthers(Transaction transaction, Caller caller) {
        return transaction
                .handle()
                .createQuery("DELETE FROM session WHERE account = :account AND session <> :session RETURNING session")
                .bind("account", caller.account().bytes())
                .bind("session", caller.session().bytes())
                .map((row, context) -> new SessionId(Columns.bytes(row, "session")))
                .list();
    }

    /// Closes the sockets of sessions that were removed.
    public void tellEnded(List<SessionId> removed) {
        ended.accept(removed);
    }

    /// Ends one session at once, its sockets too.
    void end(Caller caller) {
        database.write(transaction -> transaction
                .handle()
                .createUpdate("DELETE FROM session WHERE account = :account AND session = :session")
                .bind("account", caller.account().bytes())
                .bind("session", caller.session().bytes())
                .execute());
        ended.accept(List.of(caller.session()));
    }

    /// Removes the sessions whose time is over.
    public void sweep() {
        List<SessionId> expired = database.write(transaction -> transaction
                .handle()
                .createQuery("DELETE FROM session WHERE expires_at <= :now RETURNING session")
                .bind("now", clock.millis())
                .map((row, context) -> new SessionId(Columns.bytes(row, "session")))
                .list());
        if (!expired.isEmpty()) {
            ended.accept(expired);
        }
    }

    private Caller caller(ResultSet row) throws SQLException {
        return new Caller(
                new AccountId(Columns.bytes(row, "account")),
                new SessionId(Columns.bytes(row, "session")),
                row.getLong("created_at"),
                row.getLong("expires_at"),
                row.getLong("proven_at") > clock.millis() - PROOF_LASTS.toMillis());
    }

    private static Bytes hash(Bytes token) {
        try {
            return Bytes.copyOf(MessageDigest.getInstance("SHA-256").digest(token.toArray()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
