package dev.nescio.systemtests;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Passes octets between clients and a real server, and keeps every one that a client sends: lines,
/// headers, bodies, sockets.
final class RecordingProxy implements AutoCloseable {

    private static final Pattern REQUEST = Pattern.compile("(GET|POST|PUT|PATCH|DELETE) (/v1/[^ ?]*)[^ ]* HTTP/1\\.1");

    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Supplier<URI> real;
    private final List<ByteArrayOutputStream> connections = new CopyOnWriteArrayList<>();

    /// @param real asked for at each connection, so that the real server can be told of this one before
    /// it starts
    RecordingProxy(Supplier<URI> real) throws IOException {
        this.real = real;
        Thread.ofVirtual().start(this::accept);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }

    private void accept() {
        try {
            while (true) {
                Socket client = socket.accept();
                Socket server =
                        new Socket(InetAddress.getLoopbackAddress(), real.get().getPort());
                ByteArrayOutputStream record = new ByteArrayOutputStream();
                connections.add(record);
                Thread.ofVirtual().start(() -> pass(client, server, record));
                Thread.ofVirtual().start(() -> pass(server, client, null));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    /// @param record null for what the server says
    private static void pass(Socket from, Socket to, ByteArrayOutputStream record) {
        byte[] buffer = new byte[8192];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            int some;
            while ((some = in.read(buffer)) >= 0) {
                if (record != null) {
                    record.write(buffer, 0, some);
                }
                to.getOutputStream().write(buffer, 0, some);
            }
        } catch (IOException e) {
            // One of the two has gone.
        }
    }

    /// All that clients have sent, a connection after the other.
    byte[] sent() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        connections.forEach(connection -> all.writeBytes(connection.toByteArray()));
        return all.toByteArray();
    }

    /// What was sent on each connection.
    List<byte[]> connections() {
        return connections.stream().map(ByteArrayOutputStream::toByteArray).toList();
    }

    /// Method and path of each request, once.
    Set<String> requests() {
        Set<String> requests = new TreeSet<>();
        for (MatchResult found : REQUEST.matcher(new String(sent(), StandardCharsets.ISO_8859_1))
                .results()
                .toList()) {
            requests.add(found.group(1) + " " + found.group(2));
        }
        return requests;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
