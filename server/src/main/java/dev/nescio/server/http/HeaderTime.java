package dev.nescio.server.http;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;

/// Closes a connection that does not get to the end of its headers. Each octet begins the idle time anew, so that alone
/// would let one octet now and then keep a connection for ever. From the opening on, TLS handshake and headers share
/// the time; later headers have it from their first octet on, to a fifteenth. A request that is being handled, with its
/// body, has other limits ([BodyTime]), and a WebSocket is no such connection.
final class HeaderTime extends AbstractLifeCycle implements Connection.Listener {

    private static final int LOOKS = 15;

    private final long most;
    private final Scheduler scheduler;
    private final ConcurrentMap<HttpConnection, Waiting> open = new ConcurrentHashMap<>();
    private volatile Scheduler.Task next;

    HeaderTime(Duration most, Scheduler scheduler) {
        this.most = most.toNanos();
        this.scheduler = scheduler;
    }

    /// What was seen when headers were waited for. For the one thread that looks.
    private static final class Waiting {

        private boolean handled;
        private long requests;
        private long octets;
        private long since = System.nanoTime();
        /// Before the first request, silence counts as well.
        private boolean begun = true;

        private long spent(HttpConnection connection) {
            long now = System.nanoTime();
            boolean before = handled;
            handled = connection.getHttpChannel().getRequest() != null;
            if (handled || before || requests != connection.getMessagesIn()) {
                begun = false;
                requests = connection.getMessagesIn();
                octets = octets(connection);
            } else if (!begun && octets != octets(connection)) {
                begun = true;
                since = now;
            }
            return begun ? now - since : 0;
        }

        /// With TLS also those of records that hold nothing, or are not whole: they are no silence either.
        private static long octets(HttpConnection connection) {
            return connection.getEndPoint() instanceof SslConnection.SslEndPoint inside
                    ? inside.getSslConnection().getBytesIn()
                    : connection.getBytesIn();
        }
    }

    @Override
    public void onOpened(Connection connection) {
        // With TLS it is the one inside, which is opened before the handshake.
        if (connection instanceof HttpConnection http) {
            open.put(http, new Waiting());
        }
    }

    @Override
    public void onClosed(Connection connection) {
        if (connection instanceof HttpConnection http) {
            open.remove(http);
        }
    }

    @Override
    protected void doStart() {
        lookLater();
    }

    @Override
    protected void doStop() {
        next.cancel();
    }

    private void lookLater() {
        next = scheduler.schedule(this::look, most / LOOKS, TimeUnit.NANOSECONDS);
    }

    private void look() {
        try {
            open.forEach((connection, waiting) -> {
                if (waiting.spent(connection) > most) {
                    // Without a last word by TLS, which might have to wait.
                    EndPoint endPoint = connection.getEndPoint();
                    (endPoint instanceof EndPoint.Wrapper inside ? inside.unwrap() : endPoint).close();
                }
            });
        } finally {
            if (isRunning()) {
                lookLater();
            }
        }
    }
}
