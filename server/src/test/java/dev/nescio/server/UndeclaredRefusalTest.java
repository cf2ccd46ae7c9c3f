package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.server.config.DatabaseSetting;
import dev.nescio.server.config.Settings;
import dev.nescio.server.http.Caller;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.Handler;
import dev.nescio.server.http.HttpServer;
import dev.nescio.server.http.ProblemType;
import dev.nescio.server.http.Refusal;
import dev.nescio.server.http.Socket;
import dev.nescio.server.http.SocketListener;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// A handler refuses only with what its endpoint says it may answer; anything else is a mistake of ours.
class UndeclaredRefusalTest {

    private static final SocketListener NOBODY = new SocketListener() {
        @Override
        public void opened(Socket socket) {}

        @Override
        public void ended(Socket socket) {}

        @Override
        public void closed(Socket socket) {}
    };

    private static HttpServer refusing(AtomicReference<ProblemType> type) {
        Settings settings = TestServer.settings(Path.of("."), new DatabaseSetting.Sqlite(Path.of("none")), false);
        Handler refuse = call -> {
            throw Refusal.of(type.get());
        };
        Map<Endpoint, Handler> handlers = Arrays.stream(Endpoint.values())
                .filter(endpoint -> endpoint != Endpoint.HINTS)
                .collect(Collectors.toMap(endpoint -> endpoint, endpoint -> refuse));
        Caller caller = Device.caller();
        return HttpServer.start(
                settings, token -> Optional.of(caller), (same, network) -> {}, NOBODY, handlers, Clock.systemUTC());
    }

    @Test
    void everyRefusalIsDeclaredOrOurOwnMistake() {
        AtomicReference<ProblemType> refused = new AtomicReference<>();
        try (HttpServer server = refusing(refused);
                Client anybody = new Client(server.port())) {
            Client client = anybody.as(Device.bytes(32));
            for (ProblemType type : ProblemType.values()) {
                refused.set(type);
                for (Endpoint endpoint : new Endpoint[] {Endpoint.HEALTH, Endpoint.ACCOUNT, Endpoint.CONTAINER}) {
                    Client.Answer answer = client.get(endpoint.path().replace("{id}", "0".repeat(32)));
                    ProblemType expected = endpoint.problems().contains(type) ? type : ProblemType.INTERNAL;
                    assertEquals(
                            "urn:nescio:problem:" + expected.text(),
                            answer.problem().type(),
                            endpoint + " refusing with " + type);
                    assertEquals(expected.status(), answer.status());
                }
            }
        }
    }
}
