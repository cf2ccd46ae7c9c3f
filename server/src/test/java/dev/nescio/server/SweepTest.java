package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.Transport;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A sign-up that has ended leaves memory by itself, whether or not another one comes.
class SweepTest {

    private static final Duration SWEEP = Duration.ofMillis(10);

    @TempDir
    Path folder;

    @Test
    void signUpsLeaveMemoryWhenTheyAreConfirmedCancelledOrExpired() throws Exception {
        TestTime time = new TestTime();
        try (Server server = Server.start(
                TestServer.settings(folder, Backend.SQLITE.fresh(folder), false), time, time.ticker(), SWEEP)) {
            Client client = new Client(server.port());
            Device device = Device.fresh();
            SignUp.Started confirmed = start(client, device);
            SignUp.Started cancelled = start(client, Device.fresh());
            start(client, Device.fresh());
            assertEquals(3, server.signUpsInMemory());

            client.post(
                            "/v1/signup/confirm",
                            new SignUp.Confirm(
                                    confirmed.signup(),
                                    Device.code(confirmed.totpSecret(), time.millis() / 30_000),
                                    Transport.BEARER,
                                    false))
                    .as(SignIn.SessionOpened.class);
            assertEquals(2, server.signUpsInMemory());
            assertEquals(
                    204,
                    client.post("/v1/signup/cancel", new SignUp.Cancel(cancelled.signup()))
                            .status());
            assertEquals(1, server.signUpsInMemory());

            time.pass(Duration.ofMinutes(14));
            Thread.sleep(SWEEP.multipliedBy(10));
            assertEquals(1, server.signUpsInMemory(), "it can still be confirmed");
            time.pass(Duration.ofMinutes(2));
            Patience.until(() -> server.signUpsInMemory() == 0);
        }
    }

    @Test
    void signUpsLeaveMemoryAfterTooManyWrongCodes() {
        TestTime time = new TestTime();
        try (Server server = Server.start(
                TestServer.settings(folder, Backend.SQLITE.fresh(folder), false), time, time.ticker(), SWEEP)) {
            Client client = new Client(server.port());
            SignUp.Started started = start(client, Device.fresh());
            String wrong = Device.wrongCode(started.totpSecret(), time);
            for (int i = 0; i < 5; i++) {
                client.post("/v1/signup/confirm", new SignUp.Confirm(started.signup(), wrong, Transport.BEARER, false));
            }
            assertEquals(0, server.signUpsInMemory());
        }
    }

    private static SignUp.Started start(Client client, Device device) {
        return client.post("/v1/signup/start", device.start).as(SignUp.Started.class);
    }
}
