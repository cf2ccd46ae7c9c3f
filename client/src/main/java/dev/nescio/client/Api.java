package dev.nescio.client;

import dev.nescio.protocol.Json;
import dev.nescio.protocol.Limits;
import dev.nescio.protocol.Problem;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import tools.jackson.core.JacksonException;

/// Requests to a server and its answers, bounded in size and time (H20). Follows no redirect. Safe for use
/// by many threads.
final class Api implements AutoCloseable {

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final int TRIES = 3;

    private final URI server;
    private final Duration patience;
    private final HttpClient http;

    Api(URI server) {
        this(server, ANSWER);
    }

    /// @param patience how long a whole answer may take
    Api(URI server, Duration patience) {
        this.server = server;
        this.patience = patience;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT)
                .build();
    }

    URI server() {
        return server;
    }

    /// Scheme, host and port: the same text for every spelling of one server.
    String origin() {
        boolean usual = server.getPort() == ("https".equals(server.getScheme()) ? 443 : 80);
        return server.getScheme() + "://" + server.getHost().toLowerCase(Locale.ROOT)
                + (usual || server.getPort() < 0 ? "" : ":" + server.getPort());
    }

    HttpClient http() {
        return http;
    }

    /// An answer that is not a success, for callers that know what to do about it.
    static final class ProblemException extends Exception {

        private static final long serialVersionUID = 1L;

        private final transient Problem problem;
        private final transient Optional<Duration> retryAfter;

        ProblemException(Problem problem, Optional<Duration> retryAfter) {
            super(problem.type());
            this.problem = problem;
            this.retryAfter = retryAfter;
        }

        Problem problem() {
            return problem;
        }

        boolean is(String name) {
            return (Problem.PREFIX + name).equals(problem.type());
        }

        /// How many tries at a code are left, as the server says.
        int triesLeft() {
            return problem.triesLeft() == null ? 0 : problem.triesLeft();
        }

        /// For problems that the caller has no answer to.
        NescioException unexpected() {
            if (is("session-required")) {
                return new NescioException.SessionEnded();
            }
            if (is("too-many-requests")) {
                return new NescioException.TooManyRequests(retryAfter.orElse(Duration.ofMinutes(1)));
            }
            String name = problem.type().startsWith(Problem.PREFIX)
                    ? problem.type().substring(Problem.PREFIX.length())
                    : "unknown";
            return new NescioException.Refused(name, "The server refused: " + printable(name));
        }

        /// The server chose these characters; a terminal must not obey them.
        private static String printable(String text) {
            return text.replaceAll("[^a-z0-9-]", "").transform(t -> t.substring(0, Math.min(40, t.length())));
        }
    }

    <T> T get(String path, Token token, Class<T> answer) throws ProblemException {
        return send(path, token, HttpRequest.Builder::GET, answer);
    }

    /// @param token null before there is a session
    /// @param body null where the request has none
    /// @param answer null where none is expected
    <T> T post(String path, Token token, Object body, Class<T> answer) throws ProblemException {
        return send(
                path,
                token,
                request -> body == null
                        ? request.POST(BodyPublishers.noBody())
                        : request.header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofByteArray(Json.STRICT.writeValueAsBytes(body))),
                answer);
    }

    /// Without a body.
    <T> T post(String path, Token token, Class<T> answer) throws ProblemException {
        return send(path, token, request -> request.POST(BodyPublishers.noBody()), answer);
    }

    /// What is put is there or not, however often it is sent, so a broken connection is tried again.
    void putRepeatedly(String path, Token token, Object body) throws ProblemException {
        repeatedly(() -> send(
                path,
                token,
                request -> request.header("Content-Type", "application/json")
                        .PUT(BodyPublishers.ofByteArray(Json.STRICT.writeValueAsBytes(body))),
                null));
    }

    void delete(String path, Token token) throws ProblemException {
        send(path, token, HttpRequest.Builder::DELETE, null);
    }

    /// Tries again when the connection breaks: every request of the protocol that changes something may be
    /// repeated (spec, section 10.5), but for sign-in, whose code is used up.
    <T> T postRepeatedly(String path, Token token, Object body, Class<T> answer) throws ProblemException {
        return repeatedly(() -> post(path, token, body, answer));
    }

    private interface Request<T> {
        T send() throws ProblemException;
    }

    private static <T> T repeatedly(Request<T> request) throws ProblemException {
        for (int attempt = 1; ; attempt++) {
            try {
                return request.send();
            } catch (NescioException.Unreachable e) {
                if (attempt == TRIES) {
                    throw e;
                }
                pause(Duration.ofMillis(200L * attempt));
            }
        }
    }

    private <T> T send(String path, Token token, UnaryOperator<HttpRequest.Builder> method, Class<T> answer)
            throws ProblemException {
        HttpRequest.Builder request =
                method.apply(HttpRequest.newBuilder(server.resolve(path)).timeout(patience));
        HttpResponse<byte[]> response = token == null
                ? exchange(request.build())
                : token.use(current -> exchange(request.header("Authorization", "Bearer " + current.base64url())
                        .build()));
        if (response.statusCode() / 100 != 2) {
            throw problem(response);
        }
        return answer == null ? null : read(response.body(), answer);
    }

    private HttpResponse<byte[]> exchange(HttpRequest request) {
        CompletableFuture<HttpResponse<byte[]>> pending =
                http.sendAsync(request, info -> new BoundedBody(Limits.RESPONSE_BODY));
        try {
            return pending.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new NescioException.Unreachable("The server did not answer in time. Try again.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NescioException.Unreachable("Interrupted while waiting for the server.", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof BoundedBody.TooLargeException) {
                throw new NescioException.Distrust(Finding.BAD_ANSWER);
            }
            if (e.getCause() instanceof IOException) {
                throw new NescioException.Unreachable(
                        "The server at " + server.getAuthority() + " cannot be reached. Is it running?", e.getCause());
            }
            throw new IllegalStateException("sending a request failed", e.getCause());
        } finally {
            pending.cancel(true);
        }
    }

    private static ProblemException problem(HttpResponse<byte[]> response) {
        Problem problem;
        try {
            problem = Json.LENIENT.readValue(response.body(), Problem.class);
        } catch (JacksonException e) {
            problem = null;
        }
        if (problem == null || problem.type() == null) {
            problem = new Problem(Problem.PREFIX + "unknown", "", response.statusCode(), "");
        }
        return new ProblemException(problem, retryAfter(response));
    }

    private static Optional<Duration> retryAfter(HttpResponse<byte[]> response) {
        return response.headers()
                .firstValue("Retry-After")
                .filter(value -> value.matches("[0-9]{1,6}"))
                .map(value -> Duration.ofSeconds(Long.parseLong(value)));
    }

    private static <T> T read(byte[] body, Class<T> type) {
        try {
            T value = Json.LENIENT.readValue(body, type);
            if (value != null) {
                return value;
            }
        } catch (JacksonException e) {
            // The cause may repeat what the server sent; the finding is all that a caller needs.
        }
        throw new NescioException.Distrust(Finding.BAD_ANSWER);
    }

    static void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NescioException.Unreachable("Interrupted while waiting for the server.", e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
