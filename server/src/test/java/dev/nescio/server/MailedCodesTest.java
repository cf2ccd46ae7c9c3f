package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.MailedCodes;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.ServerInfo;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.Transport;
import dev.nescio.server.config.SmtpSetting;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Databases;
import dev.nescio.server.keyservice.KeyService;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Spec, section 10.19, against a real mail server.
@ParameterizedClass
@EnumSource(Backend.class)
class MailedCodesTest {

    private static final AtomicInteger PEOPLE = new AtomicInteger();
    private static final Pattern TIMES = Pattern.compile("[0-9]+");

    private static MailServer mails;
    private static TestServer server;

    @Parameter
    Backend backend;

    @BeforeParameterizedClassInvocation
    static void start(Backend backend) {
        mails = MailServer.start();
        server = TestServer.start(backend, false, mails.setting());
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
        mails.close();
    }

    private static String address() {
        return "somebody" + PEOPLE.incrementAndGet() + "@example.org";
    }

    private static Bytes hashed(String address) {
        return Device.sha256(Bytes.copyOf(address.getBytes(StandardCharsets.UTF_8)));
    }

    private static Client.Answer ask(String address) {
        return server.client().post("/v1/signup/code", new MailedCodes.Ask(address, hashed(address)));
    }

    /// A code that was mailed and read.
    private static MailedCodes.Proof proof(String address) throws InterruptedException {
        MailedCodes.Asked asked = ask(address).as(MailedCodes.Asked.class);
        MailServer.Mail mail = mails.take();
        assertEquals(address, mail.to());
        return new MailedCodes.Proof(asked.mailed(), mail.code());
    }

    private static SignUp.Start start(Device device, String address, MailedCodes.Proof proof) {
        SignUp.Start made = device.start;
        return new SignUp.Start(
                made.account(),
                hashed(address),
                made.slot(),
                made.recovery(),
                made.domainKeys(),
                made.keyPair(),
                made.profile(),
                made.directory(),
                made.backupCodeHashes(),
                proof);
    }

    private static Client.Answer begin(Device device, String address, MailedCodes.Proof proof) {
        return server.client().post("/v1/signup/start", start(device, address, proof));
    }

    private static Client.Answer begin(String address, MailedCodes.Proof proof) {
        return begin(Device.fresh(), address, proof);
    }

    private static void signUp(String address) throws InterruptedException {
        confirm(begin(address, proof(address)).as(SignUp.Started.class)).as(SignIn.SessionOpened.class);
    }

    @Test
    void everybodyIsToldThatMailIsOn() {
        assertTrue(server.client().get("/v1/server").as(ServerInfo.class).mail());
    }

    @Test
    void whoeverHasReadTheCodeSignsUp() throws InterruptedException {
        long accounts = server.count("account");
        signUp(address());
        assertEquals(accounts + 1, server.count("account"));
        assertTrue(mails.isEmpty());
    }

    @Test
    void nobodySignsUpWithoutACode() {
        assertEquals("403 address-unconfirmed", begin(address(), null).problemName());
        assertEquals(
                "404 not-found",
                begin(address(), new MailedCodes.Proof(Device.bytes(32), "00000000"))
                        .problemName());
    }

    @Test
    void aCodeMakesOneAccountOfItsAddressAlone() throws InterruptedException {
        String address = address();
        MailedCodes.Proof proof = proof(address);
        assertEquals(4, begin(address(), proof).problem().triesLeft(), "for another address");
        for (int i = 0; i < 6; i++) {
            assertEquals(201, begin(address, proof).status(), "no answer is lost for good");
        }
        SignUp.Started started = begin(address, proof).as(SignUp.Started.class);
        assertEquals(201, confirm(started).status());
        assertEquals("404 not-found", begin(address, proof).problemName());
    }

    private static Client.Answer confirm(SignUp.Started started) {
        String code = Device.code(started.totpSecret(), server.time().millis() / 30_000);
        return server.client()
                .post("/v1/signup/confirm", new SignUp.Confirm(started.signup(), code, Transport.BEARER, false));
    }

    /// Right tries in between do not make more wrong ones.
    @Test
    void rightTriesGiveNoMoreWrongOnes() throws InterruptedException {
        String address = address();
        MailedCodes.Proof proof = proof(address);
        String wrong = proof.code().equals("00000000") ? "00000001" : "00000000";
        for (int left = 4; left >= 0; left--) {
            assertEquals(201, begin(address, proof).status());
            assertEquals(
                    left,
                    begin(address, new MailedCodes.Proof(proof.mailed(), wrong))
                            .problem()
                            .triesLeft());
        }
        assertEquals("404 not-found", begin(address, proof).problemName());
    }

    @Test
    void fiveWrongCodesDiscardIt() throws InterruptedException {
        String address = address();
        MailedCodes.Proof proof = proof(address);
        String wrong = proof.code().equals("00000000") ? "00000001" : "00000000";
        for (int left = 4; left >= 0; left--) {
            Client.Answer answer = begin(address, new MailedCodes.Proof(proof.mailed(), wrong));
            assertEquals("401 wrong-code", answer.problemName());
            assertEquals(left, answer.problem().triesLeft());
        }
        assertEquals("404 not-found", begin(address, proof).problemName());
    }

    @Test
    void aQuarterOfAnHourLaterItIsGone() throws InterruptedException {
        String address = address();
        MailedCodes.Asked asked = ask(address).as(MailedCodes.Asked.class);
        assertEquals(server.time().millis() + Duration.ofMinutes(15).toMillis(), asked.expiresAt());
        String code = mails.take().code();
        server.time().pass(Duration.ofMinutes(15).plusSeconds(1));
        assertEquals(
                "404 not-found",
                begin(address, new MailedCodes.Proof(asked.mailed(), code)).problemName());
    }

    @Test
    void aKeyedHashOfTheCodeWaits() throws InterruptedException {
        String address = address();
        MailedCodes.Proof proof = proof(address);
        assertEquals(hmac(server, address, proof.code()), waiting(server, proof.mailed()));
    }

    private static Bytes waiting(TestServer at, Bytes mailed) {
        Bytes both = joined("mailed-code".getBytes(StandardCharsets.US_ASCII), mailed.toArray());
        return at.waitingForMailedCode(Device.sha256(both)).orElseThrow();
    }

    private static Bytes hmac(TestServer at, String address, String code) {
        Bytes both = joined(hashed(address).toArray(), code.getBytes(StandardCharsets.US_ASCII));
        try (Database database = Databases.open(at.settings().database());
                KeyService keys = Server.openKeys(at.settings(), database)) {
            return keys.hmac(KeyService.Purpose.MAILED_CODE, both);
        }
    }

    private static Bytes joined(byte[] one, byte[] other) {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(one);
        both.writeBytes(other);
        return Bytes.copyOf(both.toByteArray());
    }

    @Test
    void cancellingASignUpForgetsItsCode() throws InterruptedException {
        String address = address();
        MailedCodes.Proof proof = proof(address);
        SignUp.Started started = begin(address, proof).as(SignUp.Started.class);
        server.client().post("/v1/signup/cancel", new SignUp.Cancel(started.signup()));
        assertEquals("404 not-found", begin(address, proof).problemName());
    }

    @Test
    void codesDiffer() throws InterruptedException {
        assertNotEquals(proof(address()).code(), proof(address()).code());
    }

    /// The answers are of one shape, both get exactly one mail, and every try at a code is answered alike.
    @Test
    void aTakenAddressLooksLikeAFreeOne() throws InterruptedException {
        String taken = address();
        signUp(taken);
        String free = address();
        Client.Answer ofTaken = ask(taken);
        MailServer.Mail toTaken = mails.take();
        Client.Answer ofFree = ask(free);
        MailServer.Mail toFree = mails.take();
        assertEquals(ofFree.status(), ofTaken.status());
        assertEquals(shape(ofFree), shape(ofTaken));
        assertEquals(toFree.from(), toTaken.from());
        assertTrue(toFree.hasCode());
        assertFalse(toTaken.hasCode(), toTaken.text());
        assertTrue(toTaken.text().contains("There is one already"), toTaken.text());
        assertEquals(taken, toTaken.to());
        assertTrue(mails.isEmpty(), "one mail each");
        assertEquals(body(toFree).length(), body(toTaken).length(), "the length shows through TLS");

        assertEquals("403 address-unconfirmed", begin(taken, null).problemName());
        assertEquals("403 address-unconfirmed", begin(free, null).problemName());
        String wrong = toFree.code().equals("00000000") ? "00000001" : "00000000";
        MailedCodes.Proof guessOfTaken =
                new MailedCodes.Proof(ofTaken.as(MailedCodes.Asked.class).mailed(), wrong);
        MailedCodes.Proof guessOfFree =
                new MailedCodes.Proof(ofFree.as(MailedCodes.Asked.class).mailed(), wrong);
        for (int i = 0; i < 6; i++) {
            assertEquals(
                    begin(free, guessOfFree).text(), begin(taken, guessOfTaken).text());
        }
    }

    private static String body(MailServer.Mail mail) {
        return mail.text().split("\r\n\r\n", 2)[1];
    }

    private static String shape(Client.Answer answer) {
        MailedCodes.Asked asked = answer.as(MailedCodes.Asked.class);
        return TIMES.matcher(answer.text().replace(asked.mailed().base64url(), ""))
                        .replaceAll("0")
                + answer.response().headers().map().keySet();
    }

    /// Two sign-ups at once with codes of their own: the second finds out when it confirms.
    @Test
    void whoeverConfirmsSecondIsTold() throws InterruptedException {
        String address = address();
        MailedCodes.Proof one = proof(address);
        MailedCodes.Proof other = proof(address);
        SignUp.Started first = begin(address, one).as(SignUp.Started.class);
        SignUp.Started second = begin(address, other).as(SignUp.Started.class);
        assertEquals(201, confirm(first).status());
        assertEquals("409 address-taken", confirm(second).problemName());
        assertEquals("409 address-taken", begin(address, other).problemName());
    }

    @Test
    void anAccountWithAPasskeyNeedsACodeToo() throws InterruptedException {
        String address = address();
        SoftAuthenticator authenticator = new SoftAuthenticator();
        assertEquals(
                "403 address-unconfirmed",
                server.client()
                        .post("/v1/signup/passkey", withPasskey(authenticator, address, null))
                        .problemName());
        MailedCodes.Proof proof = proof(address);
        assertEquals(
                "422 passkey-refused",
                server.client()
                        .post("/v1/signup/passkey", withPasskey(authenticator, Device.bytes(32), address, proof))
                        .problemName());
        assertEquals(
                201,
                server.client()
                        .post("/v1/signup/passkey", withPasskey(authenticator, address, proof))
                        .status(),
                "another refusal uses up no code");
        assertEquals(
                "404 not-found",
                server.client()
                        .post("/v1/signup/passkey", withPasskey(authenticator, address, proof))
                        .problemName());
        assertTrue(ask(address).status() == 201 && !mails.take().hasCode());
    }

    private static Passkeys.SignUpNow withPasskey(
            SoftAuthenticator authenticator, String address, MailedCodes.Proof proof) {
        Bytes challenge = server.client()
                .send("POST", "/v1/passkeys/challenge", java.net.http.HttpRequest.BodyPublishers.noBody())
                .as(Passkeys.Challenge.class)
                .challenge();
        return withPasskey(authenticator, challenge, address, proof);
    }

    private static Passkeys.SignUpNow withPasskey(
            SoftAuthenticator authenticator, Bytes challenge, String address, MailedCodes.Proof proof) {
        Passkeys.SignUpNow made = authenticator.signUp(authenticator.slot(), challenge, hashed(address));
        return new Passkeys.SignUpNow(
                made.account(),
                made.hashedEmail(),
                made.slot(),
                made.registration(),
                made.recovery(),
                made.domainKeys(),
                made.keyPair(),
                made.profile(),
                made.directory(),
                made.transport(),
                made.stay(),
                proof);
    }

    @Test
    void theHashHasToBeThatOfTheAddress() {
        Client.Answer answer =
                server.client().post("/v1/signup/code", new MailedCodes.Ask(address(), hashed(address())));
        assertEquals("400 bad-request", answer.problemName());
        assertTrue(mails.isEmpty());
    }

    /// JSON may hold a line end in a string.
    @Test
    void anAddressWithALineEndIsRefused() {
        for (String evil : new String[] {
            "ada@example.org\\r\\nBcc: eve@example.org",
            "ada\\n@example.org",
            "ada@example.org\\r",
            "ada@example.org, eve@example.org",
            "<ada@example.org>",
            "ada>\\u0000@example.org"
        }) {
            Client.Answer answer = server.client()
                    .postText(
                            "/v1/signup/code",
                            "application/json",
                            "{\"address\":\"" + evil + "\",\"hashedEmail\":\""
                                    + Device.bytes(32).base64url() + "\"}");
            assertEquals("400 bad-request", answer.problemName());
            assertFalse(answer.text().contains("example.org"), answer.text());
        }
        assertTrue(mails.isEmpty());
    }

    @Test
    void anAddressOutsideAsciiGetsItsMail() throws InterruptedException {
        String address = "josé" + PEOPLE.incrementAndGet() + "@example.org";
        assertEquals(201, ask(address).status());
        assertEquals(address, mails.take().to());
    }

    /// Neither while it waits nor after there is an account.
    @Test
    void theDatabaseNeverHoldsTheAddress() throws InterruptedException {
        String waiting = address();
        String whole = address();
        ask(waiting).as(MailedCodes.Asked.class);
        mails.take();
        signUp(whole);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        dev.nescio.server.db.Dump.print(
                server.settings().database(), new PrintStream(out, true, StandardCharsets.UTF_8));
        String dump = out.toString(StandardCharsets.UTF_8);
        assertTrue(dump.length() > 1000);
        for (String address : new String[] {waiting, whole}) {
            assertFalse(dump.contains(address));
            assertFalse(dump.contains(
                    Bytes.copyOf(address.getBytes(StandardCharsets.UTF_8)).hex()));
            assertFalse(dump.contains(hashed(address).hex()));
            assertFalse(dump.contains(hashed(address).base64url()));
        }
    }

    @Test
    void whereMailIsOffNobodyIsAsked() {
        try (TestServer off = TestServer.start(Backend.SQLITE)) {
            assertFalse(off.client().get("/v1/server").as(ServerInfo.class).mail());
            String address = address();
            assertEquals(
                    "404 not-found",
                    off.client()
                            .post("/v1/signup/code", new MailedCodes.Ask(address, hashed(address)))
                            .problemName());
        }
    }

    @Test
    void whileTheMailServerIsAwayNothingIsKeptAndItIsSaid() {
        MailServer away = MailServer.start();
        try (TestServer alone = TestServer.start(Backend.SQLITE, false, away.setting())) {
            away.close();
            String address = address();
            Client.Answer answer =
                    alone.client().post("/v1/signup/code", new MailedCodes.Ask(address, hashed(address)));
            assertEquals("503 mail-unavailable", answer.problemName());
            assertEquals("60", answer.header("Retry-After"));
            assertEquals(0, alone.countAll());
            assertEquals(0, alone.mailedCodesInMemory());
        }
    }

    @Test
    void mailIsLimitedByNetworkAndByAddress() throws InterruptedException {
        try (TestServer limited = TestServer.start(Backend.SQLITE, true, mails.setting())) {
            String victim = address();
            // Each mail is waited for: only so many are on their way at a time.
            for (int i = 0; i < 3; i++) {
                assertEquals(201, askFrom(limited, "192.0.2.1", victim).status());
                assertEquals(victim, mails.take().to());
            }
            assertEquals(
                    "429 too-many-requests",
                    askFrom(limited, "192.0.2.1", victim).problemName());
            assertEquals(201, askFrom(limited, "192.0.2.2", victim).status(), "others are not kept out at once");
            assertEquals(victim, mails.take().to());
            for (int i = 3; i < 9; i++) {
                assertEquals(
                        201, askFrom(limited, "192.0.2." + (i + 100), victim).status());
                assertEquals(victim, mails.take().to());
            }
            Client.Answer silent = askFrom(limited, "192.0.2.200", victim);
            assertEquals(201, silent.status(), "that others have asked does not show");
            MailedCodes.Proof guess =
                    new MailedCodes.Proof(silent.as(MailedCodes.Asked.class).mailed(), "00000000");
            Client.Answer wrong = limited.client().post("/v1/signup/start", start(Device.fresh(), victim, guess));
            assertEquals(4, wrong.problem().triesLeft());
            assertEquals(
                    hmac(limited, victim, "--------"),
                    waiting(limited, guess.mailed()),
                    "more networks have no more tries at a code");
            for (int i = 0; i < 6; i++) {
                assertEquals(201, askFrom(limited, "192.0.2.1", address()).status());
                assertNotEquals(victim, mails.take().to(), "nobody's mailbox is filled");
            }
            assertEquals(
                    "429 too-many-requests",
                    askFrom(limited, "192.0.2.1", address()).problemName());
            assertTrue(mails.isEmpty());
        }
    }

    /// Subaddresses have counters of their own.
    @Test
    void mailIsLimitedInAll() throws InterruptedException {
        try (TestServer limited = TestServer.start(Backend.SQLITE, true, mails.setting())) {
            for (int i = 0; i < 200; i++) {
                assertEquals(
                        201,
                        askFrom(limited, "192.0.2." + (i / 10), "ada+" + i + "@example.org")
                                .status());
                mails.take();
            }
            assertEquals(
                    "429 too-many-requests",
                    askFrom(limited, "192.0.2.200", address()).problemName());
            limited.time().pass(Duration.ofHours(1));
            assertEquals(201, askFrom(limited, "192.0.2.200", address()).status());
            mails.take();
        }
    }

    @Test
    void aMailThatWasNotSentIsNotCountedForItsAddress() throws Exception {
        MailServer away = MailServer.start();
        SmtpSetting setting = away.setting();
        try (TestServer limited = TestServer.start(Backend.SQLITE, true, setting)) {
            away.close();
            String address = address();
            // Keeps the port, and does not listen.
            Socket taken = new Socket();
            taken.setReuseAddress(true);
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), setting.port()));
            for (int i = 0; i < 10; i++) {
                assertEquals(
                        "503 mail-unavailable",
                        askFrom(limited, "192.0.2.1", address).problemName());
            }
            assertEquals(
                    "429 too-many-requests",
                    askFrom(limited, "192.0.2.1", address).problemName(),
                    "the network's tries count");
            for (int i = 2; i < 5; i++) {
                assertEquals(
                        "503 mail-unavailable",
                        askFrom(limited, "192.0.2." + i, address).problemName());
            }
            taken.close();
            try (MailServer back = MailServer.startAt(setting.port())) {
                assertEquals(201, askFrom(limited, "192.0.2.9", address).status());
                assertEquals(address, back.take().to());
            }
        }
    }

    private static Client.Answer askFrom(TestServer limited, String network, String address) {
        return limited.client()
                .with("X-Forwarded-For", network)
                .post("/v1/signup/code", new MailedCodes.Ask(address, hashed(address)));
    }
}
