package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.AccessKeys;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Devices;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.PairingId;
import dev.nescio.protocol.Pairings;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.Passwords;
import dev.nescio.protocol.Rotations;
import dev.nescio.protocol.SecondFactors;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.Slots;
import dev.nescio.protocol.Sync;
import dev.nescio.protocol.Transport;
import dev.nescio.protocol.Versioned;
import dev.nescio.server.http.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// The server is asked for a change by a session that may make it. When the body of that request arrives, it may no
/// more (spec, section 10.4).
@ParameterizedClass
@EnumSource(Backend.class)
class HeldBackBodyTest {

    private static TestServer server;

    @Parameter
    Backend backend;

    private Device device;
    private Client other;

    @BeforeParameterizedClassInvocation
    static void start(Backend backend) {
        server = TestServer.start(backend);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    @BeforeEach
    void signIn() {
        device = Device.signedUp(server);
        server.time().pass(Duration.ofMinutes(1));
        other = server.client()
                .as(server.client()
                        .post("/v1/signin", device.attempt(device.code(server.time())))
                        .as(SignIn.SessionOpened.class)
                        .token());
    }

    /// A request that has everything that it needs.
    ///
    /// @param length of the body
    private record Change(String method, String path, int length, Body body) {

        /// Made when it is sent: codes depend on the time.
        private interface Body {
            Object make();
        }

        Change(String method, String path, Body body) {
            this(method, path, Json.STRICT.writeValueAsBytes(body.make()).length, body);
        }

        byte[] octets() {
            return Json.STRICT.writeValueAsBytes(body.make());
        }
    }

    private static Counted secondDirectory() {
        return new Counted(2, Device.bytes(473));
    }

    private Change recovery() {
        Slots.Recovery request = new Slots.Recovery(Device.recoverySlot(), secondDirectory());
        return new Change("PUT", "/v1/slots/recovery", () -> request);
    }

    private Change password() {
        Slots.Password request = new Slots.Password(Device.passwordSlot(), secondDirectory(), true);
        return new Change("PUT", "/v1/slots/password", () -> request);
    }

    private Change authenticator() {
        SecondFactors.Started started = device.on(server)
                .send("POST", "/v1/totp/start", BodyPublishers.noBody())
                .as(SecondFactors.Started.class);
        return new Change(
                "POST",
                "/v1/totp/confirm",
                () -> new SecondFactors.Confirm(
                        started.pending(),
                        Device.code(started.totpSecret(), server.time().millis() / 30_000)));
    }

    private Change backupCodes() {
        SecondFactors.BackupCodes request = new SecondFactors.BackupCodes(
                Stream.generate(() -> Device.bytes(32)).limit(10).toList());
        return new Change("PUT", "/v1/backup-codes", () -> request);
    }

    private static Passkeys.Registration created(SoftAuthenticator authenticator) {
        Passkeys.Challenge challenge = server.client()
                .send("POST", "/v1/passkeys/challenge", BodyPublishers.noBody())
                .as(Passkeys.Challenge.class);
        return authenticator.create(challenge.challenge());
    }

    private Change passkey() {
        SoftAuthenticator authenticator = new SoftAuthenticator();
        SignUp.NewSlot slot = authenticator.slot();
        Counted directory = secondDirectory();
        return new Change("PUT", "/v1/slots/passkey", () -> new Passkeys.Add(slot, created(authenticator), directory));
    }

    private Change removal() {
        SignUp.NewSlot slot = addPasskey();
        Passkeys.Remove request = new Passkeys.Remove(new Counted(3, Device.bytes(473)), false);
        return new Change("POST", "/v1/slots/" + slot.id().hex() + "/remove", () -> request);
    }

    private Change addedPassword() {
        Keyholder holder = Keyholder.signedUp(server);
        device.session = holder.session;
        other = server.client()
                .as(holder.signInWithPasskey().as(SignIn.SessionOpened.class).token());
        Keyholder.Begun begun = holder.begin();
        Counted directory = secondDirectory();
        return new Change(
                "POST",
                "/v1/slots/password/confirm",
                () -> new Passwords.Confirm(begun.started().pending(), begun.code(server.time()), directory));
    }

    private Change removedPassword() {
        addPasskey();
        Passkeys.Remove request = new Passkeys.Remove(new Counted(3, Device.bytes(473)), false);
        return new Change("POST", "/v1/slots/" + device.start.slot().id().hex() + "/remove", () -> request);
    }

    /// The second directory lists it.
    private SignUp.NewSlot addPasskey() {
        SoftAuthenticator authenticator = new SoftAuthenticator();
        SignUp.NewSlot slot = authenticator.slot();
        Passkeys.Add added = new Passkeys.Add(slot, created(authenticator), secondDirectory());
        assertEquals(204, device.on(server).put("/v1/slots/passkey", added).status());
        return slot;
    }

    private Change accessKey() {
        SignUp.NewSlot slot = Device.accessSlot("chats:read", null);
        AccessKeys.Add request = new AccessKeys.Add(slot, secondDirectory());
        return new Change("PUT", "/v1/slots/access", () -> request);
    }

    private Change directory() {
        Counted request = secondDirectory();
        return new Change("PUT", "/v1/directory", () -> request);
    }

    private Change stagedRotation() {
        Sync.NewContainer chat = Device.container(1);
        assertEquals(
                201,
                device.on(server).post("/v1/domains/chats/containers", chat).status());
        Rotations.Stage request = new Rotations.Stage(List.of(new Rotations.Container(
                chat.id(), Device.bytes(137), Device.bytes(137), new Counted(2, Device.bytes(217)))));
        return new Change("PUT", rotation() + "/containers", () -> request);
    }

    private Change completedRotation() {
        Counted list = new Counted(1, Device.bytes(185));
        Rotations.Complete request = new Rotations.Complete(
                List.of(new Rotations.KeptSlot(device.start.slot().id(), Device.bytes(137))),
                Device.recoverySlot(),
                null,
                device.start.domainKeys(),
                device.start.keyPair(),
                new Versioned(2, Device.bytes(201)),
                new Rotations.Lists(list, list, list, list),
                list,
                secondDirectory());
        return new Change("POST", rotation(), () -> request);
    }

    private static String rotation() {
        return "/v1/rotations/" + Device.bytes(16).hex();
    }

    private Change proof() {
        SignIn.Proof request = new SignIn.Proof(
                device.start.slot().lookupHash(),
                null,
                device.start.backupCodeHashes().getFirst(),
                null);
        return new Change("POST", "/v1/session/proof", () -> request);
    }

    private Change container() {
        Sync.NewContainer request = Device.container(1);
        return new Change("POST", "/v1/domains/chats/containers", () -> request);
    }

    private Change commit() {
        Sync.NewContainer chat = Device.container(1);
        assertEquals(
                201,
                device.on(server).post("/v1/domains/chats/containers", chat).status());
        Sync.Commit request = Device.commit(2, Device.item());
        return new Change("POST", "/v1/containers/" + chat.id().hex() + "/commits", () -> request);
    }

    private Change devices() {
        Counted request = new Counted(1, Device.bytes(473));
        return new Change("PUT", "/v1/devices", () -> request);
    }

    private Change endOfOthers() {
        Devices.End request = new Devices.End(Devices.Which.OTHERS);
        return new Change("POST", "/v1/sessions/end", () -> request);
    }

    private Change cancelledAuthenticator() {
        SecondFactors.Started started = device.on(server)
                .send("POST", "/v1/totp/start", BodyPublishers.noBody())
                .as(SecondFactors.Started.class);
        SecondFactors.Cancel request = new SecondFactors.Cancel(started.pending());
        return new Change("POST", "/v1/totp/cancel", () -> request);
    }

    private Change cancelledPassword() {
        Keyholder holder = Keyholder.signedUp(server);
        device.session = holder.session;
        other = server.client()
                .as(holder.signInWithPasskey().as(SignIn.SessionOpened.class).token());
        SecondFactors.Cancel request =
                new SecondFactors.Cancel(holder.begin().started().pending());
        return new Change("POST", "/v1/slots/password/cancel", () -> request);
    }

    private static PairingId startedPairing(Bytes secret) {
        PairingId pairing = new PairingId(Device.bytes(16));
        server.client()
                .post("/v1/pairings/start", new Pairings.Start(pairing, Device.bytes(32), sha256(secret)))
                .as(Pairings.Started.class);
        return pairing;
    }

    private Change looked() {
        Pairings.Look request = new Pairings.Look(startedPairing(Device.bytes(32)));
        return new Change("POST", "/v1/pairings/look", () -> request);
    }

    private Change answer() {
        Pairings.Answer request = new Pairings.Answer(
                startedPairing(Device.bytes(32)), new Pairings.Share(Device.bytes(32), Device.bytes(32)));
        return new Change("POST", "/v1/pairings/answer", () -> request);
    }

    private PairingId answered(Bytes secret) {
        PairingId pairing = startedPairing(secret);
        Pairings.Share share = new Pairings.Share(Device.bytes(32), Device.bytes(32));
        assertEquals(
                204,
                device.on(server)
                        .post("/v1/pairings/answer", new Pairings.Answer(pairing, share))
                        .status());
        return pairing;
    }

    private PairingId revealed(Bytes secret) {
        PairingId pairing = answered(secret);
        Pairings.Share share = new Pairings.Share(Device.bytes(32), Device.bytes(32));
        assertEquals(
                204,
                server.client()
                        .post("/v1/pairings/reveal", new Pairings.Reveal(pairing, secret, share))
                        .status());
        return pairing;
    }

    private Change approval() {
        Pairings.Approve request = new Pairings.Approve(revealed(Device.bytes(32)), Device.bytes(Pairings.SEALED));
        return new Change("POST", "/v1/pairings/approve", () -> request);
    }

    private Change refusal() {
        Pairings.Look request = new Pairings.Look(answered(Device.bytes(32)));
        return new Change("POST", "/v1/pairings/refuse", () -> request);
    }

    private Change startedPassword() {
        Keyholder holder = Keyholder.signedUp(server);
        device.session = holder.session;
        other = server.client()
                .as(holder.signInWithPasskey().as(SignIn.SessionOpened.class).token());
        Passwords.Start request = Keyholder.password();
        return new Change("POST", "/v1/slots/password/start", () -> request);
    }

    /// What needs a session, and no proof.
    private List<Supplier<Change>> writes() {
        return List.of(this::proof, this::container, this::commit, this::devices, this::endOfOthers);
    }

    /// What changes nothing in the database.
    private List<Supplier<Change>> inMemory() {
        return List.of(
                this::cancelledAuthenticator,
                this::cancelledPassword,
                this::startedPassword,
                this::looked,
                this::answer,
                this::approval,
                this::refusal);
    }

    private List<Supplier<Change>> all() {
        return Stream.of(changes(), writes(), inMemory()).flatMap(List::stream).toList();
    }

    /// What needs a proof.
    private List<Supplier<Change>> changes() {
        return List.of(
                this::recovery,
                this::password,
                this::authenticator,
                this::backupCodes,
                this::passkey,
                this::accessKey,
                this::removal,
                this::addedPassword,
                this::removedPassword,
                this::directory,
                this::stagedRotation,
                this::completedRotation);
    }

    /// A request whose head the server has read, and whose body it waits for.
    private final class Held implements AutoCloseable {

        private final Change change;
        private final Socket socket;

        Held(Change change) throws IOException {
            this(change, device.session.token());
        }

        Held(Change change, Bytes token) throws IOException {
            this.change = change;
            this.socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
            socket.setSoTimeout(60_000);
            String head = """
                %s %s HTTP/1.1
                Host: a
                Authorization: Bearer %s
                Content-Type: application/json
                Content-Length: %d
                Expect: 100-continue
                Connection: close

                """.formatted(change.method(), change.path(), token.base64url(), change.length());
            socket.getOutputStream().write(head.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
            assertEquals("HTTP/1.1 100 Continue", line(), "the server knows whose request it is, and wants the body");
            assertEquals("", line());
        }

        private String line() throws IOException {
            InputStream in = socket.getInputStream();
            StringBuilder line = new StringBuilder();
            for (int octet = in.read(); octet >= 0 && octet != '\n'; octet = in.read()) {
                line.append((char) octet);
            }
            return line.toString().strip();
        }

        /// @return the status line and all that follows
        String send() throws IOException {
            socket.getOutputStream().write(change.octets());
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static void assertRefused(int status, String problem, String answer, Change change) {
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), () -> change.path() + ": " + answer);
        assertTrue(answer.contains("urn:nescio:problem:" + problem), () -> change.path() + ": " + answer);
    }

    /// All rows of all accounts.
    private static List<String> stored() {
        List<String> rows = new ArrayList<>();
        try (Connection connection = Backend.connect(server.settings().database());
                Statement statement = connection.createStatement()) {
            for (String table : tables(connection)) {
                try (ResultSet found = statement.executeQuery("SELECT * FROM " + table)) {
                    while (found.next()) {
                        rows.add(row(table, found));
                    }
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return rows.stream().sorted().toList();
    }

    private static List<String> tables(Connection connection) throws SQLException {
        List<String> tables = new ArrayList<>();
        try (ResultSet found = connection.getMetaData().getTables(null, null, "%", new String[] {"TABLE"})) {
            while (found.next()) {
                String table = found.getString("TABLE_NAME");
                if (!table.startsWith("flyway") && !table.startsWith("sqlite")) {
                    tables.add(table);
                }
            }
        }
        assertTrue(tables.contains("item"), tables.toString());
        return tables;
    }

    private static String row(String table, ResultSet found) throws SQLException {
        StringBuilder row = new StringBuilder(table);
        for (int column = 1; column <= found.getMetaData().getColumnCount(); column++) {
            Object value = found.getObject(column);
            row.append(' ')
                    .append(
                            value instanceof byte[] octets
                                    ? Bytes.copyOf(octets).hex()
                                    : value);
        }
        return row.toString();
    }

    private static String template(Change change) {
        return change.method() + " "
                + change.path().replaceAll("/[0-9a-f]{32}", "/{id}").replace("/domains/chats/", "/domains/{domain}/");
    }

    private static Set<String> endpoints(Predicate<Endpoint> which) {
        return Arrays.stream(Endpoint.values())
                .filter(which.and(endpoint -> endpoint.request().isPresent()))
                .map(endpoint -> endpoint.method() + " " + endpoint.path())
                .collect(Collectors.toSet());
    }

    private Set<String> tried(List<Supplier<Change>> changes) {
        Set<String> tried = new HashSet<>();
        for (Supplier<Change> each : changes) {
            signIn();
            tried.add(template(each.get()));
        }
        return tried;
    }

    /// The one that needs a server with mail on is tried in [SignInAlertsTest].
    @Test
    void everyRequestOfASessionThatHasABodyIsTriedHere() {
        Predicate<Endpoint> needsMail = endpoint -> endpoint == Endpoint.TURN_ON_MAIL_ALERTS;
        assertEquals(
                endpoints(needsMail.negate().and(endpoint -> endpoint.access() != Endpoint.Access.ANYBODY)),
                tried(all()));
        Set<String> proven = tried(changes());
        proven.addAll(Set.of("POST /v1/pairings/approve", "POST /v1/slots/password/start"));
        assertEquals(
                endpoints(needsMail.negate().and(endpoint -> endpoint.access() == Endpoint.Access.PROVEN)), proven);
    }

    @Test
    void aBodyThatComesInTimeChangesSomething() throws IOException {
        Set<String> inMemory = tried(inMemory());
        for (Supplier<Change> each : all()) {
            signIn();
            Change change = each.get();
            List<String> before = stored();
            try (Held held = new Held(change)) {
                String answer = held.send();
                assertTrue(answer.startsWith("HTTP/1.1 20"), () -> change.path() + ": " + answer);
            }
            assertEquals(inMemory.contains(template(change)), before.equals(stored()), change.path());
            assertEquals(0, RecoveryTest.withoutRecoveryKey(server), change.path());
        }
    }

    @Test
    void aSessionThatAnotherOneHasEndedMeanwhileChangesNothing() throws IOException {
        for (Supplier<Change> each : all()) {
            signIn();
            Change change = each.get();
            try (Held held = new Held(change)) {
                assertEquals(
                        204,
                        other.delete("/v1/sessions/" + device.session.session().hex())
                                .status());
                List<String> before = stored();
                assertRefused(401, "session-required", held.send(), change);
                assertEquals(before, stored(), change.path());
            }
        }
    }

    @Test
    void aDeletedAccountIsNotWrittenToByWhatCameBefore() throws IOException {
        for (Supplier<Change> each : all()) {
            signIn();
            Change change = each.get();
            try (Held held = new Held(change)) {
                assertEquals(204, other.delete("/v1/account").status());
                assertRefused(401, "session-required", held.send(), change);
            }
        }
    }

    @Test
    void aScriptWhoseAccessKeyIsRemovedMeanwhileWritesNothing() throws IOException {
        for (Supplier<Change> each : List.<Supplier<Change>>of(this::container, this::commit)) {
            signIn();
            Change change = each.get();
            SignUp.NewSlot slot = Device.accessSlot("chats:write", null);
            assertEquals(
                    204,
                    other.put("/v1/slots/access", new AccessKeys.Add(slot, secondDirectory()))
                            .status());
            AccessKeys.Opened script = server.client()
                    .post(
                            "/v1/signin/access",
                            new SignIn.KeyAttempt(slot.id(), slot.lookupHash(), Transport.BEARER, false))
                    .as(AccessKeys.Opened.class);
            try (Held held = new Held(change, script.token())) {
                assertEquals(
                        204,
                        other.post(
                                        "/v1/slots/" + slot.id().hex() + "/remove",
                                        new Passkeys.Remove(new Counted(3, Device.bytes(473)), false))
                                .status());
                List<String> before = stored();
                assertRefused(401, "session-required", held.send(), change);
                assertEquals(before, stored(), change.path());
            }
        }
    }

    /// Else somebody without a session could use up what the owner has.
    @Test
    void aWrongProofOfASessionThatHasEndedMeanwhileDoesNotCount() throws IOException {
        SignIn.Proof wrong = new SignIn.Proof(Device.bytes(32), null, Device.bytes(32), null);
        Change change = new Change("POST", "/v1/session/proof", () -> wrong);
        try (Held held = new Held(change)) {
            assertEquals(
                    204,
                    other.delete("/v1/sessions/" + device.session.session().hex())
                            .status());
            assertRefused(401, "session-required", held.send(), change);
        }
    }

    @Test
    void whatWaitsInMemoryStaysAsItIsWhenTheSessionHasEndedMeanwhile() throws IOException {
        Bytes secret = Device.bytes(32);
        PairingId pairing = startedPairing(secret);
        Pairings.Share share = new Pairings.Share(Device.bytes(32), Device.bytes(32));
        Change change = new Change("POST", "/v1/pairings/answer", () -> new Pairings.Answer(pairing, share));
        try (Held held = new Held(change)) {
            assertEquals(
                    204,
                    other.delete("/v1/sessions/" + device.session.session().hex())
                            .status());
            assertRefused(401, "session-required", held.send(), change);
        }
        assertNull(server.client()
                .post("/v1/pairings/poll", new Pairings.Poll(pairing, secret))
                .as(Pairings.Polled.class)
                .answered());
    }

    @Test
    void aPasswordThatEndsTheOtherSessionsKeepsThemFromChangingAnything() throws IOException {
        Slots.Password next = new Slots.Password(Device.passwordSlot(), secondDirectory(), true);
        Slots.Recovery late = new Slots.Recovery(Device.recoverySlot(), new Counted(3, Device.bytes(473)));
        Change change = new Change("PUT", "/v1/slots/recovery", () -> late);
        try (Held held = new Held(change)) {
            assertEquals(204, other.put("/v1/slots/password", next).status());
            List<String> before = stored();
            assertRefused(401, "session-required", held.send(), change);
            assertEquals(before, stored());
        }
    }

    @Test
    void aSessionWhoseTimeIsOverMeanwhileChangesNothing() throws IOException {
        List<Supplier<Change>> waitForNothing = List.of(this::recovery, this::password, this::backupCodes);
        for (Supplier<Change> each :
                Stream.of(waitForNothing, writes()).flatMap(List::stream).toList()) {
            signIn();
            Change change = each.get();
            try (Held held = new Held(change)) {
                server.time().pass(Duration.ofHours(24));
                List<String> before = stored();
                assertRefused(401, "session-required", held.send(), change);
                assertEquals(before, stored(), change.path());
            }
        }
    }

    @Test
    void aProofThatIsTooOldMeanwhileChangesNothing() throws IOException {
        for (Supplier<Change> each : changes()) {
            signIn();
            Change change = each.get();
            try (Held held = new Held(change)) {
                server.time().pass(Duration.ofMinutes(5));
                List<String> before = stored();
                assertRefused(403, "proof-required", held.send(), change);
                assertEquals(before, stored(), change.path());
            }
        }
    }

    /// The password is gone as well, so that the session has to be looked at first.
    @Test
    void aSessionThatHasEndedMeanwhileIsNotToldThatThePasswordIsGone() throws IOException {
        for (Supplier<Change> each :
                List.<Supplier<Change>>of(this::password, this::authenticator, this::backupCodes)) {
            signIn();
            Change change = each.get();
            addPasskey();
            try (Held held = new Held(change)) {
                assertEquals(
                        204,
                        other.post(
                                        "/v1/slots/" + device.start.slot().id().hex() + "/remove",
                                        new Passkeys.Remove(new Counted(3, Device.bytes(473)), false))
                                .status());
                assertEquals(
                        204,
                        other.delete("/v1/sessions/" + device.session.session().hex())
                                .status());
                List<String> before = stored();
                assertRefused(401, "session-required", held.send(), change);
                assertEquals(before, stored(), change.path());
            }
        }
    }

    @Test
    void aSessionThatMayNotChangeAnythingMeanwhileBeginsNoPassword() throws IOException {
        Passwords.Start start = Keyholder.password();
        Change change = new Change("POST", "/v1/slots/password/start", () -> start);
        try (Held held = new Held(change)) {
            server.time().pass(Duration.ofMinutes(5));
            assertRefused(403, "proof-required", held.send(), change);
        }
        signIn();
        try (Held held = new Held(change)) {
            assertEquals(
                    204,
                    other.delete("/v1/sessions/" + device.session.session().hex())
                            .status());
            assertRefused(401, "session-required", held.send(), change);
        }
    }

    @Test
    void aPairingIsNotApprovedByASessionThatHasEndedMeanwhile() throws IOException {
        assertNotApproved(
                401,
                "session-required",
                () -> assertEquals(
                        204,
                        other.delete("/v1/sessions/" + device.session.session().hex())
                                .status()));
    }

    @Test
    void aPairingIsNotApprovedWithAProofThatIsTooOldMeanwhile() throws IOException {
        server.time().pass(Duration.ofSeconds(210));
        assertNotApproved(403, "proof-required", () -> server.time().pass(Duration.ofMinutes(1)));
    }

    private void assertNotApproved(int status, String problem, Runnable meanwhile) throws IOException {
        Bytes secret = Device.bytes(32);
        PairingId pairing = revealed(secret);
        Pairings.Approve approve = new Pairings.Approve(pairing, Device.bytes(Pairings.SEALED));
        Change change = new Change("POST", "/v1/pairings/approve", () -> approve);
        try (Held held = new Held(change)) {
            meanwhile.run();
            assertRefused(status, problem, held.send(), change);
        }
        assertFalse(server.client()
                .post("/v1/pairings/poll", new Pairings.Poll(pairing, secret))
                .as(Pairings.Polled.class)
                .approved());
    }

    private static Bytes sha256(Bytes bytes) {
        try {
            return Bytes.copyOf(MessageDigest.getInstance("SHA-256").digest(bytes.toArray()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
