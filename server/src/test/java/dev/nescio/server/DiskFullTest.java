package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.Sync;
import dev.nescio.protocol.Transport;
import dev.nescio.server.config.DatabaseSetting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A full disk: writes are refused with nothing changed, reads go on, and once there is room all goes on.
class DiskFullTest {

    private static final int FILLER = 3 << 20;

    private Path disk;
    private Path filler;

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        disk = TestServer.temporaryFolder();
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", disk.toString()) == 0,
                "needs root, to mount a small disk");
        filler = Files.write(disk.resolve("filler"), new byte[FILLER]);
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        run("umount", disk.toString());
        Files.delete(disk);
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void fullDiskLosesNothing() throws IOException {
        TestTime time = new TestTime();
        try (Server server = Server.start(
                TestServer.settings(disk, new DatabaseSetting.Sqlite(disk.resolve("nescio.db")), false),
                time,
                time.ticker())) {
            Client client = new Client(server.port());
            Device waiting = Device.fresh();
            SignUp.Started started =
                    client.post("/v1/signup/start", waiting.start).as(SignUp.Started.class);
            Device device = Device.signedUp(client, time);
            Client signedIn = client.as(device.session.token());
            Sync.NewContainer container = Device.container(1);
            signedIn.post("/v1/domains/chats/containers", container).as(Sync.Committed.class);
            String path = "/v1/containers/" + container.id().hex();

            long counter = 2;
            Client.Answer answer;
            do {
                answer = signedIn.post(path + "/commits", large(counter));
                counter++;
            } while (answer.status() == 200);
            assertEquals("503 unavailable", answer.problemName());
            assertTrue(Integer.parseInt(answer.header("Retry-After")) > 0);
            assertEquals(
                    counter - 2,
                    signedIn.get(path + "?after=999999")
                            .as(Sync.ContainerContent.class)
                            .container()
                            .manifest()
                            .counter());
            SignUp.Confirm confirm = new SignUp.Confirm(
                    started.signup(),
                    Device.code(started.totpSecret(), time.millis() / 30_000),
                    Transport.BEARER,
                    false);
            while (signedIn.post(path + "/commits", small(counter - 1)).status() == 200) {
                counter++;
            }
            assertEquals(
                    "503 unavailable",
                    client.post("/v1/signup/confirm", confirm).problemName());

            Files.delete(filler);
            assertEquals(
                    200, signedIn.post(path + "/commits", large(counter - 1)).status());
            client.post("/v1/signup/confirm", confirm).as(SignIn.SessionOpened.class);
        }
    }

    private static Sync.Commit large(long counter) {
        ItemId id = Device.item().id();
        return Device.commit(counter, new Sync.ItemWrite(id, 1, Device.bytes(200_000)));
    }

    private static Sync.Commit small(long counter) {
        return Device.commit(counter, Device.item());
    }
}
