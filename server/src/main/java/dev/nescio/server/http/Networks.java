package dev.nescio.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;

/// Which network a request comes from, for rate limits: one IPv4 address, or the 64-bit prefix that one
/// IPv6 customer has.
final class Networks {

    private Networks() {}

    /// @param behindProxy whether to believe the last entry of `X-Forwarded-For`, which the proxy wrote
    static String of(HttpServletRequest request, boolean behindProxy) {
        List<String> forwarded = behindProxy ? Collections.list(request.getHeaders("X-Forwarded-For")) : List.of();
        return prefix(forwarded.isEmpty() ? request.getRemoteAddr() : lastEntry(forwarded.getLast()));
    }

    /// A proxy adds to the client's line or adds a line of its own: either way the last entry is the proxy's.
    private static String lastEntry(String line) {
        return line.substring(line.lastIndexOf(',') + 1).strip();
    }

    static String prefix(String address) {
        try {
            InetAddress parsed = InetAddress.ofLiteral(address);
            return parsed instanceof Inet6Address
                    ? HexFormat.of().formatHex(Arrays.copyOf(parsed.getAddress(), 8))
                    : parsed.getHostAddress();
        } catch (IllegalArgumentException e) {
            return "unknown";
        }
    }
}
