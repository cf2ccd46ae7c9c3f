package dev.nescio.client;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.Sync.Hint;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import tools.jackson.core.JacksonException;

/// An open connection that hints come in on (spec, section 10.7).
public final class Hints implements AutoCloseable {

    private static final Duration CONNECT = Duration.ofSeconds(10);

    /// Characters of the longest hint. A longer one is not of this protocol.
    private static final int LONGEST = 1024;

    private final WebSocket socket;
    private final Receiver receiver;

    private Hints(WebSocket socket, Receiver receiver) {
        this.socket = socket;
        this.receiver = receiver;
    }

    static Hints open(Api api, Token token, HintListener listener) {
        return token.use(current -> open(api, current, listener));
    }

    private static Hints open(Api api, Bytes token, HintListener listener) {
        Receiver receiver = new Receiver(listener);
        URI http = api.server().resolve("/v1/hints");
        URI address = URI.create(http.toString().replaceFirst("^http", "ws"));
        try {
            WebSocket socket = api.http()
                    .newWebSocketBuilder()
                    .connectTimeout(CONNECT)
                    .header("Authorization", "Bearer " + token.base64url())
                    .buildAsync(address, receiver)
                    .orTimeout(CONNECT.toSeconds(), TimeUnit.SECONDS)
                    .join();
            receiver.hello.orTimeout(CONNECT.toSeconds(), TimeUnit.SECONDS).join();
            return new Hints(socket, receiver);
        } catch (CompletionException e) {
            throw new NescioException.Unreachable("The server gives no live updates now.", e.getCause());
        }
    }

    private static final class Receiver implements WebSocket.Listener {

        private final HintListener listener;
        private final StringBuilder text = new StringBuilder();
        private final CompletableFuture<Void> hello = new CompletableFuture<>();
        private final AtomicBoolean ended = new AtomicBoolean();

        Receiver(HintListener listener) {
            this.listener = listener;
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            if (text.length() + data.length() > LONGEST) {
                socket.abort();
                end();
                return null;
            }
            text.append(data);
            if (last) {
                receive(text.toString());
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            socket.abort();
            end();
            return null;
        }

        private void receive(String message) {
            Hint hint;
            try {
                hint = Json.LENIENT.readValue(message, Hint.class);
            } catch (JacksonException e) {
                // A hint that cannot be read is none; fetching works without.
                return;
            }
            switch (hint == null ? "" : hint.type()) {
                case Hint.HELLO -> hello.complete(null);
                case Hint.CHANGED -> listener.changed();
                case Hint.ACCOUNT -> listener.accountChanged();
                case Hint.REVOKED -> listener.revoked();
                default -> {
                    // A newer server may hint at things that this client does not know.
                }
            }
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            end();
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            end();
        }

        private void end() {
            hello.completeExceptionally(new java.io.IOException("the connection ended"));
            if (ended.compareAndSet(false, true)) {
                listener.disconnected();
            }
        }
    }

    /// Whether hints can still come.
    public boolean isOpen() {
        return !receiver.ended.get();
    }

    /// Closes without calling the listener.
    @Override
    public void close() {
        receiver.ended.set(true);
        socket.abort();
    }
}
