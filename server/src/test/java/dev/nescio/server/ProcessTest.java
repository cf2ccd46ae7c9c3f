package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.Sync;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The program as operators meet it: how it starts, what it prints, why it refuses, how it stops.
class ProcessTest {

    @TempDir
    Path folder;

    private Path data() {
        return folder.resolve("data");
    }

    private void assertRefused(String expected, String... options) throws Exception {
        ServerProcess.Ended ended = ServerProcess.run(data(), options);
        assertEquals(1, ended.status(), ended::log);
        assertTrue(ended.log().contains(expected), ended::log);
        assertFalse(ended.log().contains("\tat "), "no stack trace");
        assertEquals("", ended.out());
    }

    @Test
    void anotherPublicUrlIsNoticedAndTheLogHoldsNothingOfAPasskey() throws Exception {
        SoftAuthenticator authenticator = new SoftAuthenticator();
        try (ServerProcess server = ServerProcess.start(data(), "--public-url", TestServer.URL.origin())) {
            Client client = server.client();
            Device device = Device.signedUp(client, Clock.systemUTC());
            Bytes challenge = client.send("POST", "/v1/passkeys/challenge", BodyPublishers.noBody())
                    .as(Passkeys.Challenge.class)
                    .challenge();
            SignIn.Slot slot = SignIn.Slot.passkey(
                    new SlotId(Device.bytes(16)), authenticator.credentialId, null, Device.bytes(137));
            Passkeys.Add request = new Passkeys.Add(
                    SignUp.NewSlot.of(slot, Device.bytes(32)),
                    authenticator.create(challenge),
                    new Counted(2, Device.bytes(473)));
            client.as(device.session.token()).put("/v1/slots/passkey", request);
            assertEquals(143, server.terminate());
            for (String personal : List.of(
                    authenticator.credentialId.base64url(),
                    authenticator.credentialId.hex(),
                    challenge.base64url(),
                    request.registration().attestationObject().base64url(),
                    slot.id().hex())) {
                assertFalse(server.log().contains(personal), server.log());
            }
            assertFalse(server.log().contains("another host name"), server.log());
        }
        try (ServerProcess server = ServerProcess.start(data(), "--public-url", "https://other.example.org")) {
            assertTrue(server.log().contains("1 passkeys were made for another host name"), server.log());
        }
        try (ServerProcess server = ServerProcess.start(data(), "--public-url", TestServer.URL.origin() + ":8443")) {
            assertFalse(server.log().contains("another host name"), server.log());
        }
    }

    @Test
    void logAndFilesHoldNothingPersonal() throws Exception {
        Device device;
        try (ServerProcess server = ServerProcess.start(data())) {
            Client client = server.client();
            device = Device.signedUp(client, Clock.systemUTC());
            Client signedIn = client.as(device.session.token());
            Sync.NewContainer container = Device.container(1);
            signedIn.post("/v1/domains/chats/containers", container).as(Sync.Committed.class);
            signedIn.get("/v1/containers/" + container.id().hex()).as(Sync.ContainerContent.class);
            client.post("/v1/signin", device.attempt("000000"));
            client.post("/v1/signin/lookup", new SignIn.Lookup(device.start.hashedEmail()));
            client.get("/v1/canary?address=canary");
            client.postText("/v1/signin/lookup", "application/json", "{\"canary\":\"canary\"}");
            assertEquals(143, server.terminate());
            String log = server.log();
            assertTrue(log.contains("POST /v1/signin/lookup 200"), log);
            assertTrue(log.contains("GET /v1/containers/{id} 200"), log);
            for (String personal : List.of(
                    "canary",
                    "127.0.0.1",
                    container.id().hex(),
                    container.metadata().base64url(),
                    device.start.account().hex(),
                    device.start.hashedEmail().base64url(),
                    device.start.hashedEmail().hex(),
                    device.start.slot().lookupHash().base64url(),
                    device.session.token().base64url(),
                    device.totpSecret.base64url())) {
                assertFalse(log.contains(personal), log);
            }
        }
        try (var files = Files.list(data())) {
            assertEquals(
                    "[keyring, nescio.db]",
                    files.map(file -> file.getFileName().toString())
                            .collect(Collectors.toCollection(TreeSet::new))
                            .toString(),
                    "the log of writes was moved into the database");
        }
        for (String file : List.of("keyring", "nescio.db")) {
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(data().resolve(file))),
                    file);
        }
        assertDumpShowsOnlySealedThings(device);
    }

    private void assertDumpShowsOnlySealedThings(Device device) throws Exception {
        ServerProcess.Ended dump = ServerProcess.run(data(), "dump");
        assertEquals(0, dump.status(), dump::log);
        List<JsonNode> lines =
                dump.out().lines().map(line -> Json.STRICT.readTree(line)).toList();
        JsonNode slot = lines.stream()
                .filter(line -> line.get("table").asString().equals("password_slot"))
                .findFirst()
                .orElseThrow()
                .get("row");
        assertEquals(device.start.slot().salt().base64url(), slot.get("salt").asString());
        for (String never : List.of(
                device.start.hashedEmail().base64url(),
                device.start.slot().lookupHash().base64url(),
                device.start.slot().wrappedMasterKey().base64url(),
                device.start.backupCodeHashes().getFirst().base64url(),
                device.totpSecret.base64url(),
                device.session.token().base64url())) {
            assertFalse(dump.out().contains(never));
        }
    }

    @Test
    void portInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertRefused(
                    "Port " + taken.getLocalPort() + " of 127.0.0.1 cannot be used",
                    "--port",
                    Integer.toString(taken.getLocalPort()));
        }
    }

    @Test
    void dataFolderThatIsAFile() throws Exception {
        Files.createFile(data());
        assertRefused("cannot be written");
    }

    @Test
    void keyringThatOthersCanRead() throws Exception {
        Files.createDirectories(data());
        Path keyring = Files.createFile(data().resolve("keyring"));
        Files.setPosixFilePermissions(keyring, PosixFilePermissions.fromString("rw-r-----"));
        assertRefused("chmod 600 " + keyring);
    }

    @Test
    void keyringThatIsDamaged() throws Exception {
        try (ServerProcess server = ServerProcess.start(data())) {
            server.terminate();
        }
        Path keyring = data().resolve("keyring");
        String text = Files.readString(keyring);
        Files.writeString(keyring, text.substring(0, text.length() - 5));
        assertRefused("is not a keyring, or it is damaged");
    }

    @Test
    void keyringThatIsMissingOrOfAnotherDatabase() throws Exception {
        try (ServerProcess server = ServerProcess.start(data())) {
            Device.signedUp(server.client(), Clock.systemUTC());
            server.terminate();
        }
        Files.move(data().resolve("keyring"), folder.resolve("keyring"));
        assertRefused("is missing, and the database has accounts");
        assertFalse(Files.exists(data().resolve("keyring")), "no new one");
        try (ServerProcess other = ServerProcess.start(folder.resolve("other"))) {
            other.terminate();
        }
        assertRefused(
                "does not belong to this database",
                "--keyring",
                folder.resolve("other/keyring").toString());
        try (ServerProcess server = ServerProcess.start(
                data(), "--keyring", folder.resolve("keyring").toString())) {
            assertEquals(200, server.client().get("/v1/health").status());
        }
    }

    @Test
    void databaseOfANewerVersion() throws Exception {
        try (ServerProcess server = ServerProcess.start(data())) {
            server.terminate();
        }
        try (var connection = java.sql.DriverManager.getConnection("jdbc:sqlite:" + data().resolve("nescio.db"));
                var statement = connection.createStatement()) {
            statement.execute(
                    "INSERT INTO flyway_schema_history SELECT 99, '99', 'future', 'SQL', 'V99__future.sql', 1,"
                            + " installed_by, installed_on, 1, 1 FROM flyway_schema_history WHERE version = '1'");
        }
        assertRefused("written by a newer version of Nescio");
    }

    @Test
    void databaseThatIsNone() throws Exception {
        Files.createDirectories(data());
        Files.writeString(data().resolve("nescio.db"), "this is no database at all".repeat(100));
        assertRefused("cannot be opened or written");
        assertRefused("--database must be sqlite, or a URL", "--database", "mysql:x");
        assertRefused(
                "PostgreSQL cannot be reached", "--database", "jdbc:postgresql://127.0.0.1:1/nescio?connectTimeout=1");
    }

    @Test
    void optionsThatDoNotExist() throws Exception {
        assertRefused("There is no option --prot", "--prot", "1");
        assertRefused("--port must be a number", "--port", "x");
        assertRefused("--public-url must be like https://", "--public-url", "http://nescio.example.org");
        assertRefused("--port needs a value", "--port");
        assertRefused("There is no command like this", "start");
        ServerProcess.Ended help = ServerProcess.run(data(), "--help");
        assertEquals(0, help.status());
        assertTrue(help.out().contains("--keyring"), help::out);
    }

    @Test
    void stoppingFinishesWhatIsInFlight() throws Exception {
        try (ServerProcess server = ServerProcess.start(data());
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            String body = Json.STRICT.writeValueAsString(new SignIn.Lookup(Device.bytes(32)));
            OutputStream out = socket.getOutputStream();
            out.write(
                    ("POST /v1/signin/lookup HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: "
                                    + body.length() + "\r\n\r\n" + body.substring(0, 10))
                            .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            Thread.sleep(500);
            Thread stopping = Thread.ofVirtual().start(() -> {
                try {
                    server.terminate();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            Thread.sleep(500);
            out.write(body.substring(10).getBytes(StandardCharsets.US_ASCII));
            out.flush();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
            stopping.join();
        }
    }
}
