package dev.nescio.server;

import dev.nescio.server.config.DatabaseSetting;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// A real PostgreSQL server that the tests start and stop themselves, with a fresh database for whoever asks.
///
/// As root the embedded server runs in a user namespace of its own (`unshare -U`), because PostgreSQL refuses
/// root.
final class TestPostgres {

    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static EmbeddedPostgres server;

    private TestPostgres() {}

    static synchronized DatabaseSetting.Postgres fresh() {
        String name = "nescio_" + DATABASES.incrementAndGet();
        try (Connection connection = start().getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        } catch (SQLException e) {
            throw new IllegalStateException("the test database cannot be created", e);
        }
        return new DatabaseSetting.Postgres(
                "jdbc:postgresql://localhost:" + server.getPort() + "/" + name, "postgres", "postgres");
    }

    static Connection connect(DatabaseSetting.Postgres setting) throws SQLException {
        return DriverManager.getConnection(setting.url(), setting.user(), setting.password());
    }

    private static EmbeddedPostgres start() {
        if (server == null) {
            try {
                server = EmbeddedPostgres.builder()
                        .setPGStartupWait(Duration.ofMinutes(5))
                        .setServerConfig("fsync", "off")
                        .setServerConfig("max_connections", "300")
                        .start();
            } catch (IOException | IllegalStateException e) {
                throw new IllegalStateException(
                        "The tests need a PostgreSQL and could not start the embedded one. As root it needs user"
                                + " namespaces (util-linux: unshare -U true must succeed; sysctl"
                                + " kernel.unprivileged_userns_clone=1); else run the tests as another user.",
                        e);
            }
        }
        return server;
    }
}
