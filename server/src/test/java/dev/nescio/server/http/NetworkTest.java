package dev.nescio.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.sealing.v1.OriginNote;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Where a request comes from.
class NetworkTest {

    @Test
    void anOwnerIsToldNoMoreThan24BitsOfIpv4And48OfIpv6() {
        Map<String, String> told = Map.of(
                "203.0.113.77", "203.0.113.0/24",
                "0.0.0.255", "0.0.0.0/24",
                "2001:db8:12:34:56:78:9a:bc", "2001:db8:12::/48",
                "::1", "0:0:0::/48",
                "::ffff:203.0.113.77", "203.0.113.0/24",
                "fe80::1%1", "fe80:0:0::/48",
                "somewhere", "unknown");
        told.forEach((address, text) ->
                assertEquals(text, new OriginNote(Network.of(address).prefix()).text(), address));
    }
}
