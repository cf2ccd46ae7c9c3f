package dev.nescio.server;

import dev.nescio.protocol.Bytes;
import dev.nescio.server.config.DatabaseSetting;
import dev.nescio.server.config.PublicUrl;
import dev.nescio.server.config.Settings;
import dev.nescio.server.config.SmtpSetting;
import dev.nescio.server.throttle.Throttle;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// A whole server on a port of its own, with time in the hands of the test.
final class TestServer implements AutoCloseable {

    /// What browsers would call it, whatever its port is.
    static final PublicUrl URL = PublicUrl.parse("https://nescio.example.org");

    private final Path folder;
    private final Settings settings;
    private final TestTime time = new TestTime();
    private Server server;
    private Client client;

    private TestServer(Path folder, Settings settings) {
        this.folder = folder;
        this.settings = settings;
        start();
    }

    private void start() {
        server = Server.start(settings, time, time.ticker());
        client = new Client(server.port());
    }

    private void stop() {
        client.close();
        server.close();
    }

    static TestServer start(Backend backend) {
        return start(backend, false);
    }

    static TestServer start(Backend backend, boolean rateLimits) {
        Path folder = temporaryFolder();
        return new TestServer(folder, settings(folder, backend.fresh(folder), rateLimits));
    }

    /// One that confirms addresses by mail.
    static TestServer start(Backend backend, boolean rateLimits, SmtpSetting smtp) {
        Path folder = temporaryFolder();
        return new TestServer(folder, withMail(settings(folder, backend.fresh(folder), rateLimits), smtp));
    }

    static Settings withMail(Settings off, SmtpSetting smtp) {
        return new Settings(
                off.data(),
                off.host(),
                off.port(),
                off.database(),
                off.keyring(),
                off.publicUrl(),
                off.rateLimits(),
                off.tls(),
                off.proxies(),
                off.signUpOpen(),
                smtp);
    }

    static Settings settings(Path folder, DatabaseSetting database, boolean rateLimits) {
        return new Settings(
                folder,
                "127.0.0.1",
                0,
                database,
                folder.resolve("keyring"),
                URL,
                rateLimits,
                null,
                Set.of(InetAddress.getLoopbackAddress()),
                true);
    }

    static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("nescio-server");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    Client client() {
        return client;
    }

    int port() {
        return server.port();
    }

    Throttle throttle() {
        return server.throttle();
    }

    long mailedCodesInMemory() {
        return server.mailedCodesInMemory();
    }

    Optional<Bytes> waitingForMailedCode(Bytes key) {
        return server.waitingForMailedCode(key);
    }

    TestTime time() {
        return time;
    }

    Settings settings() {
        return settings;
    }

    void restart() {
        stop();
        start();
    }

    long count(String table) {
        return number("SELECT COUNT(*) FROM " + table);
    }

    /// All rows of all tables of ours.
    long countAll() {
        long rows = 0;
        for (String table : new String[] {
            "account",
            "password_slot",
            "recovery_slot",
            "passkey_slot",
            "access_slot",
            "backup_code",
            "session",
            "spent_token",
            "device_list",
            "reset_code",
            "alert_address",
            "mailed_reset_code",
            "log_entry",
            "account_sequence",
            "container_list",
            "container",
            "rotated_container",
            "item"
        }) {
            rows += count(table);
        }
        return rows;
    }

    long number(String query) {
        return number(settings, query);
    }

    static long number(Settings settings, String query) {
        try (Connection connection = Backend.connect(settings.database());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = Backend.connect(settings.database());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        stop();
        delete(folder);
    }

    static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
