package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.Transport;
import dev.nescio.server.config.Settings;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a proxy says of a request counts only where the proxy was named.
class ProxyTest {

    private static final int LOOKUPS = 30;
    private static final String PROTO = "X-Forwarded-Proto";

    private final TestTime time = new TestTime();

    @TempDir
    Path folder;

    private Server behind(String... addresses) {
        return behind(null, addresses);
    }

    private Server behind(Settings.TlsFiles tls, String... addresses) {
        Settings usual = TestServer.settings(folder, Backend.SQLITE.fresh(folder), true);
        Set<InetAddress> proxies =
                Arrays.stream(addresses).map(InetAddress::ofLiteral).collect(Collectors.toSet());
        Settings settings = new Settings(
                folder,
                usual.host(),
                0,
                usual.database(),
                usual.keyring(),
                usual.publicUrl(),
                true,
                tls,
                proxies,
                usual.signUpOpen());
        return Server.start(settings, time, time.ticker());
    }

    /// @param forwarded what stands in the header, with %d for another number each time
    private static int statusAfterLookups(Server server, String forwarded) {
        try (Client client = new Client(server.port())) {
            return statusAfterLookups(client, forwarded);
        }
    }

    private static int statusAfterLookups(Client client, String forwarded) {
        int status = 0;
        for (int i = 0; i <= LOOKUPS; i++) {
            status = client.with("X-Forwarded-For", forwarded.formatted(i))
                    .post("/v1/signin/lookup", new SignIn.Lookup(Device.bytes(32)))
                    .status();
        }
        return status;
    }

    @Test
    void aClientThatNobodyNamedCannotClaimAnotherAddress() {
        try (Server server = behind("192.0.2.1")) {
            assertEquals(429, statusAfterLookups(server, "198.51.100.%d"));
        }
    }

    @Test
    void theNamedProxyTellsClientsApart() {
        try (Server server = behind("127.0.0.1")) {
            assertEquals(200, statusAfterLookups(server, "198.51.100.%d"));
            assertEquals(429, statusAfterLookups(server, "198.51.100.%d, 203.0.113.9"), "the client wrote the first");
        }
    }

    @Test
    void aChainOfNamedProxiesIsFollowedToTheFirstThatIsNot() {
        try (Server server = behind("127.0.0.1", "203.0.113.1")) {
            assertEquals(200, statusAfterLookups(server, "192.0.2.7, 198.51.100.%d, 203.0.113.1"));
            assertEquals(429, statusAfterLookups(server, "198.51.100.%d, 192.0.2.7, 203.0.113.1"));
        }
    }

    @Test
    void whatIsNoAddressIsOneNetwork() {
        try (Server server = behind("127.0.0.1")) {
            assertEquals(429, statusAfterLookups(server, "of my own choice %d"));
        }
    }

    @Test
    void onlyTheNamedProxySaysThatThereIsTls() {
        try (Server server = behind("127.0.0.1");
                Client client = new Client(server.port())) {
            assertSecure(true, client.with(PROTO, "https"));
        }
        try (Server server = behind("192.0.2.1");
                Client client = new Client(server.port())) {
            assertSecure(false, client.with(PROTO, "https"));
        }
    }

    @Test
    void ofSeveralProtocolsTheNearestProxysCounts() {
        try (Server server = behind("127.0.0.1");
                Client client = new Client(server.port())) {
            assertSecure(false, client);
            assertSecure(false, client.with(PROTO, "http"));
            assertSecure(false, client.with(PROTO, "https-not"));
            assertSecure(true, client.with(PROTO, "HTTPS"));
            assertSecure(true, client.with(PROTO, "wss"));
            assertSecure(true, client.with(PROTO, "http, https"));
            assertSecure(false, client.with(PROTO, "https,http"));
            assertSecure(true, client.with(PROTO, "http").with(PROTO, "https"));
            assertSecure(false, client.with(PROTO, "https").with(PROTO, "http"));
        }
    }

    @Test
    void overTlsTheConnectionCountsWhereTheProxySaysNothing() throws Exception {
        TlsIdentity identity = TlsIdentity.fresh();
        try (Server server = behind(identity.write(folder), "127.0.0.1");
                Client client = Client.overTls(identity, server.port())) {
            assertSecure(true, client);
            assertSecure(true, client.with(PROTO, "https"));
            assertSecure(false, client.with(PROTO, "http"));
            assertEquals(200, statusAfterLookups(client, "198.51.100.%d"));
            assertEquals(429, statusAfterLookups(client, "198.51.100.%d, 203.0.113.9"), "the client wrote the first");
        }
    }

    @Test
    void thePortOfAClientIsNoPartOfItsAddress() {
        try (Server server = behind("127.0.0.1")) {
            assertEquals(200, statusAfterLookups(server, "198.51.100.%d:4711"), "each a client of its own");
            assertEquals(429, statusAfterLookups(server, "203.0.113.9:%d"));
            assertEquals(200, statusAfterLookups(server, "[2001:db8:%d::1]:443"));
            assertEquals(429, statusAfterLookups(server, "[2001:db8:ffff::1]:%d"));
            assertEquals(200, statusAfterLookups(server, "[2001:db8:1%d:1::1]"));
            assertEquals(429, statusAfterLookups(server, "of my own choice:%d"), "what is no address is one network");
        }
    }

    @Test
    void headersOfSomebodyWhoWasNotNamedAreWarnedOfOnce() {
        try (LoggedLines lines = new LoggedLines("dev.nescio.server.http.ProxyCustomizer")) {
            try (Server server = behind()) {
                askWith(server, "X-Forwarded-For", "198.51.100.7");
            }
            try (Server server = behind("127.0.0.1")) {
                askWith(server, "X-Forwarded-For", "198.51.100.7");
            }
            try (Server server = behind("192.0.2.1")) {
                askWith(server, "X-Anything", "198.51.100.7");
                assertEquals(List.of(), lines.with(""));
                askWith(server, PROTO, "https");
                askWith(server, "X-Forwarded-For", "198.51.100.7");
                askWith(server, "X-Forwarded-For", "198.51.100.8");
            }
            assertEquals(1, lines.with("").size(), lines.with("")::toString);
            String line = lines.with("WARN").getFirst();
            assertTrue(line.contains("--behind-proxy does not name"), line);
            assertFalse(line.contains("127.0.0.1") || line.contains("198.51.100") || line.contains("192.0.2"), line);
        }
    }

    private static void askWith(Server server, String header, String value) {
        try (Client client = new Client(server.port())) {
            assertEquals(200, client.with(header, value).get("/v1/health").status());
        }
    }

    private void assertSecure(boolean expected, Client client) {
        String cookie = cookie(client);
        assertTrue(cookie.startsWith(expected ? "__Host-nescio=" : "nescio-dev="), cookie);
    }

    private String cookie(Client client) {
        Device device = Device.fresh();
        SignUp.Started started = client.post("/v1/signup/start", device.start).as(SignUp.Started.class);
        String code = Device.code(started.totpSecret(), time.millis() / 30_000);
        return client.post("/v1/signup/confirm", new SignUp.Confirm(started.signup(), code, Transport.COOKIE, false))
                .header("Set-Cookie");
    }
}
