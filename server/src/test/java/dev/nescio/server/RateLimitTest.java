package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.Transport;
import java.time.Duration;
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
    void lookingUpByAddress() {
        SignIn.Lookup lookup = unknown();
        for (int i = 0; i < 10; i++) {
            assertEquals(200, lookUp("192.0.2." + i, lookup).status());
        }
        assertEquals(LIMITED, lookUp("192.0.2.77", lookup).problemName());
        assertEquals(200, lookUp("192.0.2.77", unknown()).status());
    }

    @Test
    void networkOfIpv6IsItsFirstHalf() {
        for (int i = 0; i < 30; i++) {
            assertEquals(200, lookUp("2001:db8::" + i, unknown()).status());
        }
        assertEquals(LIMITED, lookUp("2001:db8::ffff", unknown()).problemName());
        assertEquals(200, lookUp("2001:db8:0:1::1", unknown()).status());
    }

    @Test
    void failingByAddressEndsWithItsWindow() {
        Device device = signedUpFrom("192.0.2.1");
        for (int i = 0; i < 10; i++) {
            assertEquals(FAILED, signIn("192.0.2." + i, wrong(device)).problemName());
        }
        Client.Answer limited = signIn("192.0.2.50", device.attempt(device.code(server.time())));
        assertEquals(LIMITED, limited.problemName());
        assertTrue(Integer.parseInt(limited.header("Retry-After")) <= 900);
        for (int i = 0; i < 20; i++) {
            server.time().pass(Duration.ofSeconds(44));
            signIn("192.0.2.60", wrong(device));
        }
        server.time().pass(Duration.ofSeconds(21));
        assertEquals(
                200,
                signIn("192.0.2.50", device.attempt(device.code(server.time()))).status());
    }

    @Test
    void strangersDoNotLockOutWhoSignedInBefore() {
        Device device = signedUpFrom("192.0.2.1");
        assertEquals(
                200,
                signIn("192.0.2.1", device.attempt(device.code(server.time()))).status());
        for (int i = 0; i < 20; i++) {
            signIn("198.51.100." + i, wrong(device));
        }
        server.time().pass(Duration.ofSeconds(30));
        assertEquals(LIMITED, signIn("198.51.100.1", wrong(device)).problemName());
        assertEquals(
                200,
                signIn("192.0.2.1", device.attempt(device.code(server.time()))).status());
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
}
