package dev.nescio.server.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Believes what named proxies say of a request: who sent it, and whether it came over TLS. From any other address
/// these headers are nothing but what a client wrote. Jetty's own customizer believes everybody, and the first entry
/// of `X-Forwarded-For`, which the client may have written. Safe for use by many threads.
final class ProxyCustomizer implements HttpConfiguration.Customizer {

    private static final Logger LOG = LoggerFactory.getLogger(ProxyCustomizer.class);
    private static final String FOR = "X-Forwarded-For";
    private static final String PROTO = "X-Forwarded-Proto";
    /// The second is what some write of a WebSocket.
    private static final Set<String> OVER_TLS = Set.of("https", "wss");

    private final Set<InetAddress> proxies;
    private final AtomicBoolean warned = new AtomicBoolean();

    ProxyCustomizer(Set<InetAddress> proxies) {
        this.proxies = Set.copyOf(proxies);
    }

    @Override
    public Request customize(Request request, HttpFields.Mutable answer) {
        SocketAddress peer = request.getConnectionMetaData().getRemoteSocketAddress();
        if (!(peer instanceof InetSocketAddress internet) || !proxies.contains(internet.getAddress())) {
            warnOnce(request.getHeaders());
            return request;
        }
        boolean secure = isSecure(request);
        InetSocketAddress client = client(internet, request.getHeaders());
        ConnectionMetaData connection = new ConnectionMetaData.Wrapper(request.getConnectionMetaData()) {
            @Override
            public SocketAddress getRemoteSocketAddress() {
                return client;
            }

            @Override
            public boolean isSecure() {
                return secure;
            }
        };
        return new Request.Wrapper(request) {
            @Override
            public ConnectionMetaData getConnectionMetaData() {
                return connection;
            }

            @Override
            public boolean isSecure() {
                return secure;
            }
        };
    }

    /// Whoever comes past the proxy can cause it as well, so that it says nothing but what to look at.
    private void warnOnce(HttpFields headers) {
        if (!proxies.isEmpty()
                && (headers.contains(FOR) || headers.contains(PROTO))
                && warned.compareAndSet(false, true)) {
            LOG.warn(
                    "{} or {} came from an address that --behind-proxy does not name, and was not believed. If it was"
                            + " a proxy of yours, name the address that it connects from; otherwise let nobody but the proxies"
                            + " reach this port.",
                    FOR,
                    PROTO);
        }
    }

    /// As the nearest proxy says, which is last; where it says nothing, as it connected.
    private static boolean isSecure(Request request) {
        List<String> said = request.getHeaders().getCSV(PROTO, false);
        return said.isEmpty()
                ? request.isSecure()
                : OVER_TLS.contains(said.getLast().toLowerCase(Locale.ROOT));
    }

    /// Each proxy adds the address that it sees at the end: what stands before the last one that is no proxy of ours,
    /// anybody may have written.
    InetSocketAddress client(InetSocketAddress peer, HttpFields headers) {
        for (String entry : headers.getCSV(FOR, false).reversed()) {
            InetAddress address;
            try {
                address = InetAddress.ofLiteral(withoutPort(entry));
            } catch (IllegalArgumentException e) {
                return InetSocketAddress.createUnresolved("unknown", 0);
            }
            if (!proxies.contains(address)) {
                return new InetSocketAddress(address, 0);
            }
        }
        return peer;
    }

    /// Some proxies write the port that the client connects from as well.
    private static String withoutPort(String entry) {
        int end = entry.startsWith("[") ? entry.indexOf(']') : entry.indexOf(':');
        if (end < 0 || (entry.charAt(end) == ':' && end != entry.lastIndexOf(':'))) {
            return entry;
        }
        return entry.substring(entry.startsWith("[") ? 1 : 0, end);
    }
}
