package dev.nescio.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.cli.terminal.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What goes wrong before a server is needed: a sentence, an exit code, never a stack trace, and the same
/// for programs.
class MistakesTest {

    @TempDir
    private Path home;

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake(Exit.USAGE, "usage"),
                mistake(Exit.USAGE, "usage", "sginup"),
                mistake(Exit.USAGE, "usage", "chat"),
                mistake(Exit.USAGE, "usage", "chat", "read"),
                mistake(Exit.USAGE, "usage", "passkey"),
                mistake(Exit.USAGE, "usage", "passkey", "rename", "4f2a9c10"),
                mistake(Exit.USAGE, "usage", "chat", "read", "--last", "many", "x"),
                mistake(Exit.USAGE, "usage", "chat", "read", "--last", "-1", "x"),
                mistake(Exit.USAGE, "usage", "whoami", "--nonsense"),
                mistake(Exit.USAGE, "usage", "help", "nonsense"),
                mistake(Exit.USAGE, "usage", "signup", "ada@example.org"),
                mistake(Exit.USAGE, "usage", "signin", "ada@example.org"),
                mistake(Exit.USAGE, "usage", "signin", "--unsealed-profile", "no address"),
                mistake(Exit.USAGE, "usage", "signin", "--unsealed-profile", "--server", "http://example.org", "a@b.c"),
                mistake(Exit.USAGE, "usage", "signin", "--unsealed-profile", "--server", "::", "a@b.c"),
                mistake(
                        Exit.USAGE,
                        "usage",
                        "signin",
                        "--unsealed-profile",
                        "--password-file",
                        "/nonexistent",
                        "a@b.c"),
                mistake(Exit.USAGE, "usage", "signin", "--unsealed-profile", "--password-stdin", "a@b.c"),
                mistake(Exit.USAGE, "usage", "signin", "--password-stdin", "--password-file", "x", "a@b.c"),
                mistake(Exit.USAGE, "usage", "signin", "--unsealed-profile", "a\ufffd@b.c"),
                mistake(Exit.NOT_SIGNED_IN, "not-signed-in", "whoami"),
                mistake(Exit.NOT_SIGNED_IN, "not-signed-in", "signout"),
                mistake(Exit.NOT_SIGNED_IN, "not-signed-in", "signout", "--forget"),
                mistake(Exit.NOT_SIGNED_IN, "not-signed-in", "chat", "list"),
                mistake(Exit.NOT_SIGNED_IN, "not-signed-in", "passkey", "list"),
                mistake(Exit.NOT_SIGNED_IN, "not-signed-in", "chat", "send", "x", "y"));
    }

    private static Arguments mistake(int exitCode, String problem, String... arguments) {
        return Arguments.of(exitCode, problem, arguments);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void isSaidInASentence(int exitCode, String problem, String[] arguments) {
        Run run = Run.of(home, arguments);
        assertEquals(exitCode, run.exitCode(), run.err());
        assertEquals("", run.out());
        assertFalse(run.err().isBlank());
        assertFalse(run.err().contains("Exception"), run.err());
        assertFalse(run.err().contains("\tat "), run.err());
    }

    @Test
    void passkeysAreSaidToNeedABrowser() {
        Run run = Run.of(home, "passkey");
        assertEquals(Exit.USAGE, run.exitCode());
        assertTrue(run.err().contains("in a browser only"), run.err());
        assertTrue(Run.of(home, "passkey", "--help").out().contains("in a browser only"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void isSaidInJson(int exitCode, String problem, String[] arguments) {
        Run run = Run.of(
                home, Stream.concat(Stream.of(arguments), Stream.of("--json")).toArray(String[]::new));
        assertEquals(exitCode, run.exitCode());
        assertEquals("", run.err());
        Map<?, ?> only = run.json().getFirst();
        assertEquals(1, run.json().size());
        assertEquals(false, only.get("ok"));
        assertEquals(problem, only.get("problem"));
        assertTrue(only.get("message") instanceof String text && !text.isBlank());
    }

    @Test
    void aDamagedProfileIsSaidWithTheWayOut() throws IOException {
        Path folder = privateFolder();
        Files.writeString(folder.resolve("profile.json"), "{\"format\":\"nescio-pro");
        Files.setPosixFilePermissions(folder.resolve("profile.json"), PosixFilePermissions.fromString("rw-------"));
        Run run = Run.of(folder, "whoami");
        assertEquals(Exit.PROFILE, run.exitCode());
        assertTrue(run.err().contains("signout --forget"), run.err());
        assertEquals(Exit.OK, Run.of(folder, "signout", "--forget").exitCode());
        assertEquals(Exit.NOT_SIGNED_IN, Run.of(folder, "whoami").exitCode());
    }

    @Test
    void aFolderThatOthersCanReadIsRefusedWithTheRemedy() throws IOException {
        Path folder = privateFolder();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Run run = Run.of(folder, "signin", "--unsealed-profile", "--password-stdin", "ada@example.org");
        assertEquals(Exit.PROFILE, run.exitCode());
        assertTrue(run.err().contains("chmod 700"), run.err());
    }

    @Test
    void aServerThatIsNotThereIsUnreachable() throws IOException {
        Path password = Files.writeString(home.resolve("password"), "long enough to try\n");
        Path code = Files.writeString(home.resolve("code"), "123456\n");
        Run run = Run.of(
                privateFolder(),
                "signin",
                "--json",
                "--server",
                "http://localhost:1",
                "--unsealed-profile",
                "--password-file",
                password.toString(),
                "--code-file",
                code.toString(),
                "ada@example.org");
        assertEquals(Exit.UNREACHABLE, run.exitCode());
        assertEquals("unreachable", run.json().getLast().get("problem"));
    }

    private Path privateFolder() throws IOException {
        return Files.createDirectory(
                home.resolve("profile"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
}
