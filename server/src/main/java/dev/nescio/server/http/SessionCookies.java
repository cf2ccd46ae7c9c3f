package dev.nescio.server.http;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.InvalidField;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How a session's token travels (spec, section 10.4): as bearer, or in a cookie that only this site's own
/// pages can use to change anything.
final class SessionCookies {

    private static final String COOKIE = "__Host-nescio";
    private static final String DEVELOPMENT_COOKIE = "nescio-dev";
    private static final String BEARER = "bearer ";
    /// A scheme and a host with its port (RFC 6454, section 7): whatever else there is makes it none.
    private static final Pattern ORIGIN = Pattern.compile("([a-z][a-z0-9+.-]*)://([^/?#@]+)");

    private static final Set<String> LOCAL_HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");

    private SessionCookies() {}

    static Optional<Bytes> token(HttpServletRequest request) {
        String authorization = request.getHeader("Authorization");
        if (authorization != null) {
            return authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)
                    ? parse(authorization.substring(BEARER.length()).strip())
                    : Optional.empty();
        }
        return cookie(request).flatMap(SessionCookies::parse);
    }

    /// Whether the token is that of the cookie.
    static boolean isToken(HttpServletRequest request) {
        return request.getHeader("Authorization") == null && cookie(request).isPresent();
    }

    /// @throws Refusal when the request carries the cookie and does not come from a page of this host
    static void requireOwnOrigin(HttpServletRequest request) {
        if (cookie(request).isPresent() && !isOwnOrigin(request.getHeader("Origin"), request.getHeader("Host"))) {
            throw Refusal.of(ProblemType.ORIGIN_REFUSED);
        }
    }

    static String header(HttpServletRequest request, Answer.SessionCookie cookie) {
        boolean local = isLocal(request);
        String value = cookie.token() == null ? "" : cookie.token().base64url();
        return (local ? DEVELOPMENT_COOKIE : COOKIE) + "=" + value + "; Path=/; HttpOnly; SameSite=Strict; Max-Age="
                + cookie.life().toSeconds() + (local ? "" : "; Secure");
    }

    private static Optional<String> cookie(HttpServletRequest request) {
        Cookie[] cookies = request.getCookies();
        if (cookies == null) {
            return Optional.empty();
        }
        String name = isLocal(request) ? DEVELOPMENT_COOKIE : COOKIE;
        for (Cookie cookie : cookies) {
            if (cookie.getName().equals(name)) {
                return Optional.of(cookie.getValue());
            }
        }
        return Optional.empty();
    }

    private static Optional<Bytes> parse(String token) {
        try {
            return Optional.of(Bytes.parse(token)).filter(bytes -> bytes.length() == 32);
        } catch (InvalidField e) {
            return Optional.empty();
        }
    }

    /// Only a local name without TLS, and without a proxy that has it, is plain http to the browser, and no page on the
    /// web can choose that name.
    private static boolean isLocal(HttpServletRequest request) {
        String host = request.getHeader("Host");
        return host != null && LOCAL_HOSTS.contains(withoutPort(host.toLowerCase(Locale.ROOT))) && !request.isSecure();
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }

    private static boolean isOwnOrigin(String origin, String host) {
        if (origin == null || host == null) {
            return false;
        }
        Matcher parts = ORIGIN.matcher(origin.toLowerCase(Locale.ROOT));
        if (!parts.matches()) {
            return false;
        }
        String usualPort = parts.group(1).equals("https") ? ":443" : ":80";
        return withPort(parts.group(2), usualPort).equals(withPort(host.toLowerCase(Locale.ROOT), usualPort));
    }

    private static String withPort(String host, String usualPort) {
        return withoutPort(host).equals(host) ? host + usualPort : host;
    }
}
