package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Devices;
import dev.nescio.protocol.PairingId;
import dev.nescio.protocol.Pairings;
import dev.nescio.protocol.Transport;
import dev.nescio.server.config.Settings;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Databases;
import dev.nescio.server.keyservice.KeyService;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What happens to sessions while something else is just being done with them (spec, sections 10.4, 10.10 and 10.11).
@ParameterizedClass
@EnumSource(Backend.class)
class SessionRacesTest {

    @Parameter
    Backend backend;

    private final TestTime time = new TestTime();
    private final Interruption interruption = new Interruption();
    private Path folder;
    private Server server;
    private Client client;
    private Device device;

    @BeforeEach
    void start() {
        folder = TestServer.temporaryFolder();
        Settings settings = TestServer.settings(folder, backend.fresh(folder), false);
        Database database = Databases.open(settings.database());
        KeyService keys = Server.openKeys(settings, database);
        server = Server.start(settings, interruption.in(database), keys, time, time.ticker());
        client = new Client(server.port());
        device = Device.signedUp(client, time);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
        TestServer.delete(folder);
    }

    private Client mine() {
        return client.as(device.session.token());
    }

    /// Whoever ends the sessions comes when the pairing has looked whether its own is alive, and has not written the
    /// new one yet. It has to wait, and then ends that one as well.
    @ParameterizedTest
    @EnumSource
    void aPairedSessionThatOpensAtTheSameMomentEndsToo(Devices.Which which) {
        Bytes secret = Device.bytes(32);
        PairingId pairing = approved(secret);
        AtomicReference<CompletableFuture<Integer>> ending = new AtomicReference<>();
        interruption.beforeStatement("INSERT INTO session", () -> {
            ending.set(CompletableFuture.supplyAsync(
                    () -> mine().post("/v1/sessions/end", new Devices.End(which))
                            .status(),
                    Thread::startVirtualThread));
            Interruption.pause();
        });
        Bytes token = client.post(
                        "/v1/pairings/collect", new Pairings.Collect(pairing, secret, Transport.BEARER, false))
                .as(Pairings.Collected.class)
                .token();
        assertEquals(204, ending.get().join());
        assertEquals(401, client.as(token).get("/v1/session").status());
    }

    /// Two hold the token in use, and both have renewed. The other one uses its token before this renewal is written.
    @Test
    void aTokenThatIsSpentWhileItRenewsEndsTheSession() {
        Bytes next = renew().as(Devices.Renewed.class).token();
        interruption.beforeTransaction(
                () -> assertEquals(200, client.as(next).get("/v1/session").status()));
        assertEquals("401 session-required", renew().problemName());
        assertEquals(401, client.as(next).get("/v1/session").status());
    }

    /// The same while it is being spent: it has to wait. Each of the two would wait for the other if they took parts of
    /// the session's row in different orders.
    @Test
    void aRenewalWhileTheNextTokenIsSpentComesTooLate() {
        Bytes next = renew().as(Devices.Renewed.class).token();
        AtomicReference<CompletableFuture<Client.Answer>> renewing = new AtomicReference<>();
        interruption.beforeStatement("SET token_hash = next_token_hash", () -> {
            renewing.set(CompletableFuture.supplyAsync(this::renew, Thread::startVirtualThread));
            Interruption.pause();
        });
        assertEquals(200, client.as(next).get("/v1/session").status());
        assertEquals("401 session-required", renewing.get().join().problemName());
        assertEquals(401, client.as(next).get("/v1/session").status());
    }

    private Client.Answer renew() {
        return mine().send("POST", "/v1/session/renew", BodyPublishers.noBody());
    }

    private PairingId approved(Bytes secret) {
        PairingId pairing = new PairingId(Device.bytes(16));
        Pairings.Share share = new Pairings.Share(Device.bytes(32), Device.bytes(32));
        client.post("/v1/pairings/start", new Pairings.Start(pairing, Device.bytes(32), Device.sha256(secret)))
                .as(Pairings.Started.class);
        assertEquals(
                204,
                mine().post("/v1/pairings/answer", new Pairings.Answer(pairing, share))
                        .status());
        assertEquals(
                204,
                client.post("/v1/pairings/reveal", new Pairings.Reveal(pairing, secret, share))
                        .status());
        assertEquals(
                204,
                mine().post("/v1/pairings/approve", new Pairings.Approve(pairing, Device.bytes(Pairings.SEALED)))
                        .status());
        return pairing;
    }
}
