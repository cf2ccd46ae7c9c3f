package dev.nescio.server.http;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.Problem;
import dev.nescio.server.config.Settings;
import dev.nescio.server.config.UnusableSetting;
import dev.nescio.server.db.StorageUnavailable;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinBindException;
import io.javalin.websocket.WsConfig;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The HTTP side of the server: checks what all routes share, calls the handlers, writes their answers.
public final class HttpServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
    static final Duration TRY_AGAIN = Duration.ofSeconds(2);
    private static final String SOCKET_VERSION = "13";
    private static final String CALLER = "caller";
    private static final String TOKEN = "token";

    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT");

    private final Settings settings;
    private final Authenticator authenticator;
    private final RequestLimits requests;
    private final SocketListener sockets;
    private final Semaphore places;
    private final Duration bodyTime;
    private final BodyBudget bodies = BodyBudget.ofHeap(Runtime.getRuntime().maxMemory());
    private final Tls tls;
    private final Javalin javalin;

    private HttpServer(
            Settings settings,
            Authenticator authenticator,
            RequestLimits requests,
            SocketListener sockets,
            Map<Endpoint, Handler> handlers,
            Clock clock,
            HttpLimits limits) {
        this.settings = settings;
        this.authenticator = authenticator;
        this.requests = requests;
        this.sockets = sockets;
        this.places = new Semaphore(limits.requests());
        this.bodyTime = limits.body();
        this.tls = settings.tls() == null ? null : new Tls(settings.tls(), clock);
        this.javalin = Javalin.create(config -> configure(config, handlers, limits));
    }

    /// @param handlers one for each endpoint
    /// @param clock for the certificate's validity
    /// @throws UnusableSetting if the port is taken or not allowed, or the TLS certificate cannot be used
    public static HttpServer start(
            Settings settings,
            Authenticator authenticator,
            RequestLimits requests,
            SocketListener sockets,
            Map<Endpoint, Handler> handlers,
            Clock clock) {
        return start(settings, authenticator, requests, sockets, handlers, clock, HttpLimits.NORMAL);
    }

    static HttpServer start(
            Settings settings,
            Authenticator authenticator,
            RequestLimits requests,
            SocketListener sockets,
            Map<Endpoint, Handler> handlers,
            Clock clock,
            HttpLimits limits) {
        Set<Endpoint> missing = EnumSet.allOf(Endpoint.class);
        missing.removeAll(handlers.keySet());
        missing.remove(Endpoint.HINTS);
        if (!missing.isEmpty()) {
            throw new IllegalStateException("endpoints without a handler: " + missing);
        }
        HttpServer server = new HttpServer(settings, authenticator, requests, sockets, handlers, clock, limits);
        try {
            server.javalin.start();
        } catch (JavalinBindException e) {
            throw new UnusableSetting(
                    "Port " + settings.port() + " of " + settings.host() + " cannot be used: another program has it, or"
                            + " this user may not. Choose another one with --port, or 0 for any that is free.",
                    e);
        }
        return server;
    }

    public int port() {
        return javalin.port();
    }

    /// Takes a renewed TLS certificate, if there is one.
    public void renewCertificate() {
        if (tls != null) {
            tls.renew();
        }
    }

    /// Stops accepting, finishes what is in flight, then returns.
    @Override
    public void close() {
        javalin.stop();
    }

    private void configure(JavalinConfig config, Map<Endpoint, Handler> handlers, HttpLimits limits) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.prefer405over404 = true;
        // One address for one thing.
        config.router.ignoreTrailingSlashes = false;
        // What is sealed does not get smaller.
        config.http.compressionStrategy = CompressionStrategy.NONE;
        JettyLimits.apply(config, settings, limits, tls);
        config.requestLogger.http((context, millis) -> log(context, millis.longValue()));
        config.routes.before(HttpServer::refuseHead);
        handlers.forEach((endpoint, handler) -> config.routes.addHttpHandler(
                HandlerType.findOrCreate(endpoint.method()),
                endpoint.path(),
                context -> onlyDeclared(endpoint, () -> serve(endpoint, handler, context))));
        config.routes.get(
                Endpoint.HINTS.path(),
                context -> onlyDeclared(Endpoint.HINTS, () -> {
                    authenticate(context, Network.of(context.req()));
                    throw noSocket();
                }));
        config.routes.wsBeforeUpgrade(Endpoint.HINTS.path(), context -> {
            if (!context.req().getMethod().equals("GET")) {
                throw Refusal.of(ProblemType.METHOD_NOT_ALLOWED);
            }
            onlyDeclared(Endpoint.HINTS, () -> admit(context));
        });
        config.routes.ws(Endpoint.HINTS.path(), this::talk);
        config.routes.exception(Refusal.class, (refusal, context) -> refuse(context, refusal));
        config.routes.exception(
                StorageUnavailable.class, (failure, context) -> refuse(context, Refusal.unavailable(TRY_AGAIN)));
        config.routes.exception(
                HttpResponseException.class,
                (response, context) -> refuse(context, Refusal.ofStatus(response.getStatus())));
        config.routes.exception(Exception.class, this::confess);
    }

    /// What an endpoint does not say that it may answer, its clients do not know: a mistake of ours.
    private static void onlyDeclared(Endpoint endpoint, Runnable work) {
        try {
            work.run();
        } catch (Refusal refusal) {
            if (refusal.isDeclaredBy(endpoint)) {
                throw refusal;
            }
            throw new IllegalStateException(
                    endpoint + " does not declare " + refusal.problem().type(), refusal);
        }
    }

    private void serve(Endpoint endpoint, Handler handler, Context context) {
        if (endpoint.changes()) {
            SessionCookies.requireOwnOrigin(context.req());
        }
        Network network = Network.of(context.req());
        Caller caller = null;
        if (endpoint.access() == Endpoint.Access.ANYBODY) {
            requests.take(null, network);
        } else {
            caller = inPlace(() -> authenticate(context, network));
        }
        if (!endpoint.access().admits(caller)) {
            throw Refusal.of(ProblemType.SCOPE_REFUSED);
        }
        if (endpoint.access() == Endpoint.Access.PROVEN && !caller.proven()) {
            throw Refusal.of(ProblemType.PROOF_REQUIRED);
        }
        if (endpoint.request().isEmpty()) {
            handle(endpoint, handler, context, new Call(context, caller, null, network));
            return;
        }
        try (BodyBudget.Share share = bodies.share(network)) {
            // Before there is a place for it: whoever sends slowly takes none from others.
            Object body = body(endpoint, endpoint.request().get(), context, share);
            handle(endpoint, handler, context, new Call(context, caller, body, network));
        }
    }

    private Object body(Endpoint endpoint, Class<?> type, Context context, BodyBudget.Share share) {
        try (BodyTime time = BodyTime.of(context.req(), bodyTime)) {
            return JsonBody.read(context.req(), type, endpoint.mostBody(), share, time::waitForMore);
        } finally {
            share.arrived();
        }
    }

    private void handle(Endpoint endpoint, Handler handler, Context context, Call call) {
        answer(endpoint, context, inPlace(() -> handler.handle(call)));
    }

    private <T> T inPlace(Supplier<T> work) {
        if (!places.tryAcquire()) {
            throw Refusal.unavailable(TRY_AGAIN);
        }
        try {
            return work.get();
        } finally {
            places.release();
        }
    }

    private Caller authenticate(Context context, Network network) {
        Caller caller =
                SessionCookies.token(context.req()).flatMap(authenticator::find).orElse(null);
        requests.take(caller, network);
        if (caller == null) {
            throw Refusal.of(ProblemType.SESSION_REQUIRED);
        }
        return caller;
    }

    private void answer(Endpoint endpoint, Context context, Answer answer) {
        context.status(endpoint.status());
        protect(context);
        if (answer.cookie() != null) {
            context.header("Set-Cookie", SessionCookies.header(context.req(), answer.cookie()));
        }
        if (answer.body() != null) {
            write(context.contentType("application/json"), answer.body());
        }
    }

    /// Not as the context's result: that is copied once more, and not written when a socket is refused.
    private static void write(Context context, Object body) {
        try {
            context.res().getOutputStream().write(Json.STRICT.writeValueAsBytes(body));
        } catch (IOException e) {
            LOG.debug("a client did not wait for its answer", e);
        }
    }

    private void refuse(Context context, Refusal refusal) {
        Problem problem = refusal.problem();
        context.status(problem.status());
        protect(context);
        switch (problem.status()) {
            case 401 -> context.header("WWW-Authenticate", "Bearer");
            case 405 -> context.header("Allow", Endpoint.methodsAt(context.path()));
            case 426 ->
                context.header("Upgrade", "websocket")
                        .header("Connection", "Upgrade")
                        .header("Sec-WebSocket-Version", SOCKET_VERSION);
            default -> {}
        }
        if (refusal.retryAfter() != null) {
            long seconds = Math.max(1, refusal.retryAfter().plusMillis(999).toSeconds());
            context.header("Retry-After", Long.toString(seconds));
        }
        write(context.contentType(Problem.MEDIA_TYPE), problem);
    }

    /// A mistake of ours: the cause goes to the log, never to the client.
    private void confess(Exception failure, Context context) {
        LOG.error("a request failed at {}", context.endpoint().path, failure);
        refuse(context, Refusal.of(ProblemType.INTERNAL));
    }

    private void protect(Context context) {
        context.header("Cache-Control", "no-store");
        context.header("X-Content-Type-Options", "nosniff");
        if (context.req().isSecure() && settings.publicUrl().isHttpsAtUsualPort()) {
            context.header("Strict-Transport-Security", "max-age=31536000");
        }
    }

    /// Answering HEAD like GET would do the work of a GET for nobody.
    private static void refuseHead(Context context) {
        if (context.method().equals(HandlerType.HEAD)) {
            throw Refusal.of(
                    Endpoint.methodsAt(context.path()).isEmpty()
                            ? ProblemType.NOT_FOUND
                            : ProblemType.METHOD_NOT_ALLOWED);
        }
    }

    private void admit(Context context) {
        SessionCookies.requireOwnOrigin(context.req());
        Bytes token = SessionCookies.token(context.req()).orElseThrow(() -> Refusal.of(ProblemType.SESSION_REQUIRED));
        context.attribute(CALLER, authenticate(context, Network.of(context.req())));
        context.attribute(TOKEN, token);
        if (!SOCKET_VERSION.equals(context.header("Sec-WebSocket-Version"))) {
            throw Refusal.of(ProblemType.UPGRADE_REQUIRED);
        }
        if (!"websocket".equalsIgnoreCase(context.header("Upgrade")) || context.header("Sec-WebSocket-Key") == null) {
            throw noSocket();
        }
        // Javalin has taken the first subprotocol that the client names, and a type for a body that there is none of.
        context.res().setHeader("Sec-WebSocket-Protocol", null);
        context.res().setContentType(null);
    }

    private static Refusal noSocket() {
        return Refusal.badRequest("this address is for WebSockets");
    }

    private void talk(WsConfig socket) {
        socket.onConnect(context -> {
            context.enableAutomaticPings(30, TimeUnit.SECONDS);
            Socket opened = new Socket(context.session, context.attribute(CALLER));
            context.attribute("socket", opened);
            sockets.opened(opened);
            // The session may have ended after the handshake looked for it and before the socket was known.
            Bytes token = context.attribute(TOKEN);
            if (authenticator.find(token).isEmpty()) {
                sockets.ended(opened);
            }
        });
        socket.onClose(context -> {
            Socket closed = context.attribute("socket");
            if (closed != null) {
                sockets.closed(closed);
            }
        });
        socket.onError(context -> LOG.debug("a socket failed", context.error()));
    }

    /// The route's template and a method that is known, never the path, the address or what was sent.
    private static void log(Context context, long millis) {
        String method = context.method().name();
        LOG.info(
                "{} {} {} {} ms",
                METHODS.contains(method) ? method : "-",
                context.endpoint().path,
                context.statusCode(),
                millis);
    }
}
