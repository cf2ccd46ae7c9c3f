package dev.nescio.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.cli.terminal.Exit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The help teaches: every command says the same kinds of things, in lines that fit 80 columns.
class HelpTest {

    private static final List<String> ROOT = List.of(
            "signup",
            "signin",
            "signout",
            "whoami",
            "chat",
            "serve",
            "demo",
            "breach-drill",
            "test [--deep]",
            "bench",
            "format");

    @TempDir
    private Path home;

    @Test
    void theFirstPageNamesEveryCommandAndTheScripts() {
        Run run = Run.of(home, "--help");
        assertEquals(Exit.OK, run.exitCode());
        ROOT.forEach(command -> assertTrue(run.out().contains("\n  " + command + " "), command));
        assertTrue(run.out().contains("130"), run.out());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "signup",
                "signin",
                "signout",
                "whoami",
                "chat new",
                "chat list",
                "chat send",
                "chat read",
                "serve",
                "demo",
                "breach-drill"
            })
    void everyCommandSaysWhatItAsksKeepsAndReturns(String command) {
        Run run = Run.of(home, words(command, "--help"));
        assertEquals(Exit.OK, run.exitCode());
        for (String expected : List.of(
                "Usage: nescio " + command, "What is asked", "Example", "Kept on this", "Exit codes:", "--json")) {
            assertTrue(run.out().contains(expected), command + " has no: " + expected);
        }
        run.out().lines().forEach(line -> assertTrue(line.length() <= 80, line));
        assertEquals(run.out(), Run.of(home, words("help " + command)).out());
        Map<?, ?> json = Run.of(home, words("help --json " + command)).json().getLast();
        assertEquals(true, json.get("ok"));
        assertEquals(run.out(), json.get("help"));
    }

    @Test
    void noCommandTakesAPasswordAsAnArgument() {
        Run run = Run.of(home, "signin", "--password", "hunter2hunter2", "ada@example.org");
        assertEquals(Exit.USAGE, run.exitCode());
        assertTrue(run.err().contains("--password-stdin"), run.err());
        assertTrue(!run.err().contains("hunter2"), run.err());
    }

    @Test
    void theVersionIsOneLine() {
        Run run = Run.of(home, "--version");
        assertEquals(Exit.OK, run.exitCode());
        assertEquals(1, run.out().lines().count());
    }

    private static String[] words(String command, String... more) {
        List<String> all = new ArrayList<>(List.of(command.split(" ")));
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }
}
