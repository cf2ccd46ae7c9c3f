package dev.nescio.server;

import dev.nescio.server.config.DatabaseSetting;
import dev.nescio.server.config.PublicUrl;
import dev.nescio.server.config.Settings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Starts a server on an empty folder, asks it a few things and stops it: what the JVM watches to make its
/// cache of loaded and linked classes (JEP 483, JEP 514), so that later starts take less time.
final class Rehearsal {

    private Rehearsal() {}

    static void run() throws IOException, InterruptedException {
        Path data = Files.createTempDirectory("nescio-rehearsal");
        Settings settings = new Settings(
                data,
                "127.0.0.1",
                0,
                new DatabaseSetting.Sqlite(data.resolve("nescio.db")),
                data.resolve("keyring"),
                PublicUrl.parse("http://localhost"),
                true,
                null,
                Set.of(),
                true);
        try (Server server = Server.start(settings);
                HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build()) {
            URI uri = URI.create("http://127.0.0.1:" + server.port());
            for (HttpRequest request : List.of(
                    HttpRequest.newBuilder(uri.resolve("/v1/health")).build(),
                    HttpRequest.newBuilder(uri.resolve("/v1/signin/lookup"))
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofString("{\"hashedEmail\":\"" + "A".repeat(43) + "\"}"))
                            .build(),
                    HttpRequest.newBuilder(uri.resolve("/v1/session"))
                            .header("Authorization", "Bearer " + "A".repeat(43))
                            .build())) {
                client.send(request, BodyHandlers.discarding());
            }
        } finally {
            delete(data);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
