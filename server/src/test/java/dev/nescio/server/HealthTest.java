package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.server.config.Settings;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Databases;
import dev.nescio.server.db.Dialect;
import dev.nescio.server.db.StorageUnavailable;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A server that can only read does not serve.
class HealthTest {

    @TempDir
    Path folder;

    /// A database that can be told to refuse writes, or reads.
    private static final class Failing implements Database {

        private final Database working;
        private volatile boolean writable = true;
        private volatile boolean readable = true;

        private Failing(Database working) {
            this.working = working;
        }

        @Override
        public <T> T write(Work<T> work) {
            if (!writable) {
                throw new StorageUnavailable("planted", null);
            }
            return working.write(work);
        }

        @Override
        public <T> T read(Work<T> work) {
            if (!readable) {
                throw new StorageUnavailable("planted", null);
            }
            return working.read(work);
        }

        @Override
        public <T> T query(Work<T> work) {
            if (!readable) {
                throw new StorageUnavailable("planted", null);
            }
            return working.read(work);
        }

        @Override
        public Dialect dialect() {
            return working.dialect();
        }

        @Override
        public void close() {
            working.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void serverIsHealthyWhileItReadsAndWrites(Backend backend) {
        Settings settings = TestServer.settings(folder, backend.fresh(folder), false);
        Failing database = new Failing(Databases.open(settings.database()));
        TestTime time = new TestTime();
        try (Server server =
                        Server.start(settings, database, Server.openKeys(settings, database), time, time.ticker());
                Client client = new Client(server.port())) {
            assertEquals(200, client.get("/v1/health").status());
            database.writable = false;
            assertEquals("503 unavailable", client.get("/v1/health").problemName());
            database.writable = true;
            database.readable = false;
            assertEquals("503 unavailable", client.get("/v1/health").problemName());
            database.readable = true;
            assertEquals(200, client.get("/v1/health").status());
        }
    }
}
