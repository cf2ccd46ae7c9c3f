package dev.nescio.server.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;

/// Believes what named proxies say of a request: who sent it, and whether it came over TLS. From any other address
/// these headers are nothing but what a client wrote. Jetty's own customizer believes everybody, and the first entry
/// of `X-Forwarded-For`, which the client may have written. Safe for use by many threads.
final class ProxyCustomizer implements HttpConfiguration.Customizer {

    private final Set<InetAddress> proxies;

    ProxyCustomizer(Set<InetAddress> proxies) {
        this.proxies = Set.copyOf(proxies);
    }

    @Override
    public Request customize(Request request, HttpFields.Mutable answer) {
        SocketAddress peer = request.getConnectionMetaData().getRemoteSocketAddress();
        if (!(peer instanceof InetSocketAddress internet) || !proxies.contains(internet.getAddress())) {
            return request;
        }
        List<String> proto = request.getHeaders().getValuesList("X-Forwarded-Proto");
        boolean secure = !proto.isEmpty() && proto.getLast().equalsIgnoreCase("https");
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

    /// Each proxy adds the address that it sees at the end: what stands before the last one that is no proxy of ours,
    /// anybody may have written.
    InetSocketAddress client(InetSocketAddress peer, HttpFields headers) {
        for (String entry : headers.getCSV("X-Forwarded-For", false).reversed()) {
            InetAddress address;
            try {
                address = InetAddress.ofLiteral(entry);
            } catch (IllegalArgumentException e) {
                return InetSocketAddress.createUnresolved("unknown", 0);
            }
            if (!proxies.contains(address)) {
                return new InetSocketAddress(address, 0);
            }
        }
        return peer;
    }
}
