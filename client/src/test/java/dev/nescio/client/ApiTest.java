package dev.nescio.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.nescio.client.Api.ProblemException;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.Sync;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the SDK does with answers that are no answers.
class ApiTest {

    private static final Bytes OCTETS = Bytes.copyOf(new byte[32]);
    private static final Token TOKEN = new Token(OCTETS);

    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Api api(Duration patience, HttpHandler handler) {
        server.createContext("/", handler);
        return new Api(URI.create("http://127.0.0.1:" + server.getAddress().getPort()), patience);
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] octets = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, octets.length);
        exchange.getResponseBody().write(octets);
        exchange.close();
    }

    @Test
    void h20GivesUpOnAnAnswerThatDripsForever() {
        AtomicInteger dripped = new AtomicInteger();
        try (Api api = api(Duration.ofSeconds(1), exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try {
                while (dripped.incrementAndGet() < 10_000) {
                    exchange.getResponseBody().write(' ');
                    exchange.getResponseBody().flush();
                    Thread.sleep(20);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        })) {
            assertThrows(NescioException.Unreachable.class, () -> api.get("/v1/session", TOKEN, SignIn.Session.class));
            assertTrue(dripped.get() < 5_000, "it would have gone on for minutes");
        }
    }

    @Test
    void repeatsAWriteWhoseAnswerWasLost() throws ProblemException {
        AtomicInteger requests = new AtomicInteger();
        try (Api api = api(Duration.ofMinutes(1), exchange -> {
            exchange.getRequestBody().readAllBytes();
            if (requests.incrementAndGet() == 1) {
                exchange.close();
            } else {
                answer(exchange, 200, "{\"sequence\":7}");
            }
        })) {
            Sync.Committed committed =
                    api.postRepeatedly("/v1/x", TOKEN, new SignIn.Lookup(OCTETS), Sync.Committed.class);
            assertEquals(7, committed.sequence());
            assertEquals(2, requests.get());
        }
    }

    @Test
    void doesNotFollowARedirectWithTheToken() {
        AtomicInteger elsewhere = new AtomicInteger();
        server.createContext("/elsewhere", exchange -> {
            elsewhere.incrementAndGet();
            answer(exchange, 200, "{}");
        });
        try (Api api = api(Duration.ofMinutes(1), exchange -> {
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            answer(exchange, 302, "");
        })) {
            assertThrows(ProblemException.class, () -> api.get("/v1/session", TOKEN, SignIn.Session.class));
            assertEquals(0, elsewhere.get());
        }
    }

    @Test
    void aProblemOfTheServersMakingCannotReachTheTerminal() {
        String escape = "\\u001b[31mred";
        try (Api api = api(
                Duration.ofMinutes(1),
                exchange -> answer(
                        exchange,
                        400,
                        "{\"type\":\"urn:nescio:problem:" + escape + "\",\"status\":400,\"title\":\"" + escape
                                + "\"}"))) {
            ProblemException problem =
                    assertThrows(ProblemException.class, () -> api.get("/", TOKEN, SignIn.Session.class));
            assertFalse(problem.unexpected().getMessage().contains("\u001b"));
        }
    }

    @Test
    void aServerThatIsNotThereIsUnreachable() {
        try (Api api = new Api(URI.create("http://127.0.0.1:1"))) {
            NescioException.Unreachable unreachable = assertThrows(
                    NescioException.Unreachable.class, () -> api.get("/v1/session", TOKEN, SignIn.Session.class));
            assertTrue(unreachable.getMessage().contains("Is it running?"));
        }
    }

    @Test
    void eachSpellingOfAServerIsOneOrigin() {
        for (String spelling : new String[] {"https://Chat.example.org/", "https://chat.example.org:443/"}) {
            try (Api api = new Api(URI.create(spelling))) {
                assertEquals("https://chat.example.org", api.origin());
            }
        }
        try (Api api = new Api(URI.create("http://[::1]:8300/"))) {
            assertEquals("http://[::1]:8300", api.origin());
        }
    }

    @Test
    void onlyAnEncryptedConnectionOrThisMachineWillDo() {
        for (String address : new String[] {"http://example.org", "ftp://localhost", "localhost:8300", "http:///x"}) {
            assertThrows(IllegalArgumentException.class, () -> Nescio.connect(URI.create(address)), address);
        }
        Nescio.connect(URI.create("https://example.org")).close();
        Nescio.connect(URI.create("http://[::1]:8300")).close();
    }
}
