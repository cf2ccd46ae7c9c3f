package dev.nescio.systemtests;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.nescio.protocol.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A malicious server: a proxy in front of a real one that changes its answers and notes every request.
///
/// It sits where a compromised server would, and has what one has: every byte that comes in, and the choice of
/// every byte that goes out.
final class HostileProxy implements AutoCloseable {

    /// A request as it came in.
    record Seen(String method, String path, String body) {}

    /// Changes the answer to a request, or returns it as it is.
    interface Mutation {
        JsonNode apply(Seen request, JsonNode answer);
    }

    /// Takes an exchange over altogether; returns whether it did.
    interface Takeover {
        boolean handle(Seen request, HttpExchange exchange) throws IOException;
    }

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final HttpServer proxy;
    private final Supplier<URI> real;
    private volatile Mutation mutation = (request, answer) -> answer;
    private volatile Takeover takeover = (request, exchange) -> false;
    private volatile Predicate<Seen> dropped = request -> false;
    private volatile boolean droppedWhenDone;

    HostileProxy(URI real) throws IOException {
        this(() -> real);
    }

    /// @param real asked for at each request, so that the real server can be told of this one before it starts
    HostileProxy(Supplier<URI> real) throws IOException {
        this.real = real;
        proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        proxy.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        proxy.createContext("/", this::forward);
        proxy.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + proxy.getAddress().getPort());
    }

    void mutate(Mutation next) {
        mutation = next;
    }

    /// Changes the answers to requests whose path starts so.
    void mutate(String path, UnaryOperator<JsonNode> change) {
        mutate((request, answer) -> request.path().startsWith(path) ? change.apply(answer) : answer);
    }

    /// The same, and says that there is no list of devices yet. Who makes up the account's keys must do so: the list is
    /// sealed under the true ones.
    void mutateAndHideDevices(String path, UnaryOperator<JsonNode> change) {
        mutate((request, answer) -> {
            if (request.path().equals("/v1/sessions") && answer instanceof ObjectNode sessions) {
                sessions.remove("devices");
            }
            return request.path().startsWith(path) ? change.apply(answer) : answer;
        });
    }

    void takeOver(Takeover next) {
        takeover = next;
    }

    /// Has a request done whose exchange was taken over, and keeps the answer back.
    void passOn(Seen request, HttpExchange exchange) throws IOException {
        ask(exchange, request.body().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    void behave() {
        mutation = (request, answer) -> answer;
        takeover = (request, exchange) -> false;
        dropped = request -> false;
    }

    /// Breaks the connection in place of an answer.
    ///
    /// @param done whether the real server gets the request before
    void drop(Predicate<Seen> which, boolean done) {
        dropped = which;
        droppedWhenDone = done;
    }

    /// The requests since the last call.
    List<Seen> takeSeen() {
        List<Seen> all = List.copyOf(seen);
        seen.clear();
        return all;
    }

    private void forward(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            Seen request = new Seen(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    new String(body, java.nio.charset.StandardCharsets.UTF_8));
            seen.add(request);
            if (dropped.test(request)) {
                if (droppedWhenDone) {
                    ask(exchange, body);
                }
                return;
            }
            if (!takeover.handle(request, exchange)) {
                answer(exchange, request, ask(exchange, body));
            }
        }
    }

    private HttpResponse<byte[]> ask(HttpExchange exchange, byte[] body) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(real.get().resolve(exchange.getRequestURI()))
                .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
        for (String name : List.of("Authorization", "Content-Type")) {
            String value = exchange.getRequestHeaders().getFirst(name);
            if (value != null) {
                request.header(name, value);
            }
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private void answer(HttpExchange exchange, Seen request, HttpResponse<byte[]> answer) throws IOException {
        byte[] body = answer.body();
        if (answer.statusCode() / 100 == 2 && body.length > 0) {
            body = Json.LENIENT.writeValueAsBytes(mutation.apply(request, Json.LENIENT.readTree(body)));
        }
        answer.headers()
                .firstValue("Content-Type")
                .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
        exchange.sendResponseHeaders(answer.statusCode(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        proxy.stop(0);
        client.close();
    }
}
