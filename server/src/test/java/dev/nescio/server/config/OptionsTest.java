package dev.nescio.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {

    private static Set<InetAddress> proxies(String given) {
        return Options.parse(List.of("--behind-proxy", given), Map.of())
                .settings()
                .proxies();
    }

    @Test
    void proxiesAreNamedByWholeAddresses() {
        assertEquals(Set.of(), proxies("no"));
        assertEquals(Set.of(InetAddress.ofLiteral("127.0.0.1")), proxies("127.0.0.1"));
        assertEquals(
                Set.of(InetAddress.ofLiteral("192.0.2.1"), InetAddress.ofLiteral("2001:db8::1")),
                proxies("192.0.2.1, 2001:DB8:0::1"));
        assertEquals(Set.of(InetAddress.ofLiteral("::1")), proxies("::1"));
        assertEquals(Set.of(InetAddress.ofLiteral("192.0.2.1")), proxies("::ffff:192.0.2.1"), "as it connects");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "127.1",
                "2130706433",
                "0x7f.0.0.1",
                "127.0.0.01",
                "127.0.0.256",
                "0.0.0.0",
                "::",
                "::ffff:0.0.0.0",
                "localhost",
                "proxy.example.org",
                "10.0.0.0/8",
                "2001:db8::/32",
                "127.0.0.1:80",
                "127.0.0.1,",
                "127.0.0.1,no",
                "yes",
            })
    void whatIsNoWholeAddressOfAProxyIsRefused(String given) {
        UnusableSetting refusal = assertThrows(UnusableSetting.class, () -> proxies(given));
        assertTrue(refusal.getMessage().contains("the whole address that the proxy connects from"), given);
    }
}
