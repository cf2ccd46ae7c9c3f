package dev.nescio.server.account;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.SessionId;
import dev.nescio.server.credential.Credentials;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Transaction;
import dev.nescio.server.http.Caller;
import dev.nescio.server.session.Sessions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/// Deletes accounts (spec, section 10.15): first, in one transaction, all that opens one; then, whatever becomes of
/// this process, its rows in batches. What is deleted stands in the database, so that the next start goes on.
public final class Deletions {

    /// Rows of a feature.
    public interface Rows {

        /// Deletes at most so many rows of an account.
        ///
        /// @return how many there were; fewer than `most` when nothing is left
        int delete(Transaction transaction, AccountId account, int most);
    }

    private static final int ROWS_OF_A_BATCH = 100;
    private static final int BATCHES_OF_A_SWEEP = 200;

    /// Longer than a request can take whose session was there when it began. It writes nothing any
    /// more, and should it ever, that goes as well.
    private static final Duration LAST_REQUESTS = Duration.ofMinutes(15);

    private final Database database;
    private final Sessions sessions;
    private final Rows rows;
    private final Clock clock;
    private final RandomGenerator random;

    /// @param rows those of an account that are neither of its sessions nor of its ways in
    /// @param random a cryptographically strong source
    public Deletions(Database database, Sessions sessions, Rows rows, Clock clock, RandomGenerator random) {
        this.database = database;
        this.sessions = sessions;
        this.rows = rows;
        this.clock = clock;
        this.random = random;
    }

    /// From here on nobody signs in, nothing that was wrapped for the account can be unwrapped, and its address is
    /// free.
    ///
    /// @throws dev.nescio.server.http.Refusal if the caller may no longer do it
    void begin(Caller caller) {
        AccountId account = caller.account();
        List<SessionId> ended = database.erase(transaction -> {
            Accounts.take(transaction, account);
            sessions.requireStillProven(transaction, caller);
            return destroy(transaction, account);
        });
        sessions.tellEnded(ended);
    }

    /// Does so within a transaction that has taken the account, and that erases.
    ///
    /// @return what to give to [Sessions#tellEnded] when the transaction has ended
    List<SessionId> destroy(Transaction transaction, AccountId account) {
        // First, since it waits for what is being written, and that may need the account's row.
        List<SessionId> removed = sessions.removeAll(transaction, account);
        Credentials.deleteAll(transaction, account);
        ResetCodes.remove(transaction, account, clock.millis());
        AlertAddresses.delete(transaction, account);
        Accounts.erase(transaction, account, nobody(), clock.millis());
        Sessions.deleteDevices(transaction, account);
        return removed;
    }

    /// In place of the keyed hash of an address.
    private Bytes nobody() {
        byte[] octets = new byte[32];
        random.nextBytes(octets);
        return Bytes.copyOf(octets);
    }

    /// Goes on with what has begun, in bounded steps, so that others write in between.
    public void sweep() {
        int batches = BATCHES_OF_A_SWEEP;
        for (Accounts.Deleting deleting : database.read(Accounts::beingDeleted)) {
            boolean more = true;
            while (more && batches > 0) {
                int deleted = database.erase(transaction -> deleteSome(transaction, deleting.account()));
                more = deleted == ROWS_OF_A_BATCH;
                batches -= deleted > 0 ? 1 : 0;
            }
            if (!more && deleting.since() <= clock.millis() - LAST_REQUESTS.toMillis()) {
                database.erase(transaction -> deleteLast(transaction, deleting.account()));
            }
        }
    }

    /// @return how many rows there were; something may be left where they fill a batch
    private int deleteSome(Transaction transaction, AccountId account) {
        int deleted = rows.delete(transaction, account, ROWS_OF_A_BATCH);
        Sessions.deleteDevices(transaction, account);
        return deleted;
    }

    /// @return whether it was the last row
    private boolean deleteLast(Transaction transaction, AccountId account) {
        Accounts.take(transaction, account);
        boolean last = deleteSome(transaction, account) < ROWS_OF_A_BATCH;
        if (last) {
            Accounts.delete(transaction, account);
        }
        return last;
    }
}
