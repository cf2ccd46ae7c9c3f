package dev.nescio.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.nescio.protocol.Problem;
import dev.nescio.protocol.SignIn;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.http.HttpFields;

/// Hostile bytes as body and headers of a request: only a refusal with a status escapes. `CONTRIBUTING.md` says
/// how to let the fuzzer look for new inputs.
class ParsersFuzzTest {

    @FuzzTest(maxDuration = "30s")
    void body(byte[] body) {
        BodyBudget budget = new BodyBudget(1 << 20, 1 << 20, 1);
        try (BodyBudget.Share share = budget.share(new Network("a", "a"))) {
            SignIn.Lookup lookup =
                    JsonBody.read(request(body, Map.of()), SignIn.Lookup.class, 1 << 20, share, arrived -> true);
            assertEquals(32, lookup.hashedEmail().length());
        } catch (Refusal refusal) {
            Problem problem = refusal.problem();
            assertTrue(problem.status() == 400 || problem.status() == 413, problem.detail());
        }
    }

    @FuzzTest(maxDuration = "30s")
    void authorization(byte[] header) {
        SessionCookies.token(request(new byte[0], Map.of("Authorization", text(header))))
                .ifPresent(token -> assertEquals(32, token.length()));
    }

    @FuzzTest(maxDuration = "30s")
    void origin(byte[] header) {
        HttpServletRequest request = request(new byte[0], Map.of("Origin", text(header), "Host", "localhost:8300"));
        try {
            SessionCookies.requireOwnOrigin(request);
            assertTrue(text(header).toLowerCase(Locale.ROOT).endsWith("//localhost:8300"));
        } catch (Refusal refusal) {
            assertEquals(403, refusal.problem().status());
        }
    }

    @FuzzTest(maxDuration = "30s")
    void network(byte[] header) {
        HttpFields headers = HttpFields.build().add("X-Forwarded-For", text(header));
        InetSocketAddress peer = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        InetSocketAddress client = new ProxyCustomizer(Set.of(peer.getAddress())).client(peer, headers);
        Network network = Network.of(client.getHostString());
        assertNotNull(network);
        assertFalse(network.name().length() > 45, network.name());
        assertFalse(network.block().length() > 45, network.block());
    }

    private static String text(byte[] header) {
        return new String(header, StandardCharsets.ISO_8859_1);
    }

    /// Stands in for the container's request: a JSON body, these headers, and the cookie of a session.
    private static HttpServletRequest request(byte[] body, Map<String, String> headers) {
        return (HttpServletRequest) Proxy.newProxyInstance(
                ParsersFuzzTest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getContentLengthLong" -> -1L;
                    case "getInputStream" -> new Body(body);
                    case "getHeader" ->
                        arguments[0].equals("Content-Type") ? "application/json" : headers.get((String) arguments[0]);
                    case "getCookies" -> new Cookie[] {new Cookie("nescio-dev", "A".repeat(43))};
                    case "getHeaders" ->
                        Collections.enumeration(Optional.ofNullable(headers.get((String) arguments[0]))
                                .map(Collections::singletonList)
                                .orElse(Collections.emptyList()));
                    case "isSecure" -> false;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static final class Body extends ServletInputStream {

        private final ByteArrayInputStream in;

        private Body(byte[] body) {
            in = new ByteArrayInputStream(body);
        }

        @Override
        public int read() {
            return in.read();
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            return in.read(into, offset, length);
        }

        @Override
        public boolean isFinished() {
            return in.available() == 0;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new UnsupportedOperationException("nothing here reads without waiting");
        }
    }
}
