package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.Sync;
import dev.nescio.protocol.Transport;
import dev.nescio.server.config.DatabaseSetting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A full disk: writes are refused with nothing changed, reads go on, and once there is room all goes on.
class DiskFullTest {

    private static final int FILLER = 3 << 20;

    /// Mounts a small disk, fills half of it, and becomes the server.
    private static final String ON_A_SMALL_DISK =
            "mount -t tmpfs -o size=6m tmpfs \"$0\" && head -c " + FILLER + " /dev/zero > \"$0/filler\" && exec \"$@\"";

    @TempDir
    Path disk;

    /// In a namespace of its own anybody may mount; where there are none for users, root still may.
    private static Optional<List<String>> namespace() throws IOException, InterruptedException {
        for (String options : List.of("-Urm", "-m")) {
            if (run("unshare", options, "mount", "-t", "tmpfs", "tmpfs", "/mnt") == 0) {
                return Optional.of(List.of("unshare", options, "sh", "-c", ON_A_SMALL_DISK));
            }
        }
        return Optional.empty();
    }

    private static int run(String... command) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return -1; // There is no such program.
        }
    }

    /// Where nobody looks, a test that cannot run must not look like one that has passed.
    private List<String> smallDisk() throws IOException, InterruptedException {
        List<String> before = new ArrayList<>(namespace().orElseGet(() -> {
            String reason = "A small disk needs util-linux and user namespaces (unshare -Urm true), or root.";
            assertNull(System.getenv("CI"), reason);
            return abort(reason);
        }));
        before.add(disk.toString());
        return before;
    }

    @Test
    void fullDiskLosesNothing() throws IOException, InterruptedException {
        Clock time = Clock.systemUTC();
        DatabaseSetting database = new DatabaseSetting.Sqlite(disk.resolve("nescio.db"));
        try (ServerProcess server = ServerProcess.start(smallDisk(), disk, database)) {
            Path filler = Path.of(
                    "/proc",
                    Long.toString(server.pid()),
                    "root",
                    disk.resolve("filler").toString());
            Client client = server.client();
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
            while (signedIn.post(path + "/commits", small(counter - 1)).status() == 200) {
                counter++;
            }
            assertEquals(
                    "503 unavailable",
                    client.post("/v1/signup/confirm", confirm(started, time)).problemName());

            Files.delete(filler);
            assertEquals(
                    200, signedIn.post(path + "/commits", large(counter - 1)).status());
            client.post("/v1/signup/confirm", confirm(started, time)).as(SignIn.SessionOpened.class);
        }
    }

    /// With the code of this moment: filling a disk can take longer than one lasts.
    private static SignUp.Confirm confirm(SignUp.Started started, Clock time) {
        String code = Device.code(started.totpSecret(), time.millis() / 30_000);
        return new SignUp.Confirm(started.signup(), code, Transport.BEARER, false);
    }

    private static Sync.Commit large(long counter) {
        ItemId id = Device.item().id();
        return Device.commit(counter, new Sync.ItemWrite(id, 1, Device.bytes(200_000)));
    }

    private static Sync.Commit small(long counter) {
        return Device.commit(counter, Device.item());
    }
}
