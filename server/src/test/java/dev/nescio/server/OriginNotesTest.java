package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.AccountLog;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.KeyPair;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.Resets;
import dev.nescio.protocol.Rotations;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.Transport;
import dev.nescio.protocol.Versioned;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.v1.OriginNote;
import dev.nescio.sealing.v1.PublicKeySeal;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What the server seals to an account's public key (spec, sections 4.2 and 9.6).
@ParameterizedClass
@EnumSource(Backend.class)
class OriginNotesTest {

    private static TestServer server;

    @Parameter
    Backend backend;

    private SecretBytes privateKey;
    private Device device;

    @BeforeParameterizedClassInvocation
    static void start(Backend backend) {
        server = TestServer.start(backend);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    @BeforeEach
    void signUp() {
        privateKey = SecretBytes.generate(new SecureRandom(), PublicKeySeal.KEY);
        device = Device.signedUp(
                server.client(), server.time(), new KeyPair(PublicKeySeal.publicKey(privateKey), Device.bytes(137)));
    }

    private List<AccountLog.Entry> log() {
        return device.on(server)
                .get("/v1/account/log")
                .as(AccountLog.Page.class)
                .entries();
    }

    private SignIn.SessionOpened byRecoveryKey() {
        SignUp.NewSlot recovery = device.start.recovery();
        return server.client()
                .post(
                        "/v1/signin/key",
                        new SignIn.KeyAttempt(recovery.id(), recovery.lookupHash(), Transport.BEARER, false))
                .as(SignIn.SessionOpened.class);
    }

    @Test
    void onlyTheAccountReadsFromWhereItsSessionsWereOpened() throws RejectedException {
        byRecoveryKey();
        List<AccountLog.Entry> log = log();
        assertEquals(2, log.size());
        for (AccountLog.Entry entry : log) {
            OriginNote note = OriginNote.open(privateKey, device.start.account(), entry.number(), entry.note());
            assertEquals("127.0.0.0/24", note.text());
            assertThrows(
                    RejectedException.class,
                    () -> OriginNote.open(privateKey, device.start.account(), entry.number() + 1, entry.note()));
        }
    }

    @Test
    void thePairIsServedAsItWasSent() {
        assertEquals(device.start.keyPair(), device.session.keyPair());
        assertEquals(device.start.keyPair(), byRecoveryKey().keyPair());
        assertEquals(
                device.start.keyPair(),
                device.on(server).get("/v1/account").as(SignIn.Account.class).keyPair());
    }

    @Test
    void aRotationPutsAnotherPairThereAndForgetsWhatWasSealedToTheOneBefore() throws RejectedException {
        SecretBytes next = SecretBytes.generate(new SecureRandom(), PublicKeySeal.KEY);
        KeyPair pair = new KeyPair(PublicKeySeal.publicKey(next), Device.bytes(137));
        assertEquals(204, rotate(pair).status());
        assertEquals(
                pair,
                device.on(server).get("/v1/account").as(SignIn.Account.class).keyPair());
        assertTrue(log().stream().allMatch(entry -> entry.note() == null));
        server.client().post("/v1/signin", device.attemptWithBackupCode(2)).as(SignIn.SessionOpened.class);
        AccountLog.Entry last = log().getLast();
        assertEquals(
                "127.0.0.0/24",
                OriginNote.open(next, device.start.account(), last.number(), last.note())
                        .text());
    }

    /// A development state made such accounts.
    @Test
    void anAccountOfBeforeThereWerePairsIsRefusedAndLosesNothing() throws SQLException {
        server.execute("UPDATE account SET public_key = NULL, private_key = NULL");
        SignUp.NewSlot recovery = device.start.recovery();
        long codes = server.count("backup_code");
        long sessions = server.count("session");
        for (Client.Answer refused : List.of(
                server.client()
                        .post(
                                "/v1/signin/key",
                                new SignIn.KeyAttempt(recovery.id(), recovery.lookupHash(), Transport.BEARER, false)),
                server.client().post("/v1/signin", device.attemptWithBackupCode(2)))) {
            assertEquals("400 bad-request", refused.problemName());
            assertTrue(refused.text().contains("the account has no key pair"), refused.text());
        }
        assertEquals(
                "401 session-required", device.on(server).get("/v1/account").problemName());
        assertEquals(codes, server.count("backup_code"));
        assertEquals(sessions, server.count("session"));
    }

    private Client.Answer rotate(KeyPair pair) {
        Counted list = new Counted(1, Device.bytes(185));
        return device.on(server)
                .post(
                        "/v1/rotations/" + Device.bytes(16).hex(),
                        new Rotations.Complete(
                                List.of(new Rotations.KeptSlot(
                                        device.start.slot().id(), Device.bytes(137))),
                                Device.recoverySlot(),
                                null,
                                device.start.domainKeys(),
                                pair,
                                new Versioned(2, Device.bytes(201)),
                                new Rotations.Lists(list, list, list, list),
                                list,
                                new Counted(2, Device.bytes(473))));
    }

    /// Everybody could open what is sealed to it.
    @Test
    void aPublicKeyOfSmallOrderIsTakenNowhere() {
        for (String point : List.of("00".repeat(32), "01" + "00".repeat(31), "ec" + "ff".repeat(30) + "7f")) {
            KeyPair weak = new KeyPair(Bytes.parseHex(point), Device.bytes(137));
            SignUp.Start start = with(Device.fresh().start, weak);
            assertRefused(server.client().post("/v1/signup/start", start));
            assertRefused(server.client().post("/v1/reset/start", new Resets.Start(Device.bytes(32), start)));
            assertRefused(rotate(weak));
            Passkeys.SignUpNow now =
                    new SoftAuthenticator().signUp(new SoftAuthenticator().slot(), Device.bytes(32), Device.bytes(32));
            assertRefused(server.client()
                    .post(
                            "/v1/signup/passkey",
                            new Passkeys.SignUpNow(
                                    now.account(),
                                    now.hashedEmail(),
                                    now.slot(),
                                    now.registration(),
                                    now.recovery(),
                                    now.domainKeys(),
                                    weak,
                                    now.profile(),
                                    now.directory(),
                                    now.transport(),
                                    now.stay())));
        }
        assertEquals(device.start.keyPair(), byRecoveryKey().keyPair());
    }

    private static SignUp.Start with(SignUp.Start start, KeyPair pair) {
        return new SignUp.Start(
                start.account(),
                start.hashedEmail(),
                start.slot(),
                start.recovery(),
                start.domainKeys(),
                pair,
                start.profile(),
                start.directory(),
                start.backupCodeHashes());
    }

    private static void assertRefused(Client.Answer answer) {
        assertEquals(400, answer.status(), answer.text());
        assertTrue(answer.text().contains("keyPair.publicKey"), answer.text());
    }
}
