package dev.nescio.systemtests;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// An honest server and before it a proxy that makes it a hostile one, new for each class and honest again after each
/// test.
abstract class AgainstHostileServer {

    @TempDir
    static Path folder;

    static World world;
    static HostileProxy proxy;

    @BeforeAll
    static void startWorld() throws IOException, InterruptedException {
        world = new World(folder);
        proxy = new HostileProxy(world.uri());
    }

    @AfterAll
    static void stopWorld() {
        proxy.close();
        world.close();
    }

    @AfterEach
    void behaveAgain() {
        proxy.behave();
        proxy.takeSeen();
    }
}
