package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.PairingId;
import dev.nescio.protocol.Pairings;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.Resets;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.Transport;
import dev.nescio.server.http.Caller;
import dev.nescio.server.http.Network;
import dev.nescio.server.throttle.Limit;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The limits of docs/operations.md, and that none of them locks anybody out for good.
class RateLimitTest {

    private static final String LIMITED = "429 too-many-requests";
    private static final String FAILED = "401 sign-in-failed";

    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.start(Backend.SQLITE, true);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Client from(String network) {
        return server.client().with("X-Forwarded-For", "203.0.113.99, " + network);
    }

    private Client.Answer lookUp(String network, SignIn.Lookup lookup) {
        return from(network).post("/v1/signin/lookup", lookup);
    }

    private static SignIn.Lookup unknown() {
        return new SignIn.Lookup(Device.bytes(32));
    }

    private static SignIn.Attempt wrong(Device device) {
        return new SignIn.Attempt(
                device.start.hashedEmail(), Device.bytes(32), "123456", null, Transport.BEARER, false);
    }

    private Client.Answer signIn(String network, SignIn.Attempt attempt) {
        return from(network).post("/v1/signin", attempt);
    }

    private Device signedUpFrom(String network) {
        Device device = Device.signedUp(from(network), server.time());
        server.time().pass(Duration.ofMinutes(2));
        return device;
    }

    /// As many requests as there may be, but for so few.
    private void useUp(Caller caller, String network, Limit limit, int left) {
        for (int i = left; i < limit.most(); i++) {
            server.throttle().takeRequest(caller, new Network(network, network));
        }
    }

    @Test
    void everyRequestOfASessionCounts() {
        Device device = signedUpFrom("192.0.2.1");
        Client own = from("192.0.2.1").as(device.session.token());
        Client other = from("192.0.2.1")
                .as(signIn("192.0.2.1", device.attempt(device.code(server.time())))
                        .as(SignIn.SessionOpened.class)
                        .token());
        Caller caller = new Caller(device.session.account(), device.session.session(), 1, 2, true, null);
        useUp(caller, "192.0.2.1", Limit.REQUEST_OF_SESSION, 2);
        assertEquals(200, own.get("/v1/account").status());
        assertEquals(200, own.get("/v1/session").status());
        for (String path : List.of("/v1/account", "/v1/session", "/v1/hints")) {
            Client.Answer limited = own.get(path);
            assertEquals(LIMITED, limited.problemName(), path);
            assertEquals("60", limited.header("Retry-After"), path);
        }
        assertEquals(200, lookUp("192.0.2.1", unknown()).status(), "the network's is another one");
        assertEquals(
                204,
                other.delete("/v1/sessions/" + device.session.session().hex()).status(),
                "whoever has copied the token keeps nobody from ending it");
    }

    @Test
    void everyRequestWithoutASessionCounts() {
        Device device = signedUpFrom("192.0.2.9");
        useUp(null, "192.0.2.1", Limit.REQUEST_OF_NETWORK, 3);
        assertEquals(200, from("192.0.2.1").get("/v1/health").status());
        assertEquals(
                "401 session-required", from("192.0.2.1").get("/v1/account").problemName());
        assertEquals(
                "401 session-required",
                from("192.0.2.1").as(Device.bytes(32)).get("/v1/hints").problemName());
        for (String path : List.of("/v1/health", "/v1/server", "/v1/account", "/v1/hints")) {
            Client.Answer limited = from("192.0.2.1").get(path);
            assertEquals(LIMITED, limited.problemName(), path);
            assertEquals("60", limited.header("Retry-After"), path);
        }
        assertEquals(LIMITED, lookUp("192.0.2.1", unknown()).problemName());
        assertEquals(200, lookUp("192.0.2.2", unknown()).status(), "from another network");
        assertEquals(
                200,
                from("192.0.2.1").as(device.session.token()).get("/v1/account").status(),
                "who is signed in there notices nothing");
        server.time().pass(Duration.ofMinutes(1));
        assertEquals(200, from("192.0.2.1").get("/v1/health").status());
    }

    @Test
    void aBlockOfIpv6MayMakeTenTimesAsManyRequests() {
        Limit limit = Limit.REQUEST_OF_NETWORK;
        for (int network = 0; network < 10; network++) {
            for (int i = 0; i < limit.most(); i++) {
                server.throttle().takeRequest(null, new Network("20010db800000000000" + network, "20010db80000"));
            }
        }
        assertEquals(LIMITED, from("2001:db8:0:ff::1").get("/v1/health").problemName());
        assertEquals(200, from("2001:db8:1::1").get("/v1/health").status());
    }

    @Test
    void lookingUpByNetwork() {
        for (int i = 0; i < 30; i++) {
            assertEquals(200, lookUp("192.0.2.1", unknown()).status());
        }
        Client.Answer limited = lookUp("192.0.2.1", unknown());
        assertEquals(LIMITED, limited.problemName());
        assertEquals("60", limited.header("Retry-After"));
        assertEquals(200, lookUp("192.0.2.2", unknown()).status());
        server.time().pass(Duration.ofSeconds(59));
        assertEquals("1", lookUp("192.0.2.1", unknown()).header("Retry-After"));
        server.time().pass(Duration.ofSeconds(1));
        assertEquals(200, lookUp("192.0.2.1", unknown()).status());
    }

    /// Some proxies leave the client's line as it is and add their own.
    @Test
    void onlyTheProxysOwnLineNamesTheNetwork() {
        for (int i = 0; i <= 30; i++) {
            Client.Answer answer = server.client()
                    .with("X-Forwarded-For", "198.51.100." + i)
                    .with("X-Forwarded-For", "192.0.2.1")
                    .post("/v1/signin/lookup", unknown());
            assertEquals(i < 30 ? 200 : 429, answer.status());
        }
    }

    @Test
    void strangersWhoLookAnAddressUpKeepNobodyFromIt() {
        SignIn.Lookup lookup = unknown();
        for (int i = 0; i < 200; i++) {
            assertEquals(200, lookUp("192.0.2." + i, lookup).status());
        }
        assertEquals(200, lookUp("192.0.2.201", lookup).status());
    }

    @Test
    void networkOfIpv6IsItsFirstHalf() {
        for (int i = 0; i < 30; i++) {
            assertEquals(200, lookUp("2001:db8::" + i, unknown()).status());
        }
        assertEquals(LIMITED, lookUp("2001:db8::ffff", unknown()).problemName());
        assertEquals(200, lookUp("2001:db8:0:1::1", unknown()).status());
    }

    /// Who has a /48 has 65536 networks.
    @Test
    void aBlockOfIpv6CountsAsTenNetworks() {
        for (int i = 0; i < 300; i++) {
            String network = "2001:db8:7:" + Integer.toHexString(i / 30) + "::1";
            assertEquals(200, lookUp(network, unknown()).status());
        }
        assertEquals(LIMITED, lookUp("2001:db8:7:ff::1", unknown()).problemName());
        assertEquals(200, lookUp("2001:db8:8::1", unknown()).status());
        assertEquals(200, lookUp("192.0.2.1", unknown()).status());
        server.time().pass(Duration.ofMinutes(1));
        assertEquals(200, lookUp("2001:db8:7:ff::1", unknown()).status());
    }

    @Test
    void whatIsOverItsOwnLimitDoesNotUseUpItsBlock() {
        for (int i = 0; i < 400; i++) {
            assertEquals(
                    i < 30 ? 200 : 429, lookUp("2001:db8:7:1::1", unknown()).status());
        }
        assertEquals(200, lookUp("2001:db8:7:2::1", unknown()).status());
    }

    @Test
    void failingByAddressAndNetworkEndsWithItsWindow() {
        Device device = signedUpFrom("192.0.2.1");
        for (int i = 0; i < 10; i++) {
            assertEquals(FAILED, signIn("192.0.2.50", wrong(device)).problemName());
        }
        Client.Answer limited = signIn("192.0.2.50", device.attempt(device.code(server.time())));
        assertEquals(LIMITED, limited.problemName());
        assertTrue(Integer.parseInt(limited.header("Retry-After")) <= 900);
        for (int i = 0; i < 20; i++) {
            server.time().pass(Duration.ofSeconds(44));
            signIn("192.0.2.50", wrong(device));
        }
        server.time().pass(Duration.ofSeconds(21));
        assertEquals(
                200,
                signIn("192.0.2.50", device.attempt(device.code(server.time()))).status());
    }

    /// A client that goes on and on with one address keeps nobody else on its network out.
    @Test
    void tryingOneAddressDoesNotUseUpTheNetwork() {
        Device stubborn = Device.fresh();
        for (int i = 0; i < 100; i++) {
            assertEquals(
                    i < 10 ? FAILED : LIMITED,
                    signIn("192.0.2.1", wrong(stubborn)).problemName());
        }
        for (int i = 0; i < 50; i++) {
            assertEquals(FAILED, signIn("192.0.2.1", wrong(Device.fresh())).problemName());
        }
        assertEquals(LIMITED, signIn("192.0.2.1", wrong(Device.fresh())).problemName());
    }

    @Test
    void strangersLockNobodyOut() {
        Device device = signedUpFrom("192.0.2.1");
        for (int window = 0; window < 3; window++) {
            for (int i = 0; i < 300; i++) {
                signIn("198.51." + (i / 100) + "." + (i % 100), wrong(device));
            }
            assertEquals(
                    200,
                    signIn("203.0.113." + window, device.attempt(device.code(server.time())))
                            .status());
            server.time().pass(Duration.ofMinutes(15));
        }
    }

    /// Whoever shares the network of a person sees the same for an address of theirs as for any other.
    @Test
    void limitsDoNotTellWhetherAnAddressHasAnAccount() {
        Device here = signedUpFrom("192.0.2.1");
        assertEquals(
                200, signIn("192.0.2.1", here.attempt(here.code(server.time()))).status());
        Device elsewhere = signedUpFrom("192.0.2.2");
        List<List<Integer>> seen = new ArrayList<>();
        for (Device device : List.of(here, elsewhere, Device.fresh())) {
            server.time().pass(Duration.ofMinutes(15));
            for (int i = 0; i < 20; i++) {
                lookUp("198.51.100." + i, new SignIn.Lookup(device.start.hashedEmail()));
                signIn("198.51.100." + i, wrong(device));
            }
            List<Integer> statuses = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                statuses.add(lookUp("192.0.2.1", new SignIn.Lookup(device.start.hashedEmail()))
                        .status());
                statuses.add(signIn("192.0.2.1", wrong(device)).status());
            }
            seen.add(statuses);
        }
        assertEquals(seen.get(2), seen.get(0));
        assertEquals(seen.get(2), seen.get(1));
    }

    /// Sends twenty tries, each from another network.
    private void guess(Supplier<SignIn.Attempt> attempt) {
        for (int i = 0; i < 20; i++) {
            assertEquals(FAILED, signIn("198.51.100." + i, attempt.get()).problemName());
        }
    }

    @Test
    void whoHasThePasswordHasTwentyTriesAtACodeInADay() {
        Device device = signedUpFrom("192.0.2.1");
        guess(() -> device.attempt(Device.wrongCode(device.totpSecret, server.time())));
        server.time().pass(Duration.ofHours(23));
        assertEquals(
                FAILED,
                signIn("192.0.2.1", device.attempt(device.code(server.time()))).problemName());
        assertEquals(200, signIn("192.0.2.1", device.attemptWithBackupCode(0)).status());
        server.time().pass(Duration.ofHours(1));
        assertEquals(
                200,
                signIn("192.0.2.1", device.attempt(device.code(server.time()))).status());
    }

    @Test
    void whoHasTheAuthenticatorHasTwentyTriesAtThePasswordInADay() {
        Device device = signedUpFrom("192.0.2.1");
        guess(() -> half(device, device.code(server.time()), null));
        assertEquals(
                FAILED,
                signIn("192.0.2.1", device.attempt(device.code(server.time()))).problemName());
        assertEquals(200, signIn("192.0.2.1", device.attemptWithBackupCode(0)).status());
    }

    @Test
    void whoHasABackupCodeHasTwentyTriesAtThePasswordInADay() {
        Device device = signedUpFrom("192.0.2.1");
        guess(() -> half(device, null, device.start.backupCodeHashes().getFirst()));
        assertEquals(
                FAILED, signIn("192.0.2.1", device.attemptWithBackupCode(1)).problemName());
        assertEquals(
                200,
                signIn("192.0.2.1", device.attempt(device.code(server.time()))).status());
    }

    /// Nobody guesses 80 bits, so these tries are not worth closing that way for.
    @Test
    void wrongBackupCodesCloseNothing() {
        Device device = signedUpFrom("192.0.2.1");
        guess(() -> new SignIn.Attempt(
                device.start.hashedEmail(),
                device.start.slot().lookupHash(),
                null,
                Device.bytes(32),
                Transport.BEARER,
                false));
        guess(() -> half(device, Device.wrongCode(device.totpSecret, server.time()), null));
        assertEquals(
                200,
                signIn("192.0.2.1", device.attempt(device.code(server.time()))).status());
        assertEquals(200, signIn("192.0.2.1", device.attemptWithBackupCode(1)).status());
    }

    /// With a wrong password.
    private static SignIn.Attempt half(Device device, String code, Bytes backupCodeHash) {
        return new SignIn.Attempt(
                device.start.hashedEmail(), Device.bytes(32), code, backupCodeHash, Transport.BEARER, false);
    }

    @Test
    void failingByNetwork() {
        for (int i = 0; i < 60; i++) {
            assertEquals(FAILED, signIn("192.0.2.1", wrong(Device.fresh())).problemName());
        }
        assertEquals(LIMITED, signIn("192.0.2.1", wrong(Device.fresh())).problemName());
        assertEquals(FAILED, signIn("192.0.2.2", wrong(Device.fresh())).problemName());
        server.time().pass(Duration.ofMinutes(15));
        assertEquals(FAILED, signIn("192.0.2.1", wrong(Device.fresh())).problemName());
    }

    @Test
    void successesAreNotCounted() {
        Device device = signedUpFrom("192.0.2.1");
        for (int i = 0; i < 70; i++) {
            assertEquals(
                    200,
                    signIn("192.0.2.1", device.attempt(device.code(server.time())))
                            .status());
            server.time().pass(Duration.ofSeconds(30));
        }
    }

    /// Wrong reset codes are counted like failed sign-ins, of whatever address: none has an account here.
    @Test
    void wrongResetCodesByNetworkAndNeverByAddressAlone() {
        Bytes address = Device.bytes(32);
        for (int i = 0; i < 10; i++) {
            assertEquals("403 reset-failed", reset("192.0.2.1", address).problemName());
        }
        assertEquals(LIMITED, reset("192.0.2.1", address).problemName());
        assertEquals("403 reset-failed", reset("192.0.2.2", address).problemName());
        for (int i = 0; i < 50; i++) {
            assertEquals(
                    "403 reset-failed", reset("192.0.2.1", Device.bytes(32)).problemName());
        }
        assertEquals(LIMITED, reset("192.0.2.1", Device.bytes(32)).problemName());
    }

    private Client.Answer reset(String network, Bytes address) {
        return from(network).post("/v1/reset/start", new Resets.Start(Device.bytes(32), ResetTest.anew(address)));
    }

    @Test
    void resetsThatWaitByAccountAndOnlyForWhoeverHasTheCode() {
        Device device = signedUpFrom("192.0.2.1");
        Bytes code = Device.bytes(32);
        Bytes address = device.start.hashedEmail();
        ResetTest.expect(server.settings(), server.time(), address, code);
        for (int i = 0; i < 12; i++) {
            assertEquals(
                    "403 reset-failed",
                    reset("192.0.2." + (10 + i), address).problemName(),
                    "a stranger uses nothing up for whoever has the code");
        }
        Resets.Start right = new Resets.Start(code, ResetTest.anew(address));
        for (int i = 0; i < 10; i++) {
            assertEquals(201, from("192.0.2.1").post("/v1/reset/start", right).status());
        }
        assertEquals(LIMITED, from("192.0.2.1").post("/v1/reset/start", right).problemName());
        server.time().pass(Duration.ofHours(1));
        assertEquals(201, from("192.0.2.1").post("/v1/reset/start", right).status());
    }

    @Test
    void signingUpByNetwork() {
        for (int i = 0; i < 20; i++) {
            assertEquals(
                    201,
                    from("192.0.2.1")
                            .post("/v1/signup/start", Device.fresh().start)
                            .status());
        }
        Client.Answer limited = from("192.0.2.1").post("/v1/signup/start", Device.fresh().start);
        assertEquals(LIMITED, limited.problemName());
        assertEquals("3600", limited.header("Retry-After"));
        assertEquals(
                201,
                from("192.0.2.2").post("/v1/signup/start", Device.fresh().start).status());
        server.time().pass(Duration.ofHours(1));
        assertEquals(
                201,
                from("192.0.2.1").post("/v1/signup/start", Device.fresh().start).status());
    }

    @Test
    void wrongProofsByAccount() {
        Device device = signedUpFrom("192.0.2.1");
        SignIn.Proof wrong = new SignIn.Proof(Device.bytes(32), null, null, new SlotId(Device.bytes(16)));
        for (int i = 0; i < 20; i++) {
            assertEquals(
                    "401 sign-in-failed",
                    device.on(server).post("/v1/session/proof", wrong).problemName());
        }
        assertEquals(LIMITED, device.on(server).post("/v1/session/proof", wrong).problemName());
    }

    @Test
    void pairingByNetwork() {
        for (int i = 0; i < 30; i++) {
            assertEquals(201, startPairing("192.0.2.1").status());
        }
        Client.Answer limited = startPairing("192.0.2.1");
        assertEquals(LIMITED, limited.problemName());
        assertEquals("900", limited.header("Retry-After"));
        assertEquals(201, startPairing("192.0.2.2").status());
    }

    private Client.Answer startPairing(String network) {
        return from(network)
                .post(
                        "/v1/pairings/start",
                        new Pairings.Start(new PairingId(Device.bytes(16)), Device.bytes(32), Device.bytes(32)));
    }

    @Test
    void challengesByNetwork() {
        for (int i = 0; i < 30; i++) {
            assertEquals(200, challengeFor("192.0.2.1").status());
        }
        Client.Answer limited = challengeFor("192.0.2.1");
        assertEquals(LIMITED, limited.problemName());
        assertEquals("60", limited.header("Retry-After"));
        assertEquals(200, challengeFor("192.0.2.2").status());
    }

    private Client.Answer challengeFor(String network) {
        return from(network).send("POST", "/v1/passkeys/challenge", BodyPublishers.noBody());
    }

    @Test
    void failedAccessKeysByNetwork() {
        for (int i = 0; i < 60; i++) {
            assertEquals("401 sign-in-failed", wrongAccessKey("192.0.2.1").problemName());
        }
        assertEquals(LIMITED, wrongAccessKey("192.0.2.1").problemName());
        assertEquals("401 sign-in-failed", wrongAccessKey("192.0.2.2").problemName());
    }

    private Client.Answer wrongAccessKey(String network) {
        SignUp.NewSlot slot = Device.accessSlot("chats:read", null);
        return from(network)
                .post(
                        "/v1/signin/access",
                        new SignIn.KeyAttempt(slot.id(), slot.lookupHash(), Transport.BEARER, false));
    }

    @Test
    void failedPasskeysByNetwork() {
        for (int i = 0; i < 60; i++) {
            assertEquals("401 sign-in-failed", wrongPasskey("192.0.2.1").problemName());
        }
        assertEquals(LIMITED, wrongPasskey("192.0.2.1").problemName());
        assertEquals("401 sign-in-failed", wrongPasskey("192.0.2.2").problemName());
    }

    private Client.Answer wrongPasskey(String network) {
        return from(network)
                .post(
                        "/v1/signin/passkey",
                        new Passkeys.Attempt(
                                new SoftAuthenticator().prove(Device.bytes(32)),
                                Device.bytes(32),
                                Transport.BEARER,
                                false));
    }
}
