package dev.nescio.server;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.Problem;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Talks HTTP to a server under test.
///
/// To be closed before the server is: one that stops waits a second for connections on which nothing more comes.
final class Client implements AutoCloseable {

    private final HttpClient http;
    private final String server;
    private final List<String> headers;

    Client(int port) {
        this(builder().build(), "http://127.0.0.1:" + port, List.of());
    }

    private Client(HttpClient http, String server, List<String> headers) {
        this.http = http;
        this.server = server;
        this.headers = headers;
    }

    /// One that uses TLS and believes nothing but this certificate.
    static Client overTls(TlsIdentity identity, int port) throws GeneralSecurityException, IOException {
        HttpClient http = builder().sslContext(identity.trusting()).build();
        return new Client(http, "https://localhost:" + port, List.of());
    }

    private static HttpClient.Builder builder() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(10));
    }

    /// Ends its connections, and those of all that were made from it.
    @Override
    public void close() {
        http.shutdownNow();
    }

    /// The same with one more header in each request, on the same connections.
    Client with(String name, String value) {
        List<String> more = new ArrayList<>(headers);
        more.add(name);
        more.add(value);
        return new Client(http, server, List.copyOf(more));
    }

    Client as(Bytes token) {
        return with("Authorization", "Bearer " + token.base64url());
    }

    Answer post(String path, Object body) {
        return with("Content-Type", "application/json")
                .send("POST", path, BodyPublishers.ofByteArray(Json.STRICT.writeValueAsBytes(body)));
    }

    Answer put(String path, Object body) {
        return with("Content-Type", "application/json")
                .send("PUT", path, BodyPublishers.ofByteArray(Json.STRICT.writeValueAsBytes(body)));
    }

    Answer postText(String path, String contentType, String body) {
        return with("Content-Type", contentType).send("POST", path, BodyPublishers.ofString(body));
    }

    Answer get(String path) {
        return send("GET", path, BodyPublishers.noBody());
    }

    Answer delete(String path) {
        return send("DELETE", path, BodyPublishers.noBody());
    }

    Answer send(String method, String path, BodyPublisher body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path))
                .timeout(Duration.ofSeconds(60))
                .method(method, body);
        if (!headers.isEmpty()) {
            request.headers(headers.toArray(String[]::new));
        }
        try {
            return new Answer(http.send(request.build(), BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// What the server said.
    record Answer(HttpResponse<byte[]> response) {

        int status() {
            return response.statusCode();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse(null);
        }

        String text() {
            return new String(response.body(), java.nio.charset.StandardCharsets.UTF_8);
        }

        /// @return the body of a success
        <T> T as(Class<T> type) {
            if (status() / 100 != 2) {
                throw new AssertionError("expected success, got " + status() + " " + text());
            }
            return Json.STRICT.readValue(response.body(), type);
        }

        Problem problem() {
            return Json.STRICT.readValue(response.body(), Problem.class);
        }

        /// @return the status and the last part of the problem's type
        String problemName() {
            Problem problem = problem();
            if (problem.status() != status()
                    || !Problem.MEDIA_TYPE.equals(header("Content-Type"))
                    || !problem.type().startsWith(Problem.PREFIX)
                    || (problem.status() == 400 && problem.detail() == null)) {
                throw new AssertionError("not a well-formed problem: " + status() + " " + text());
            }
            return status() + " " + problem.type().substring(Problem.PREFIX.length());
        }
    }
}
