package dev.nescio.systemtests;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// A real mail server, a real server that has mail on, and a proxy between that and the clients: new for each class,
/// and
/// the proxy honest again after each test.
abstract class WithMail {

    @TempDir
    static Path folder;

    static Inbox inbox;
    static World world;
    static HostileProxy proxy;

    @BeforeAll
    static void startWorld() throws IOException, InterruptedException {
        inbox = new Inbox();
        proxy = new HostileProxy(() -> world.uri());
        world = new World(
                folder,
                "--public-url",
                proxy.uri().toString(),
                "--smtp",
                inbox.setting(folder).toString());
    }

    @AfterAll
    static void stopWorld() {
        proxy.close();
        world.close();
        inbox.close();
    }

    @AfterEach
    void behaveAgain() {
        proxy.behave();
        proxy.takeSeen();
    }
}
