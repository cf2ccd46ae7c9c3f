package dev.nescio.server.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ssl.SslConnection;

/// Closes what one network, told apart by its block, opens over so many connections. Not those of a proxy,
/// which has them for many clients. Safe for use by many threads.
///
/// A connection that becomes a WebSocket is told as closed and opened again, and stays counted.
final class ConnectionCap implements Connection.Listener {

    private final int most;
    private final Set<InetAddress> proxies;
    private final ConcurrentMap<String, Integer> open = new ConcurrentHashMap<>();

    /// A closed connection does not know its address any more.
    private final ConcurrentMap<Connection, String> blocks = new ConcurrentHashMap<>();

    ConnectionCap(int most, Set<InetAddress> proxies) {
        this.most = most;
        this.proxies = Set.copyOf(proxies);
    }

    @Override
    public void onOpened(Connection connection) {
        // With TLS there is a connection inside the one that is counted.
        if (!(connection.getEndPoint() instanceof SslConnection.SslEndPoint)
                && connection.getEndPoint().getRemoteSocketAddress() instanceof InetSocketAddress remote
                && !proxies.contains(remote.getAddress())) {
            String block = Network.of(remote.getAddress()).block();
            blocks.put(connection, block);
            if (open.merge(block, 1, Integer::sum) > most) {
                connection.getEndPoint().close();
            }
        }
    }

    @Override
    public void onClosed(Connection connection) {
        String block = blocks.remove(connection);
        if (block != null) {
            open.computeIfPresent(block, (same, count) -> count == 1 ? null : count - 1);
        }
    }
}
