package dev.nescio.server.http;

import dev.nescio.protocol.Bytes;
import jakarta.servlet.http.HttpServletRequest;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/// Where a request comes from: for limits, and for the owner of the account alone ([#prefix]).
///
/// @param name of one IPv4 address, or of the 64-bit prefix that one IPv6 link has
/// @param block the 48-bit prefix that one IPv6 customer may have all networks of; of an IPv4 address itself
public record Network(String name, String block) {

    private static final int LINK = 8;
    private static final int SITE = 6;
    private static final int IPV4_PREFIX = 3;

    /// Whether somebody may have many networks of its block.
    public boolean isInBlock() {
        return !block.equals(name);
    }

    /// What the owner of an account is told: 24 bits of an IPv4 address, 48 of an IPv6 address, none
    /// where it is not known.
    public Bytes prefix() {
        if (isInBlock()) {
            return Bytes.parseHex(block);
        }
        try {
            return Bytes.copyOf(Arrays.copyOf(InetAddress.ofLiteral(name).getAddress(), IPV4_PREFIX));
        } catch (IllegalArgumentException e) {
            return Bytes.copyOf(new byte[0]);
        }
    }

    static Network of(HttpServletRequest request) {
        return of(request.getRemoteAddr());
    }

    /// @param address an IP address; anything else is one network
    static Network of(String address) {
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
