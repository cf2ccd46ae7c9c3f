package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.protocol.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.util.Base64;
import tools.jackson.databind.JsonNode;

/// What somebody can do who has copied the token of a session, and no key.
record CopiedToken(URI server, String token) {

    /// @param profile saved without a passphrase
    static CopiedToken of(URI server, byte[] profile) {
        return new CopiedToken(
                server,
                Json.LENIENT
                        .readTree(profile)
                        .get("insecureInClear")
                        .get("token")
                        .asString());
    }

    /// Puts random bytes in place of the devices' list.
    void overwriteDevices() {
        JsonNode devices =
                Json.LENIENT.readTree(send("GET", "/v1/sessions", "").body()).get("devices");
        long counter =
                devices == null || devices.isNull() ? 0 : devices.get("counter").asLong();
        byte[] junk = new byte[300];
        new SecureRandom().nextBytes(junk);
        HttpResponse<String> put = send(
                "PUT",
                "/v1/devices",
                "{\"counter\":" + (counter + 1) + ",\"sealed\":\""
                        + Base64.getUrlEncoder().withoutPadding().encodeToString(junk) + "\"}");
        assertEquals(204, put.statusCode(), put.body());
    }

    private HttpResponse<String> send(String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(server.resolve(path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
