package dev.nescio.server.session;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Scope;
import dev.nescio.protocol.SessionId;
import dev.nescio.sealing.Sha256;
import dev.nescio.server.db.Columns;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Keys;
import dev.nescio.server.db.StorageUnavailable;
import dev.nescio.server.db.Together;
import dev.nescio.server.db.Transaction;
import dev.nescio.server.http.Caller;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whose a token is, by its hash: one in use, the next one that a renewal gave, or one that is spent (spec,
/// section 10.4).
final class Tokens {

    private static final Logger LOG = LoggerFactory.getLogger(Tokens.class);
    private static final Duration PROOF_LASTS = Duration.ofMinutes(5);
    private static final int LENGTH = 32;

    /// One statement for all who ask at once; each part finds its rows by an index.
    private static final String FIND = "WITH asked AS (SELECT column1 AS hash FROM <keys>)"
            + " SELECT hash, 'current' AS kind, account, session, created_at, expires_at, proven_at, seen_at,"
            + " scope FROM asked JOIN session ON token_hash = hash"
            + " UNION ALL"
            + " SELECT hash, 'next', account, session, created_at, expires_at, proven_at, seen_at, scope"
            + " FROM asked JOIN session ON next_token_hash = hash"
            + " UNION ALL"
            + " SELECT hash, 'spent', account, session, 0, 0, 0, 0, NULL"
            + " FROM asked JOIN spent_token ON token_hash = hash";

    private final Database database;
    private final Clock clock;
    private final Together<Bytes, Found> found = new Together<>(this::find);

    Tokens(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /// What a token is. A session whose time is over has none.
    sealed interface Found {

        /// @param seenAt the hour in which the session was last seen
        record Current(Caller caller, long seenAt) implements Found {}

        record Next(Caller caller, long seenAt) implements Found {}

        record Spent(AccountId account, SessionId session) implements Found {}

        record Unknown() implements Found {}
    }

    static boolean isFresh(long provenAt, long now) {
        return provenAt > now - PROOF_LASTS.toMillis();
    }

    static Bytes generate(RandomGenerator random) {
        byte[] token = new byte[LENGTH];
        random.nextBytes(token);
        return Bytes.copyOf(token);
    }

    static Bytes hash(Bytes token) {
        return Sha256.of(token);
    }

    Found find(Bytes hash) {
        return found.ask(hash);
    }

    private List<Found> find(List<Bytes> hashes) {
        long now = clock.millis();
        Map<Bytes, Found> all = new HashMap<>();
        database.query(transaction -> Keys.rows(
                transaction,
                FIND,
                hashes.stream().map(Keys.Key::of).toList(),
                (row, context) -> all.put(Columns.bytes(row, "hash"), found(row, now))));
        return hashes.stream()
                .map(hash -> all.getOrDefault(hash, new Found.Unknown()))
                .toList();
    }

    private static Found found(ResultSet row, long now) throws SQLException {
        AccountId account = new AccountId(Columns.bytes(row, "account"));
        SessionId session = new SessionId(Columns.bytes(row, "session"));
        String kind = row.getString("kind");
        if (kind.equals("spent")) {
            return new Found.Spent(account, session);
        }
        String scope = row.getString("scope");
        Caller caller = new Caller(
                account,
                session,
                row.getLong("created_at"),
                row.getLong("expires_at"),
                isFresh(row.getLong("proven_at"), now),
                scope == null ? null : Scope.parse(scope));
        if (caller.expiresAt() <= now) {
            return new Found.Unknown();
        }
        long seenAt = row.getLong("seen_at");
        return kind.equals("next") ? new Found.Next(caller, seenAt) : new Found.Current(caller, seenAt);
    }

    /// The next token was used: the one before it is spent from now on.
    void spend(Caller caller, Bytes nextHash) {
        database.write(transaction -> {
            // Takes the row before the other statements do in part: a renewal takes it first as well, and each of the
            // two could have what the other waits for.
            transaction
                    .handle()
                    .createUpdate("UPDATE session SET seen_at = seen_at"
                            + " WHERE account = :account AND session = :session AND next_token_hash = :next")
                    .bind("account", caller.account().bytes())
                    .bind("session", caller.session().bytes())
                    .bind("next", nextHash)
                    .execute();
            // Another first use of the same token may have done the same.
            transaction
                    .handle()
                    .createUpdate("INSERT INTO spent_token (account, session, token_hash) SELECT account, session,"
                            + " token_hash FROM session WHERE account = :account AND session = :session"
                            + " AND next_token_hash = :next ON CONFLICT DO NOTHING")
                    .bind("account", caller.account().bytes())
                    .bind("session", caller.session().bytes())
                    .bind("next", nextHash)
                    .execute();
            return transaction
                    .handle()
                    .createUpdate("UPDATE session SET token_hash = next_token_hash, next_token_hash = NULL"
                            + " WHERE account = :account AND session = :session AND next_token_hash = :next")
                    .bind("account", caller.account().bytes())
                    .bind("session", caller.session().bytes())
                    .bind("next", nextHash)
                    .execute();
        });
    }

    /// Another next token takes the place of the one that an earlier renewal gave, if there is one: that is spent.
    ///
    /// @param hash that of the token that asks
    /// @return whether that is the one in use; otherwise nothing was written
    static boolean replaceNext(Transaction transaction, Caller caller, Bytes hash, Bytes nextHash, long expiresAt) {
        // The first statement takes the row, so that of renewals at once each sees the one before it.
        boolean inUse = transaction
                        .handle()
                        .createUpdate("UPDATE session SET expires_at = :expiresAt"
                                + " WHERE account = :account AND session = :session AND token_hash = :hash")
                        .bind("account", caller.account().bytes())
                        .bind("session", caller.session().bytes())
                        .bind("hash", hash)
                        .bind("expiresAt", expiresAt)
                        .execute()
                == 1;
        if (inUse) {
            transaction
                    .handle()
                    .createUpdate("INSERT INTO spent_token (account, session, token_hash) SELECT account, session,"
                            + " next_token_hash FROM session WHERE account = :account AND session = :session"
                            + " AND next_token_hash IS NOT NULL")
                    .bind("account", caller.account().bytes())
                    .bind("session", caller.session().bytes())
                    .execute();
            transaction
                    .handle()
                    .createUpdate("UPDATE session SET next_token_hash = :next"
                            + " WHERE account = :account AND session = :session")
                    .bind("account", caller.account().bytes())
                    .bind("session", caller.session().bytes())
                    .bind("next", nextHash)
                    .execute();
        }
        return inUse;
    }

    /// Whether it is noted decides nothing, so a full disk keeps nobody from reading.
    void noteSeen(Caller caller, long hour) {
        try {
            database.write(transaction -> transaction
                    .handle()
                    .createUpdate("UPDATE session SET seen_at = :hour"
                            + " WHERE account = :account AND session = :session AND seen_at < :hour")
                    .bind("account", caller.account().bytes())
                    .bind("session", caller.session().bytes())
                    .bind("hour", hour)
                    .execute());
        } catch (StorageUnavailable e) {
            LOG.debug("when a session was last seen was not noted", e);
        }
    }
}
