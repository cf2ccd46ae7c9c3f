package dev.nescio.cli.drill;

import dev.nescio.protocol.Bytes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Lets the stated time pass, and meanwhile sends requests that hold no secret: a server reuses its buffers,
/// and what passed through them goes when others come.
public final class Settling {

    private static final int AT_ONCE = 8;
    private static final int BODY = 16 * 1024;
    private static final int TOKEN = 32;
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final URI server;
    private final SecureRandom random = new SecureRandom();

    public Settling(URI server) {
        this.server = server;
    }

    public void settle(Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < AT_ONCE; i++) {
                senders.execute(() -> sendUntil(end));
            }
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private void sendUntil(long end) {
        try (RawClient client = new RawClient(server)) {
            while (System.nanoTime() < end) {
                client.knock(client.request("/v1/health", null).GET().build());
                client.knock(client.request("/v1/session", token()).GET().build());
                client.knock(client.request("/v1/signup/confirm", null)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofByteArray(new byte[1 + random.nextInt(BODY)]))
                        .build());
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // The server refused or closed a connection; it need not like these requests.
        }
    }

    private Bytes token() {
        byte[] token = new byte[TOKEN];
        random.nextBytes(token);
        return Bytes.copyOf(token);
    }
}
