package dev.nescio.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;

/// Where a request comes from, for limits only.
///
/// @param name of one IPv4 address, or of the 64-bit prefix that one IPv6 link has
/// @param block the 48-bit prefix that one IPv6 customer may have all networks of; of an IPv4 address itself
public record Network(String name, String block) {

    private static final int LINK = 8;
    private static final int SITE = 6;

    /// Whether somebody may have many networks of its block.
    public boolean isInBlock() {
        return !block.equals(name);
    }

    /// @param behindProxy whether to believe the last entry of `X-Forwarded-For`, which the proxy wrote
    static Network of(HttpServletRequest request, boolean behindProxy) {
        List<String> forwarded = behindProxy ? Collections.list(request.getHeaders("X-Forwarded-For")) : List.of();
        return of(forwarded.isEmpty() ? request.getRemoteAddr() : lastEntry(forwarded.getLast()));
    }

    /// A proxy adds to the client's line or adds a line of its own: either way the last entry is the proxy's.
    private static String lastEntry(String line) {
        return line.substring(line.lastIndexOf(',') + 1).strip();
    }

    private static Network of(String address) {
        try {
            return of(InetAddress.ofLiteral(address));
        } catch (IllegalArgumentException e) {
            return new Network("unknown", "unknown");
        }
    }

    static Network of(InetAddress address) {
        byte[] bytes = address.getAddress();
        return address instanceof Inet6Address
                ? new Network(prefix(bytes, LINK), prefix(bytes, SITE))
                : new Network(address.getHostAddress(), address.getHostAddress());
    }

    private static String prefix(byte[] address, int octets) {
        return HexFormat.of().formatHex(Arrays.copyOf(address, octets));
    }
}
