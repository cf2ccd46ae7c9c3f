package dev.nescio.cli.drill;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/// Requests of the protocol without a client behind them: for what a client would hide, and for what none
/// would do.
final class RawClient implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final URI server;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    RawClient(URI server) {
        this.server = server;
    }

    <T> T get(String path, Bytes token, Class<T> answer) throws IOException, InterruptedException, DrillFailed {
        return answer(request(path, token).GET().build(), answer);
    }

    /// @param token null before there is a session
    <T> T post(String path, Bytes token, Object body, Class<T> answer)
            throws IOException, InterruptedException, DrillFailed {
        HttpRequest request = request(path, token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(Json.STRICT.writeValueAsBytes(body)))
                .build();
        return answer(request, answer);
    }

    private <T> T answer(HttpRequest request, Class<T> answer) throws IOException, InterruptedException, DrillFailed {
        HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
        if (response.statusCode() >= 300) {
            throw new DrillFailed("The server answered " + request.method() + " "
                    + request.uri().getPath() + " with status " + response.statusCode() + ".");
        }
        return Json.LENIENT.readValue(response.body(), answer);
    }

    /// Sends a request whose answer does not matter.
    void knock(HttpRequest request) throws IOException, InterruptedException {
        http.send(request, BodyHandlers.discarding());
    }

    HttpRequest.Builder request(String path, Bytes token) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.resolve(path)).timeout(PATIENCE);
        return token == null ? request : request.header("Authorization", "Bearer " + token.base64url());
    }

    @Override
    public void close() {
        http.close();
    }
}
