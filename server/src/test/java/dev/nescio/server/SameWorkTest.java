package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.AccessKeys;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.MailedCodes;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.Resets;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.Transport;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.v1.AssociatedData;
import dev.nescio.server.config.Settings;
import dev.nescio.server.config.SmtpSetting;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Databases;
import dev.nescio.server.db.Dialect;
import dev.nescio.server.keyservice.KeyService;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// An address that has an account and one that has none are answered by the same work and in the same shape.
class SameWorkTest {

    /// Notes each statement, each use of a key, and each check of a signature.
    private static final class Recorder implements SqlLogger {

        private final List<String> work = new CopyOnWriteArrayList<>();

        /// Is asked first for whatever signs, and has nothing.
        private final Provider signatures = new Provider("recorder", "1", "notes what is asked for") {

            private static final long serialVersionUID = 1L;

            @Override
            public Service getService(String type, String algorithm) {
                if (type.equals("Signature")) {
                    work.add("signature " + algorithm);
                }
                return null;
            }
        };

        @Override
        public void logBeforeExecution(StatementContext context) {
            work.add(context.getRenderedSql());
        }

        private List<String> during(Runnable request) {
            work.clear();
            request.run();
            return new ArrayList<>(work);
        }

        private Database watching(Database database) {
            return new Database() {
                @Override
                public <T> T write(Work<T> some) {
                    return database.write(transaction -> {
                        work.add("write");
                        transaction.handle().getConfig(SqlStatements.class).setSqlLogger(Recorder.this);
                        return some.run(transaction);
                    });
                }

                @Override
                public <T> T read(Work<T> some) {
                    return database.read(transaction -> {
                        work.add("read");
                        transaction.handle().getConfig(SqlStatements.class).setSqlLogger(Recorder.this);
                        return some.run(transaction);
                    });
                }

                @Override
                public <T> T query(Work<T> some) {
                    return database.query(transaction -> {
                        work.add("query");
                        transaction.handle().getConfig(SqlStatements.class).setSqlLogger(Recorder.this);
                        return some.run(transaction);
                    });
                }

                @Override
                public Dialect dialect() {
                    return database.dialect();
                }

                @Override
                public void close() {
                    database.close();
                }
            };
        }

        private KeyService watching(KeyService keys) {
            return new KeyService() {
                @Override
                public Bytes hmac(Purpose purpose, Bytes value) {
                    work.add("hmac " + purpose);
                    return keys.hmac(purpose, value);
                }

                @Override
                public Bytes decoySalt(Bytes hashedEmail) {
                    work.add("decoy");
                    return keys.decoySalt(hashedEmail);
                }

                @Override
                public Bytes seal(AssociatedData associatedData, Bytes content) {
                    work.add("seal " + associatedData.purpose());
                    return keys.seal(associatedData, content);
                }

                @Override
                public Bytes open(AssociatedData associatedData, Bytes envelope) throws RejectedException {
                    work.add("open " + associatedData.purpose());
                    return keys.open(associatedData, envelope);
                }

                @Override
                public void close() {
                    keys.close();
                }
            };
        }
    }

    /// A server of its own, of which each statement and each use of a key is noted.
    private static final class Watched implements AutoCloseable {

        private final Path folder = TestServer.temporaryFolder();
        private final TestTime time = new TestTime();
        private final Settings settings;
        private final Recorder recorder = new Recorder();
        private final Server server;
        private final Client client;

        private Watched(Backend backend) {
            this(backend, null);
        }

        /// @param smtp null for one that has mail off
        private Watched(Backend backend, SmtpSetting smtp) {
            settings = TestServer.withMail(TestServer.settings(folder, backend.fresh(folder), false), smtp);
            Database database = Databases.open(settings.database());
            KeyService keys = Server.openKeys(settings, database);
            server = Server.start(settings, recorder.watching(database), recorder.watching(keys), time, time.ticker());
            client = new Client(server.port());
        }

        @Override
        public void close() {
            server.close();
            TestServer.delete(folder);
        }
    }

    /// Before the mail is sent, which is when the request is answered.
    @ParameterizedTest
    @EnumSource(Backend.class)
    void aMailForAKnownAndAnUnknownAddress(Backend backend) throws InterruptedException {
        try (MailServer mails = MailServer.start();
                Watched server = new Watched(backend, mails.setting())) {
            String known = "ada@example.org";
            Bytes hashed = Device.sha256(Bytes.copyOf(known.getBytes(StandardCharsets.US_ASCII)));
            MailedCodes.Asked asked = server.client
                    .post("/v1/signup/code", new MailedCodes.Ask(known, hashed))
                    .as(MailedCodes.Asked.class);
            MailedCodes.Proof proof =
                    new MailedCodes.Proof(asked.mailed(), mails.take().code());
            SoftAuthenticator authenticator = new SoftAuthenticator();
            Passkeys.SignUpNow signUp = authenticator.signUp(authenticator.slot(), challenge(server.client), hashed);
            server.client
                    .post(
                            "/v1/signup/passkey",
                            new Passkeys.SignUpNow(
                                    signUp.account(),
                                    hashed,
                                    signUp.slot(),
                                    signUp.registration(),
                                    signUp.recovery(),
                                    signUp.domainKeys(),
                                    signUp.keyPair(),
                                    signUp.profile(),
                                    signUp.directory(),
                                    signUp.transport(),
                                    signUp.stay(),
                                    proof))
                    .as(SignIn.SessionOpened.class);

            List<List<String>> work = new ArrayList<>();
            List<Client.Answer> answers = new ArrayList<>();
            for (String address : List.of(known, "eve@example.org")) {
                Bytes hash = Device.sha256(Bytes.copyOf(address.getBytes(StandardCharsets.US_ASCII)));
                work.add(server.recorder.during(
                        () -> answers.add(server.client.post("/v1/signup/code", new MailedCodes.Ask(address, hash)))));
                assertEquals(address, mails.take().to());
            }
            assertEquals(work.getFirst(), work.getLast());
            assertEquals(List.of("hmac ADDRESS", "read"), work.getFirst().subList(0, 2));
            assertTrue(work.getFirst().contains("hmac MAILED_CODE"), work::toString);
            assertEquals(201, answers.getFirst().status());
            assertSameShape(answers);
        }
    }

    /// Before the mail is sent, which is when the request is answered.
    @ParameterizedTest
    @EnumSource(Backend.class)
    void aResetCodeForAnAccountThatIsLostAndOneInUseAndNone(Backend backend) throws InterruptedException {
        try (MailServer mails = MailServer.start();
                Watched server = new Watched(backend, mails.setting())) {
            Mailbox lost = new Mailbox(mails, server.client, server.time);
            Mailbox inUse = new Mailbox(mails, server.client, server.time);
            assertEquals(
                    204,
                    server.client
                            .as(lost.signUp().session.token())
                            .delete("/v1/session")
                            .status());
            inUse.signUp();
            List<List<String>> work = new ArrayList<>();
            List<Client.Answer> answers = new ArrayList<>();
            List<Boolean> coded = new ArrayList<>();
            for (Mailbox mailbox : List.of(lost, inUse, new Mailbox(mails, server.client, server.time))) {
                work.add(server.recorder.during(() -> answers.add(mailbox.askForReset())));
                coded.add(mailbox.take().hasResetCode());
            }
            assertEquals(List.of(true, false, false), coded);
            assertEquals(work.get(0), work.get(1));
            assertEquals(work.get(0), work.get(2));
            assertEquals(
                    List.of("hmac ADDRESS", "hmac RESET_CODE", "write"),
                    work.get(0).subList(0, 3));
            assertEquals(201, answers.getFirst().status());
            assertSameShape(answers.subList(0, 2));
            assertSameShape(answers.subList(1, 3));
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void knownAndUnknownAddress(Backend backend) {
        try (Watched server = new Watched(backend)) {
            TestTime time = server.time;
            Recorder recorder = server.recorder;
            Client client = server.client;
            Device known = Device.signedUp(client, time);
            Device unknown = Device.fresh();

            Security.insertProviderAt(recorder.signatures, 1);
            List<Client.Answer> answers = new ArrayList<>();
            List<List<String>> work = new ArrayList<>();
            for (Device device : List.of(known, unknown)) {
                work.add(recorder.during(() ->
                        answers.add(client.post("/v1/signin/lookup", new SignIn.Lookup(device.start.hashedEmail())))));
            }
            assertEquals(work.getFirst(), work.getLast());
            assertEquals(
                    List.of("hmac ADDRESS", "decoy", "read"), work.getFirst().subList(0, 3));
            assertSameShape(answers);

            answers.clear();
            work.clear();
            for (Device device : List.of(known, unknown)) {
                SignIn.KeyAttempt attempt =
                        new SignIn.KeyAttempt(device.start.recovery().id(), Device.bytes(32), Transport.BEARER, false);
                work.add(recorder.during(() -> answers.add(client.post("/v1/signin/key", attempt))));
            }
            assertEquals(work.getFirst(), work.getLast(), "a slot that is there and one that is not");
            assertEquals("401 sign-in-failed", answers.getFirst().problemName());
            assertSameShape(answers);

            SoftAuthenticator passkey = new SoftAuthenticator();
            assertEquals(
                    204,
                    client.as(known.session.token())
                            .put(
                                    "/v1/slots/passkey",
                                    new Passkeys.Add(
                                            passkey.slot(),
                                            passkey.create(challenge(client)),
                                            new Counted(2, Device.bytes(473))))
                            .status());
            answers.clear();
            work.clear();
            for (SoftAuthenticator authenticator : List.of(passkey, new SoftAuthenticator())) {
                Passkeys.Attempt attempt = new Passkeys.Attempt(
                        authenticator.prove(challenge(client)), Device.bytes(32), Transport.BEARER, false);
                work.add(recorder.during(() -> answers.add(client.post("/v1/signin/passkey", attempt))));
            }
            assertEquals(work.getFirst(), work.getLast(), "a passkey that is there and one that is not");
            assertEquals(
                    List.of("signature SHA256withECDSA"),
                    work.getFirst().stream()
                            .filter(step -> step.startsWith("signature"))
                            .toList());
            assertEquals("401 sign-in-failed", answers.getFirst().problemName());
            assertSameShape(answers);

            SignUp.NewSlot accessKey = Device.accessSlot("chats:read", null);
            assertEquals(
                    204,
                    client.as(known.session.token())
                            .put("/v1/slots/access", new AccessKeys.Add(accessKey, new Counted(3, Device.bytes(473))))
                            .status());
            answers.clear();
            work.clear();
            for (SignUp.NewSlot slot : List.of(accessKey, Device.accessSlot("chats:read", null))) {
                SignIn.KeyAttempt attempt = new SignIn.KeyAttempt(slot.id(), Device.bytes(32), Transport.BEARER, false);
                work.add(recorder.during(() -> answers.add(client.post("/v1/signin/access", attempt))));
            }
            assertEquals(work.getFirst(), work.getLast(), "an access key that is there and one that is not");
            assertEquals("401 sign-in-failed", answers.getFirst().problemName());
            assertSameShape(answers);

            for (boolean backupCode : new boolean[] {false, true}) {
                answers.clear();
                work.clear();
                for (Device device : List.of(known, unknown)) {
                    SignIn.Attempt attempt = failing(device, backupCode);
                    work.add(recorder.during(() -> answers.add(client.post("/v1/signin", attempt))));
                }
                assertEquals(work.getFirst(), work.getLast());
                assertTrue(work.getFirst().contains("open server/totp-secret"), work::toString);
                assertTrue(!work.getFirst().contains("open server/wrapped-master-key"), work::toString);
                assertEquals("401 sign-in-failed", answers.getFirst().problemName());
                assertEquals(answers.getFirst().text(), answers.getLast().text());
                assertSameShape(answers);
            }
        } finally {
            Security.removeProvider("recorder");
        }
    }

    /// A reset code that is wrong, one that there is not, and an address that has no account.
    @ParameterizedTest
    @EnumSource(Backend.class)
    void wrongResetCodeAndNoneAndUnknownAddress(Backend backend) {
        try (Watched server = new Watched(backend)) {
            Device expected = Device.signedUp(server.client, server.time);
            Device known = Device.signedUp(server.client, server.time);
            ResetTest.expect(server.settings, server.time, expected.start.hashedEmail(), Device.bytes(32));
            for (Device device : List.of(expected, known)) {
                assertLikeUnknown(
                        server,
                        "/v1/reset/start",
                        device.start.hashedEmail(),
                        Device.bytes(32),
                        address -> new Resets.Start(Device.bytes(32), ResetTest.anew(address)));
            }
        }
    }

    /// An account without a password looks like no account, whether it never had one or had it removed.
    @ParameterizedTest
    @EnumSource(Backend.class)
    void withoutAPasswordAndUnknownAddress(Backend backend) {
        try (Watched server = new Watched(backend)) {
            Keyholder never = Keyholder.signedUp(server.client, server.time);
            Keyholder removed = Keyholder.signedUp(server.client, server.time);
            assertEquals(
                    204, removed.remove(removed.add(2).start().slot().id(), 3).status());
            Bytes unknown = Device.bytes(32);
            for (Bytes address : List.of(never.request.hashedEmail(), removed.request.hashedEmail())) {
                assertLikeUnknown(server, "/v1/signin/lookup", address, unknown, SignIn.Lookup::new);
                assertLikeUnknown(server, "/v1/signin", address, unknown, SameWorkTest::failing);
            }
        }
    }

    private static void assertLikeUnknown(
            Watched server, String path, Bytes known, Bytes unknown, Function<Bytes, Object> request) {
        List<Client.Answer> answers = new ArrayList<>();
        List<List<String>> work = new ArrayList<>();
        for (Bytes address : List.of(known, unknown)) {
            work.add(server.recorder.during(() -> answers.add(server.client.post(path, request.apply(address)))));
        }
        assertEquals(work.getFirst(), work.getLast(), path);
        assertSameShape(answers);
    }

    private static SignIn.Attempt failing(Bytes hashedEmail) {
        return new SignIn.Attempt(hashedEmail, Device.bytes(32), "123456", null, Transport.BEARER, false);
    }

    /// A step that was used before is refused like a wrong code: without a transaction that writes.
    @ParameterizedTest
    @EnumSource(Backend.class)
    void usedCodeIsRefusedByTheWorkOfAWrongOne(Backend backend) {
        try (Watched server = new Watched(backend)) {
            TestTime time = server.time;
            Recorder recorder = server.recorder;
            Client client = server.client;
            Device device = Device.signedUp(client, time);
            List<Client.Answer> answers = new ArrayList<>();
            List<String> wrong = recorder.during(() -> answers.add(client.post("/v1/signin", failing(device, false))));
            List<String> used =
                    recorder.during(() -> answers.add(client.post("/v1/signin", device.attempt(device.code(time)))));
            assertEquals(wrong, used);
            assertEquals("401 sign-in-failed", answers.getLast().problemName());
            assertSameShape(answers);
        }
    }

    private static Bytes challenge(Client client) {
        return client.send("POST", "/v1/passkeys/challenge", BodyPublishers.noBody())
                .as(Passkeys.Challenge.class)
                .challenge();
    }

    private static SignIn.Attempt failing(Device device, boolean backupCode) {
        return new SignIn.Attempt(
                device.start.hashedEmail(),
                Device.bytes(32),
                backupCode ? null : "123456",
                backupCode ? Device.bytes(32) : null,
                Transport.BEARER,
                false);
    }

    private static void assertSameShape(List<Client.Answer> answers) {
        Client.Answer one = answers.getFirst();
        Client.Answer other = answers.getLast();
        assertEquals(one.status(), other.status());
        assertEquals(one.response().headers().map(), other.response().headers().map());
        assertEquals(one.response().body().length, other.response().body().length);
    }

    @Test
    void wrappedMasterKeyIsOpenedOnlyAfterBothFactors() {
        try (Watched server = new Watched(Backend.SQLITE)) {
            TestTime time = server.time;
            Recorder recorder = server.recorder;
            Client client = server.client;
            Device device = Device.signedUp(client, time);
            String used = device.code(time);
            assertTrue(
                    !recorder.during(() -> client.post("/v1/signin", device.attempt(used)))
                            .contains("open server/wrapped-master-key"),
                    "both factors right, but the code was used before");
            time.pass(java.time.Duration.ofMinutes(1));
            List<String> work = recorder.during(() ->
                    client.post("/v1/signin", device.attempt(device.code(time))).as(SignIn.SessionOpened.class));
            int opened = work.indexOf("open server/wrapped-master-key");
            assertTrue(opened > 0, work::toString);
            assertEquals(
                    List.of("open server/wrapped-master-key", "open server/wrapped-master-key"),
                    work.subList(opened, work.size()),
                    "those of both slots, and the last thing that happens");
        }
    }
}
