package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.Transport;
import dev.nescio.server.config.Settings;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a proxy says of a request counts only where the proxy was named.
class ProxyTest {

    private static final int LOOKUPS = 30;

    private final TestTime time = new TestTime();

    @TempDir
    Path folder;

    private Server behind(String... addresses) {
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
                null,
                proxies,
                usual.signUpOpen());
        return Server.start(settings, time, time.ticker());
    }

    /// @param forwarded what stands in the header, with %d for another number each time
    private static int statusAfterLookups(Server server, String forwarded) {
        int status = 0;
        for (int i = 0; i <= LOOKUPS; i++) {
            status = new Client(server.port())
                    .with("X-Forwarded-For", forwarded.formatted(i))
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
        try (Server server = behind("127.0.0.1")) {
            assertTrue(cookieOfHttps(server).startsWith("__Host-nescio="));
        }
        try (Server server = behind("192.0.2.1")) {
            assertTrue(cookieOfHttps(server).startsWith("nescio-dev="));
        }
    }

    private String cookieOfHttps(Server server) {
        Client client = new Client(server.port()).with("X-Forwarded-Proto", "https");
        Device device = Device.fresh();
        SignUp.Started started = client.post("/v1/signup/start", device.start).as(SignUp.Started.class);
        String code = Device.code(started.totpSecret(), time.millis() / 30_000);
        return client.post("/v1/signup/confirm", new SignUp.Confirm(started.signup(), code, Transport.COOKIE, false))
                .header("Set-Cookie");
    }
}
