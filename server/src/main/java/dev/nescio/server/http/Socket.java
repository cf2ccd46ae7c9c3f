package dev.nescio.server.http;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/// An open WebSocket. Sends from many threads, never waits, and keeps a bounded number of messages for a
/// client that does not read them.
public final class Socket {

    /// The session has ended.
    public static final int REVOKED = 4401;

    private static final int TOO_SLOW = 4408;
    private static final int TOO_MANY = 4429;
    private static final int GOING_AWAY = 1001;
    private static final int MOST_UNSENT = 64;

    /// How long a client has to answer a close; then the connection ends without.
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final Session session;
    private final Caller caller;
    private final AtomicInteger unsent = new AtomicInteger();
    private final AtomicBoolean closing = new AtomicBoolean();

    Socket(Session session, Caller caller) {
        this.session = session;
        this.caller = caller;
    }

    public Caller caller() {
        return caller;
    }

    public void send(String text) {
        if (unsent.incrementAndGet() > MOST_UNSENT) {
            close(TOO_SLOW, "too slow");
            return;
        }
        session.sendText(text, Callback.from(unsent::decrementAndGet, failure -> failed()));
    }

    /// Sends one last message, then closes.
    public void sendAndClose(String text, int code) {
        session.sendText(text, Callback.from(() -> close(code, "ended"), failure -> failed()));
    }

    /// The session or the account has too many sockets already.
    public void refuse() {
        close(TOO_MANY, "too many sockets");
    }

    /// The server stops.
    public void goAway() {
        close(GOING_AWAY, "the server stops");
    }

    /// What cannot be sent because a close was sent before does not take that close back.
    private void failed() {
        if (!closing.get()) {
            session.disconnect();
        }
    }

    private void close(int code, String reason) {
        if (closing.compareAndSet(false, true)) {
            session.close(code, reason, Callback.NOOP);
            CompletableFuture.delayedExecutor(CLOSING.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(session::disconnect);
        }
    }
}
