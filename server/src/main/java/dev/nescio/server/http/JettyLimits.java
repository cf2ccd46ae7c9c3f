package dev.nescio.server.http;

import dev.nescio.server.config.Settings;
import io.javalin.config.JavalinConfig;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.eclipse.jetty.ee10.servlet.SessionHandler;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.session.NullSessionCache;
import org.eclipse.jetty.session.NullSessionDataStore;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/// Sets up Jetty: what it accepts, how long it waits, and how it stops.
final class JettyLimits {

    private static final int HEADERS = 16 * 1024;
    private static final int SOCKET_MESSAGE = 1024;
    private static final Duration STOP = Duration.ofSeconds(10);

    private JettyLimits() {}

    /// @param tls null for plain HTTP
    static void apply(JavalinConfig config, Settings settings, HttpLimits limits, Tls tls) {
        config.unsafe.jettyInternal.server = server(limits);
        config.jetty.modifyHttpConfiguration(http -> limit(http, settings, limits));
        config.jetty.addConnector((server, http) -> connector(server, http, settings, limits, tls));
        config.jetty.modifyServletContextHandler(context -> {
            context.setErrorHandler(new ErrorPages());
            keepNoSessions(context.getSessionHandler());
        });
        config.jetty.modifyWebSocketServletFactory(sockets -> {
            sockets.setIdleTimeout(limits.socketIdle());
            sockets.setMaxTextMessageSize(SOCKET_MESSAGE);
            sockets.setMaxBinaryMessageSize(SOCKET_MESSAGE);
            sockets.setMaxFrameSize(SOCKET_MESSAGE);
        });
    }

    /// Javalin begins a session of the container's with each WebSocket; nothing here uses it. So it gets no
    /// cookie and is not kept.
    private static void keepNoSessions(SessionHandler sessions) {
        sessions.setUsingCookies(false);
        NullSessionCache cache = new NullSessionCache(sessions);
        cache.setSessionDataStore(new NullSessionDataStore());
        sessions.setSessionCache(cache);
    }

    private static Server server(HttpLimits limits) {
        QueuedThreadPool threads = new QueuedThreadPool();
        threads.setName("http");
        threads.setVirtualThreadsExecutor(Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("request-", 0).factory()));
        Server server = new Server(threads);
        server.setStopTimeout(STOP.toMillis());
        server.setErrorHandler(new ErrorPages());
        server.setHandler(new GracefulHandler());
        server.addBean(new NetworkConnectionLimit(limits.connections(), server));
        return server;
    }

    private static void limit(HttpConfiguration http, Settings settings, HttpLimits limits) {
        http.setRequestHeaderSize(HEADERS);
        // The cache would keep tokens for as long as a connection lives, and it ignores case: a token that begins like
        // a header before it would be read in that one's spelling.
        http.setHeaderCacheSize(0);
        http.setSendServerVersion(false);
        http.setSendDateHeader(false);
        http.setUriCompliance(UriCompliance.DEFAULT);
        http.setIdleTimeout(limits.idle().toMillis());
        // There is one certificate, whatever name the client asks for.
        http.addCustomizer(new SecureRequestCustomizer(false));
        http.addCustomizer(new ProxyCustomizer(settings.proxies()));
    }

    private static ServerConnector connector(
            Server server, HttpConfiguration http, Settings settings, HttpLimits limits, Tls tls) {
        HttpConnectionFactory connections = new HttpConnectionFactory(http);
        ServerConnector connector = tls == null
                ? new ServerConnector(server, connections)
                : new ServerConnector(server, tls.context(), connections);
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        connector.setIdleTimeout(limits.idle().toMillis());
        connector.addBean(new ConnectionCap(limits.connectionsOfABlock(), settings.proxies()));
        connector.addBean(new HeaderTime(limits.headers(), connector.getScheduler()));
        return connector;
    }
}
