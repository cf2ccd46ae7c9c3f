package dev.nescio.server.sync;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.Sync.Hint;
import dev.nescio.server.db.Database;
import dev.nescio.server.http.Caller;
import dev.nescio.server.http.Socket;
import dev.nescio.server.http.SocketListener;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Tells the open sockets of an account that something changed, and those of an ended session that it has
/// ended (spec, section 10.7). Safe for use by many threads.
///
/// A hint says that it is worth asking, never what changed. Only sockets of this process are told.
public final class Hints implements SocketListener {

    /// A browser with a socket in each of its tabs stays below.
    private static final int MOST_OF_A_SESSION = 16;

    /// Of its persons, and as many of its access keys: scripts take no place from a person's devices.
    private static final int MOST_OF_AN_ACCOUNT = 64;

    private final Database database;
    private final Map<AccountId, Set<Socket>> open = new ConcurrentHashMap<>();

    public Hints(Database database) {
        this.database = database;
    }

    /// Listens first and reads the sequence then, so that no commit in between is missed.
    @Override
    public void opened(Socket socket) {
        AccountId account = socket.caller().account();
        Set<Socket> sockets = open.compute(account, (same, known) -> {
            Set<Socket> all = known == null ? ConcurrentHashMap.newKeySet() : known;
            if (isRoom(all, socket.caller())) {
                all.add(socket);
            }
            return all;
        });
        if (!sockets.contains(socket)) {
            socket.refuse();
            return;
        }
        long sequence = database.query(transaction -> SequenceTable.current(transaction, account));
        socket.send(text(new Hint(Hint.HELLO, sequence)));
    }

    /// Nothing is hinted to it afterwards.
    @Override
    public void ended(Socket socket) {
        closed(socket);
        socket.sendAndClose(text(new Hint(Hint.REVOKED, null)), Socket.REVOKED);
    }

    private static boolean isRoom(Set<Socket> sockets, Caller caller) {
        return count(sockets, other -> other.isOfAccessKey() == caller.isOfAccessKey()) < MOST_OF_AN_ACCOUNT
                && count(sockets, other -> other.session().equals(caller.session())) < MOST_OF_A_SESSION;
    }

    private static long count(Set<Socket> sockets, Predicate<Caller> which) {
        return sockets.stream().map(Socket::caller).filter(which).count();
    }

    private Stream<Socket> ofSession(SessionId session) {
        return open.values().stream()
                .flatMap(Set::stream)
                .filter(socket -> socket.caller().session().equals(session));
    }

    @Override
    public void closed(Socket socket) {
        open.computeIfPresent(socket.caller().account(), (account, sockets) -> {
            sockets.remove(socket);
            return sockets.isEmpty() ? null : sockets;
        });
    }

    void changed(AccountId account, Domain domain, long sequence) {
        tell(account, new Hint(Hint.CHANGED, sequence), caller -> caller.scope().mayRead(domain));
    }

    /// Something of the account itself changed, such as a key slot, a session or the device list.
    public void accountChanged(AccountId account) {
        tell(account, new Hint(Hint.ACCOUNT, null), caller -> caller.scope().isAll());
    }

    /// @param whom not the sockets of scoped access keys that do not reach so far
    private void tell(AccountId account, Hint hint, Predicate<Caller> whom) {
        Set<Socket> sockets = open.getOrDefault(account, Set.of());
        if (!sockets.isEmpty()) {
            String text = text(hint);
            sockets.stream().filter(socket -> whom.test(socket.caller())).forEach(socket -> socket.send(text));
        }
    }

    /// Closes the sockets of sessions that have ended.
    public void revoked(Collection<SessionId> sessions) {
        sessions.stream().flatMap(this::ofSession).toList().forEach(this::ended);
    }

    /// The server stops.
    public void goAway() {
        open.values().stream().flatMap(Set::stream).forEach(Socket::goAway);
    }

    private static String text(Hint hint) {
        return Json.STRICT.writeValueAsString(hint);
    }
}
