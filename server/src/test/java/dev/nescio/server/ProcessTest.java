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
import dev.nescio.protocol.Sync;
import dev.nescio.protocol.Transport;
import dev.nescio.server.config.DatabaseSetting;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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
        DatabaseSetting database = new DatabaseSetting.Sqlite(data().resolve("nescio.db"));
        // All that WebAuthn4J would say, if it were let.
        List<String> verbose = List.of("env", "JAVA_TOOL_OPTIONS=-Dlogback.configurationFile=" + verboseLogging());
        try (ServerProcess server =
                ServerProcess.start(verbose, data(), database, "--public-url", TestServer.URL.origin())) {
            Client client = server.client();
            Device device = Device.signedUp(client, Clock.systemUTC());
            Client own = client.as(device.session.token());
            SignUp.NewSlot slot = authenticator.slot();
            Counted directory = new Counted(2, Device.bytes(473));
            authenticator.origin = "https://elsewhere.example.org";
            Passkeys.Registration refused = authenticator.create(passkeyChallenge(client));
            assertEquals(
                    422,
                    own.put("/v1/slots/passkey", new Passkeys.Add(slot, refused, directory))
                            .status());
            authenticator.origin = TestServer.URL.origin();
            Passkeys.Registration made = authenticator.create(passkeyChallenge(client));
            assertEquals(
                    204,
                    own.put("/v1/slots/passkey", new Passkeys.Add(slot, made, directory))
                            .status());
            authenticator.rpId = "elsewhere.example.org";
            Passkeys.Assertion failed = authenticator.prove(passkeyChallenge(client));
            authenticator.rpId = TestServer.URL.rpId();
            Passkeys.Assertion right = authenticator.prove(passkeyChallenge(client));
            for (Passkeys.Assertion assertion : List.of(failed, right)) {
                client.post(
                        "/v1/signin/passkey",
                        new Passkeys.Attempt(assertion, slot.lookupHash(), Transport.BEARER, false));
            }
            assertEquals(143, server.terminate());
            String log = server.log();
            assertTrue(log.contains("Picked up JAVA_TOOL_OPTIONS"), log);
            assertFalse(log.contains("webauthn"), log);
            for (Bytes personal : List.of(
                    authenticator.credentialId,
                    refused.challenge(),
                    made.challenge(),
                    made.attestationObject(),
                    failed.challenge(),
                    failed.signature(),
                    right.authenticatorData(),
                    right.signature(),
                    slot.id().bytes())) {
                assertFalse(log.contains(personal.base64url()), log);
                assertFalse(log.toLowerCase(Locale.ROOT).contains(personal.hex()), log);
            }
            assertFalse(log.contains("another host name"), log);
        }
        try (ServerProcess server = ServerProcess.start(data(), "--public-url", "https://other.example.org")) {
            assertTrue(
                    server.log()
                            .contains("for another host name than other.example.org and cannot be used with it: 1."),
                    server.log());
        }
        try (ServerProcess server = ServerProcess.start(data(), "--public-url", TestServer.URL.origin() + ":8443")) {
            assertFalse(server.log().contains("another host name"), server.log());
        }
    }

    private static Bytes passkeyChallenge(Client client) {
        return client.send("POST", "/v1/passkeys/challenge", BodyPublishers.noBody())
                .as(Passkeys.Challenge.class)
                .challenge();
    }

    /// The server's own settings of what is logged, with other people's parts told to say everything.
    private Path verboseLogging() throws IOException {
        try (InputStream own = Server.class.getResourceAsStream("/logback.xml")) {
            String settings = new String(own.readAllBytes(), StandardCharsets.UTF_8);
            String verbose =
                    settings.replace("</configuration>", "<logger name=\"com\" level=\"TRACE\"/></configuration>");
            return Files.writeString(folder.resolve("verbose.xml"), verbose);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void logAndFilesHoldNothingPersonal(Backend backend) throws Exception {
        Device device;
        DatabaseSetting database = backend.fresh(data());
        try (ServerProcess server = ServerProcess.start(List.of(), data(), database, "--behind-proxy", "127.0.0.1")) {
            Client client = server.client().with("X-Forwarded-For", "198.51.100.23, 203.0.113.77");
            device = Device.signedUp(client, Clock.systemUTC());
            Client signedIn = client.as(device.session.token());
            Sync.NewContainer container = Device.container(1);
            signedIn.post("/v1/domains/chats/containers", container).as(Sync.Committed.class);
            signedIn.get("/v1/containers/" + container.id().hex()).as(Sync.ContainerContent.class);
            client.post("/v1/signin", device.attempt("000000"));
            client.post("/v1/signin/lookup", new SignIn.Lookup(device.start.hashedEmail()));
            client.get("/v1/canary?address=canary");
            client.postText("/v1/signin/lookup", "application/json", "{\"canary\":\"canary\"}");
            String commits = "/v1/containers/" + container.id().hex() + "/commits";
            makeTheNextItemFail(database);
            Sync.Commit failing = Device.commit(2, Device.item());
            assertEquals("500 internal", signedIn.post(commits, failing).problemName());
            assertEquals(143, server.terminate());
            String log = server.log();
            assertTrue(log.contains("POST /v1/signin/lookup 200"), log);
            assertTrue(log.contains("GET /v1/containers/{id} 200"), log);
            assertTrue(log.contains("a request failed at /v1/containers/{id}/commits"), log);
            assertTrue(log.contains("\tat dev.nescio.server."), "with the place in our code");
            for (String personal : List.of("canary", "127.0.0.1", "198.51.100.23", "203.0.113.77")) {
                assertFalse(log.contains(personal), log);
            }
            Sync.ItemWrite item = failing.items().getFirst();
            for (Bytes personal : List.of(
                    Bytes.parseHex(container.id().hex()),
                    container.metadata(),
                    container.manifest(),
                    Bytes.parseHex(item.id().hex()),
                    item.sealed(),
                    failing.manifest().sealed(),
                    Bytes.parseHex(device.start.account().hex()),
                    Bytes.parseHex(device.session.session().hex()),
                    device.start.hashedEmail(),
                    device.start.slot().lookupHash(),
                    device.start.profile(),
                    device.session.token(),
                    device.totpSecret)) {
                assertNowhere(personal, log);
            }
        }
        try (var files = Files.list(data())) {
            assertEquals(
                    backend == Backend.SQLITE ? "[keyring, nescio.db]" : "[keyring]",
                    files.map(file -> file.getFileName().toString())
                            .collect(Collectors.toCollection(TreeSet::new))
                            .toString(),
                    "the log of writes was moved into the database");
        }
        try (var files = Files.list(data())) {
            for (Path file : files.toList()) {
                assertEquals(
                        "rw-------",
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
                        file.toString());
            }
        }
        if (backend == Backend.SQLITE) {
            assertDumpShowsOnlySealedThings(device);
        }
    }

    /// Its beginning, as people and databases spell bytes: a log that cuts a long value shows as much.
    private static void assertNowhere(Bytes personal, String log) {
        byte[] beginning = Arrays.copyOf(personal.toArray(), 12);
        for (String spelling : List.of(
                Bytes.copyOf(beginning).hex(),
                Base64.getEncoder().encodeToString(beginning),
                Base64.getUrlEncoder().encodeToString(beginning),
                Arrays.toString(beginning).replaceAll("[\\[\\]]", ""))) {
            assertFalse(log.toLowerCase(Locale.ROOT).contains(spelling.toLowerCase(Locale.ROOT)), log);
        }
    }

    /// A constraint that no row keeps; each database has its own way to complain, PostgreSQL with the row.
    private static void makeTheNextItemFail(DatabaseSetting database) throws SQLException {
        try (Connection connection = Backend.connect(database);
                Statement statement = connection.createStatement()) {
            switch (database) {
                case DatabaseSetting.Postgres postgres ->
                    statement.execute("ALTER TABLE item ADD CONSTRAINT forced CHECK (version < 1)");
                case DatabaseSetting.Sqlite sqlite ->
                    statement.execute(
                            "INSERT INTO item SELECT account, container, randomblob(16), 0, 1, sequence + 1, x'00'"
                                    + " FROM container");
            }
        }
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

    /// Who has an account keeps it; only new ones are refused, known address or not.
    @Test
    void signUpCanBeClosed() throws Exception {
        Device device;
        try (ServerProcess server = ServerProcess.start(data(), "--sign-up", "open")) {
            device = Device.signedUp(server.client(), Clock.systemUTC());
        }
        try (ServerProcess server = ServerProcess.start(data(), "--sign-up", "closed")) {
            for (Device some : List.of(device, Device.fresh())) {
                Client.Answer answer = server.client().post("/v1/signup/start", some.start);
                assertEquals("403 sign-up-closed", answer.problemName());
            }
            SoftAuthenticator passkey = new SoftAuthenticator();
            assertEquals(
                    "403 sign-up-closed",
                    server.client()
                            .post(
                                    "/v1/signup/passkey",
                                    passkey.signUp(passkey.slot(), Device.bytes(32), Device.bytes(32)))
                            .problemName());
            assertEquals(
                    200,
                    server.client()
                            .post("/v1/signin", device.attemptWithBackupCode(0))
                            .status());
        }
        assertRefused("--sign-up must be open or closed", "--sign-up", "no");
    }

    @Test
    void readyLineNamesAHostToConnectTo() throws Exception {
        assertReady("http://127.0.0.1:", "0.0.0.0");
        assertReady("http://127.0.0.1:", "::");
        assertReady("http://localhost:", "localhost");
    }

    @Test
    void readyLineNamesThePublicUrlThatWasGiven() throws Exception {
        try (ServerProcess server = ServerProcess.start(data(), "--public-url", "https://Nescio.example.org/")) {
            assertEquals(
                    server.address() + " as https://nescio.example.org",
                    server.ready().substring("Nescio is ready on ".length()));
        }
        try (ServerProcess server = ServerProcess.start(data())) {
            assertEquals("Nescio is ready on " + server.address(), server.ready());
        }
    }

    private void assertReady(String expected, String host) throws Exception {
        try (ServerProcess server = ServerProcess.start(data(), "--host", host)) {
            assertTrue(server.address().toString().startsWith(expected), () -> host + " gave " + server.address());
            try (Socket socket = new Socket(server.address().getHost(), server.port())) {
                assertTrue(socket.isConnected());
            }
        }
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
            out.write(("POST /v1/signin/lookup HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                            + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            String wanted = "HTTP/1.1 100 Continue\r\n\r\n";
            assertEquals(
                    wanted,
                    new String(socket.getInputStream().readNBytes(wanted.length()), StandardCharsets.US_ASCII),
                    "the request has begun");
            out.write(body.substring(0, 10).getBytes(StandardCharsets.US_ASCII));
            Thread stopping = Thread.ofVirtual().start(() -> {
                try {
                    server.terminate();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            // Where it takes longer to begin to stop, the rest comes before that: a body has ten seconds.
            long began = System.nanoTime();
            while (!refusesConnections(server)
                    && System.nanoTime() - began < Duration.ofSeconds(3).toNanos()) {
                Thread.sleep(20);
            }
            out.write(body.substring(10).getBytes(StandardCharsets.US_ASCII));
            out.flush();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
            stopping.join();
        }
    }

    /// Its port is closed, so it has begun to stop.
    private static boolean refusesConnections(ServerProcess server) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            return !socket.isConnected();
        } catch (ConnectException e) {
            return true;
        }
    }
}
