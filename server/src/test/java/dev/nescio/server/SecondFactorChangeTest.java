package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.SecondFactors;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.Slots;
import dev.nescio.protocol.Transport;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Replacing the authenticator and the backup codes (spec, section 10.9).
@ParameterizedClass
@EnumSource(Backend.class)
class SecondFactorChangeTest {

    private static TestServer server;

    @Parameter
    Backend backend;

    private Device device;

    @BeforeParameterizedClassInvocation
    static void start(Backend backend) {
        server = TestServer.start(backend, true);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    @BeforeEach
    void signUp() {
        device = Device.signedUp(server);
    }

    private SecondFactors.Started begin() {
        return device.on(server)
                .send("POST", "/v1/totp/start", BodyPublishers.noBody())
                .as(SecondFactors.Started.class);
    }

    private static String code(Bytes secret) {
        return Device.code(secret, server.time().millis() / 30_000);
    }

    private Client.Answer confirm(SecondFactors.Started started, String code) {
        return device.on(server).post("/v1/totp/confirm", new SecondFactors.Confirm(started.pending(), code));
    }

    private Client.Answer signIn(SignUp.NewSlot slot, String code) {
        return server.client().post("/v1/signin", device.attempt(slot, code));
    }

    /// With a code that was not used before.
    private Client.Answer signIn(Bytes secret) {
        server.time().pass(Duration.ofMinutes(1));
        return signIn(device.start.slot(), code(secret));
    }

    @Test
    void theNewAuthenticatorWorksFromItsFirstCodeOnAndTheOldOneNoLonger() {
        SecondFactors.Started started = begin();
        assertEquals("401 sign-in-failed", signIn(started.totpSecret()).problemName(), "it is not confirmed");
        assertEquals(200, signIn(device.totpSecret).status());
        String first = code(started.totpSecret());
        assertEquals(204, confirm(started, first).status());
        assertEquals("401 sign-in-failed", signIn(device.start.slot(), first).problemName(), "used by confirming");
        assertEquals("401 sign-in-failed", signIn(device.totpSecret).problemName());
        assertEquals(200, signIn(started.totpSecret()).status());
    }

    @Test
    void theSameConfirmationTwiceIsDoneOnce() {
        SecondFactors.Started started = begin();
        String code = code(started.totpSecret());
        assertEquals(204, confirm(started, code).status());
        assertEquals(204, confirm(started, code).status());
        assertEquals(200, signIn(started.totpSecret()).status());
        assertEquals("401 sign-in-failed", signIn(device.start.slot(), code).problemName());
    }

    @Test
    void fiveWrongCodesDiscardIt() {
        SecondFactors.Started started = begin();
        for (int left = 4; left >= 0; left--) {
            Client.Answer answer = confirm(started, Device.wrongCode(started.totpSecret(), server.time()));
            assertEquals("401 wrong-code", answer.problemName());
            assertEquals(left, answer.problem().triesLeft());
        }
        assertEquals(
                "404 not-found", confirm(started, code(started.totpSecret())).problemName());
        assertEquals(200, signIn(device.totpSecret).status());
    }

    @Test
    void cancellingAndWaitingTooLongLeaveNothing() {
        SecondFactors.Started cancelled = begin();
        assertEquals(
                204,
                device.on(server)
                        .post("/v1/totp/cancel", new SecondFactors.Cancel(cancelled.pending()))
                        .status());
        assertEquals(
                "404 not-found",
                confirm(cancelled, code(cancelled.totpSecret())).problemName());
        SecondFactors.Started late = begin();
        server.time().pass(Duration.ofMinutes(15));
        device.session = signIn(device.totpSecret).as(SignIn.SessionOpened.class);
        assertEquals("404 not-found", confirm(late, code(late.totpSecret())).problemName());
        assertEquals(200, signIn(device.totpSecret).status());
    }

    @Test
    void itIsOfNoUseToAnotherAccount() {
        SecondFactors.Started started = begin();
        Device owner = device;
        device = Device.signedUp(server);
        assertEquals(
                "404 not-found", confirm(started, code(started.totpSecret())).problemName());
        assertEquals(200, signIn(device.totpSecret).status());
        device = owner;
        assertEquals(204, confirm(started, code(started.totpSecret())).status());
    }

    @Test
    void itOutlivesAChangeOfThePassword() {
        SecondFactors.Started started = begin();
        SignUp.NewSlot next = Device.passwordSlot();
        assertEquals(
                204,
                device.on(server)
                        .put("/v1/slots/password", new Slots.Password(next, new Counted(2, Device.bytes(473)), false))
                        .status());
        assertEquals(204, confirm(started, code(started.totpSecret())).status());
        server.time().pass(Duration.ofMinutes(1));
        assertEquals(200, signIn(next, code(started.totpSecret())).status());
    }

    @Test
    void beginningConfirmingAndNewCodesNeedAFreshProof() {
        SecondFactors.Started started = begin();
        server.time().pass(Duration.ofMinutes(5));
        assertEquals(
                "403 proof-required",
                confirm(started, code(started.totpSecret())).problemName());
        assertEquals("403 proof-required", replaceCodes(codes()).problemName());
        assertEquals(
                "403 proof-required",
                device.on(server)
                        .send("POST", "/v1/totp/start", BodyPublishers.noBody())
                        .problemName());
        assertEquals(200, signIn(device.totpSecret).status());
    }

    @Test
    void anAccountBeginsTenInAnHour() {
        for (int i = 0; i < 10; i++) {
            begin();
        }
        assertEquals(
                "429 too-many-requests",
                device.on(server)
                        .send("POST", "/v1/totp/start", BodyPublishers.noBody())
                        .problemName());
        device = Device.signedUp(server);
        begin();
    }

    private static List<Bytes> codes() {
        return Stream.generate(() -> Device.bytes(32)).limit(10).toList();
    }

    private Client.Answer replaceCodes(List<Bytes> hashes) {
        return device.on(server).put("/v1/backup-codes", new SecondFactors.BackupCodes(hashes));
    }

    private Client.Answer signInWithBackupCode(Bytes hash) {
        return server.client()
                .post(
                        "/v1/signin",
                        new SignIn.Attempt(
                                device.start.hashedEmail(),
                                device.start.slot().lookupHash(),
                                null,
                                hash,
                                Transport.BEARER,
                                false));
    }

    @Test
    void newBackupCodesTakeThePlaceOfAll() {
        List<Bytes> old = device.start.backupCodeHashes();
        assertEquals(200, signInWithBackupCode(old.getFirst()).status());
        List<Bytes> next = codes();
        assertEquals(204, replaceCodes(next).status());
        assertEquals(204, replaceCodes(next).status());
        for (Bytes hash : old) {
            assertEquals("401 sign-in-failed", signInWithBackupCode(hash).problemName());
            server.time().pass(Duration.ofMinutes(15));
        }
        for (Bytes hash : next) {
            assertEquals(200, signInWithBackupCode(hash).status());
        }
        assertEquals("401 sign-in-failed", signInWithBackupCode(next.getFirst()).problemName());
    }

    @Test
    void onlyTenDifferentCodesAreTaken() {
        List<Bytes> next = codes();
        for (List<Bytes> wrong : List.of(next.subList(0, 9), Collections.nCopies(10, next.getFirst()))) {
            assertEquals(
                    "400 bad-request",
                    device.on(server)
                            .put("/v1/backup-codes", Map.of("backupCodeHashes", wrong))
                            .problemName());
        }
        assertEquals(
                200,
                signInWithBackupCode(device.start.backupCodeHashes().getFirst()).status());
    }
}
