package dev.nescio.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;

/// How long a body may take to arrive: a grace time whatever its size, and after that it has to have kept a
/// rate. It also bounds how long a read waits, so that silence ends at that time and not at the timeout of an
/// idle connection. For one thread.
final class BodyTime implements AutoCloseable {

    private static final int LEAST_BYTES_PER_SECOND = 8 * 1024;

    private final EndPoint connection;
    private final Duration grace;
    private final long idleMillis;
    private final long began = System.nanoTime();

    private BodyTime(EndPoint connection, Duration grace) {
        this.connection = connection;
        this.grace = grace;
        this.idleMillis = connection.getIdleTimeout();
    }

    static BodyTime of(HttpServletRequest request, Duration grace) {
        return new BodyTime(
                ServletContextRequest.getServletContextRequest(request)
                        .getConnectionMetaData()
                        .getConnection()
                        .getEndPoint(),
                grace);
    }

    /// Called before a read that may have to wait.
    ///
    /// @param arrived octets so far
    /// @return whether there is time for more
    boolean waitForMore(int arrived) {
        long allowed = grace.toMillis() + arrived * 1000L / LEAST_BYTES_PER_SECOND;
        long left = allowed - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        if (left <= 0) {
            return false;
        }
        connection.setIdleTimeout(Math.min(idleMillis, left));
        return true;
    }

    @Override
    public void close() {
        connection.setIdleTimeout(idleMillis);
    }
}
