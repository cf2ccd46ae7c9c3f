package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.protocol.SessionId;
import dev.nescio.server.config.DatabaseSetting;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Databases;
import dev.nescio.server.session.Sessions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// The sessions whose time is over go.
@ParameterizedClass
@EnumSource(Backend.class)
class SessionSweepTest {

    @Parameter
    Backend backend;

    /// Whoever has taken one of them may be waiting for another: a sweep that waited would be in its way for ever.
    @Test
    @Timeout(300)
    void theyGoWithoutWaitingForThoseThatSomebodyHas(@TempDir Path folder) throws Exception {
        DatabaseSetting setting = backend.fresh(folder);
        TestTime time = new TestTime();
        List<SessionId> ended = new ArrayList<>();
        try (Server server = Server.start(
                        TestServer.settings(folder, setting, false), time, time.ticker(), Duration.ofHours(1));
                Database database = Databases.open(setting);
                Connection other = Backend.connect(setting)) {
            Device held = Device.signedUp(new Client(server.port()), time);
            Device free = Device.signedUp(new Client(server.port()), time);
            Sessions sessions = new Sessions(
                    database, time, new Random(1), (transaction, account) -> {}, ended::addAll, changed -> {});
            sessions.sweep();
            assertEquals(List.of(), ended, "their time is not over");
            time.pass(Duration.ofDays(31));
            if (backend == Backend.POSTGRESQL) {
                other.setAutoCommit(false);
                try (Statement statement = other.createStatement()) {
                    assertEquals(
                            1,
                            statement.executeUpdate("UPDATE session SET seen_at = seen_at WHERE session = '\\x"
                                    + held.session.session().hex() + "'"));
                }
                sessions.sweep();
                assertEquals(List.of(free.session.session()), ended);
                other.rollback();
            }
            sessions.sweep();
            assertEquals(Set.of(held.session.session(), free.session.session()), Set.copyOf(ended));
        }
    }
}
