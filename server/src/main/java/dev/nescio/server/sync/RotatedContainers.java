package dev.nescio.server.sync;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.RotationId;
import dev.nescio.protocol.Rotations;
import dev.nescio.protocol.SessionId;
import dev.nescio.server.db.Dialect;
import dev.nescio.server.db.Keys;
import dev.nescio.server.db.Transaction;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// The table of containers under the keys of a rotation that is not complete (spec, section 10.13), and
/// how they take the places of those there. One row a container and session, whichever rotation it is
/// of: no other session of the account replaces it, and nobody can fill the disk.
public final class RotatedContainers {

    /// How long they wait after the last of their rotation came.
    private static final Duration LIFE = Duration.ofHours(1);

    private RotatedContainers() {}

    /// Keeps containers for the rotation's completion, in place of what the session has staged of them
    /// before. Takes the account's sequence first: each row that waits needs that its container stays, and whoever
    /// commits to several of these could be waiting for another one.
    ///
    /// @return false where the account has no such container
    public static boolean stage(
            Transaction transaction,
            AccountId account,
            SessionId session,
            RotationId rotation,
            List<Rotations.Container> containers,
            long now) {
        SequenceTable.take(transaction, account);
        List<Bytes> there = Keys.rows(
                transaction,
                "SELECT 1 FROM <keys> JOIN container ON account = column1 AND container = column2",
                containers.stream()
                        .map(container ->
                                Keys.Key.of(account.bytes()).and(container.id().bytes()))
                        .toList(),
                (row, context) -> account.bytes());
        if (there.size() != containers.size()) {
            return false;
        }
        Keys.update(
                transaction,
                "INSERT INTO rotated_container (account, container, rotation, staged_at, wrapped_key, earlier_keys,"
                        + " manifest_counter, manifest, session) SELECT column1, column2, column3, column4, column5,"
                        + " column6, column7, column8, column9 FROM <keys> WHERE length(column1) > 0"
                        + " ON CONFLICT (account, session, container) DO UPDATE SET rotation = excluded.rotation,"
                        + " staged_at = excluded.staged_at, wrapped_key = excluded.wrapped_key,"
                        + " earlier_keys = excluded.earlier_keys, manifest_counter = excluded.manifest_counter,"
                        + " manifest = excluded.manifest",
                containers.stream()
                        .map(container -> Keys.Key.of(account.bytes())
                                .and(container.id().bytes())
                                .and(rotation.bytes())
                                .and(Long.valueOf(now))
                                .and(container.wrappedKey())
                                .and(container.earlierKeys())
                                .and(Long.valueOf(container.manifest().counter()))
                                .and(container.manifest().sealed())
                                .and(session.bytes()))
                        .toList());
        return true;
    }

    /// Puts the containers of the rotation, and the lists, in place of those there. Takes the account's
    /// sequence first, so that no commit happens meanwhile.
    ///
    /// @return false where a container or a list is missing or not the successor of the one there; the
    ///     transaction is to be undone then
    public static boolean complete(
            Transaction transaction, AccountId account, SessionId session, RotationId rotation, Rotations.Lists lists) {
        long first = SequenceTable.next(transaction, List.of(account)).get(account);
        boolean listed = Stream.of(Domain.values())
                .filter(Domain::holdsContainers)
                .allMatch(domain -> ContainerTable.replaceList(transaction, account, domain, lists.of(domain)));
        // What is counted is what was written: what waits may be swept at this moment.
        int changed = listed ? put(transaction, account, session, rotation, first) : 0;
        if (!listed || changed != ContainerTable.count(transaction, account)) {
            return false;
        }
        SequenceTable.skip(transaction, account, changed - 1);
        delete(transaction, account, Integer.MAX_VALUE);
        return true;
    }

    /// @param first the sequence that the first of them gets
    /// @return how many follow on what was there, and are in its place now
    private static int put(
            Transaction transaction, AccountId account, SessionId session, RotationId rotation, long first) {
        return transaction
                .handle()
                .createUpdate("UPDATE container SET wrapped_key = r.wrapped_key, earlier_keys = r.earlier_keys,"
                        + " manifest_counter = r.manifest_counter, manifest = r.manifest,"
                        + " sequence = :first + r.place FROM (SELECT c.container, r.wrapped_key, r.earlier_keys,"
                        + " r.manifest_counter, r.manifest, ROW_NUMBER() OVER (ORDER BY c.sequence) - 1 AS place"
                        + " FROM container c JOIN rotated_container r ON r.account = c.account"
                        + " AND r.container = c.container AND r.manifest_counter = c.manifest_counter + 1"
                        + " WHERE c.account = :account AND r.session = :session AND r.rotation = :rotation) AS r"
                        + " WHERE container.account = :account AND container.container = r.container")
                .bind("account", account.bytes())
                .bind("session", session.bytes())
                .bind("rotation", rotation.bytes())
                .bind("first", first)
                .execute();
    }

    /// @return how many there were, at most so many
    static int delete(Transaction transaction, AccountId account, int most) {
        return transaction
                .handle()
                .createUpdate("DELETE FROM rotated_container WHERE (account, session, container) IN (SELECT account,"
                        + " session, container FROM rotated_container WHERE account = :account LIMIT :most)")
                .bind("account", account.bytes())
                .bind("most", most)
                .execute();
    }

    /// Removes what waits for a rotation that was given up. One that goes on keeps all of it, however large
    /// the account is. What somebody has at this moment is left to the next time: whoever stages anew what
    /// has waited for so long takes the rows in an order of their own, and would be waiting for this.
    public static void sweep(Transaction transaction, Dialect dialect, long now) {
        transaction
                .handle()
                .createUpdate("DELETE FROM rotated_container WHERE (account, session, container) IN (SELECT account,"
                        + " session, container FROM rotated_container WHERE staged_at <= :then"
                        + " AND (account, session, rotation) NOT IN (SELECT account, session, rotation"
                        + " FROM rotated_container WHERE staged_at > :then)" + dialect.free() + ")")
                .bind("then", now - LIFE.toMillis())
                .execute();
    }
}
