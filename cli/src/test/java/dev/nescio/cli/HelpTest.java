package dev.nescio.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Terminal;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// The help teaches: every command says the same kinds of things, in lines that fit 80 columns.
class HelpTest {

    private static final List<String> ROOT = List.of(
            "signup",
            "signin",
            "signout",
            "whoami",
            "chat",
            "recovery",
            "password",
            "totp",
            "pair",
            "sessions",
            "passkey",
            "keys",
            "account",
            "accesskey",
            "serve",
            "demo",
            "breach-drill",
            "test [--deep]",
            "bench",
            "format");

    private static final Pattern SECRET = Pattern.compile("pass|secret|code|key|token|totp");

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
                "recovery new",
                "password change",
                "password add",
                "password remove",
                "totp new",
                "totp backup-codes",
                "pair",
                "pair approve",
                "sessions list",
                "sessions end",
                "passkey list",
                "passkey rename",
                "passkey remove",
                "keys rotate",
                "account delete",
                "account export-raw",
                "account reset",
                "account refuse-reset",
                "account log",
                "account alerts on",
                "account alerts off",
                "account alerts status",
                "accesskey new",
                "accesskey list",
                "accesskey rename",
                "accesskey revoke",
                "serve",
                "serve reset-code",
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

    /// Neither a password, nor anything else that is secret: an option of such a name is a flag, or names a file.
    @Test
    void noCommandTakesAPasswordAsAnArgument() {
        Terminal terminal =
                new Terminal(InputStream.nullInputStream(), System.out, System.err, Map.of(), Optional.empty(), false);
        List<CommandSpec> commands = all(Nescio.commandLine(terminal).getCommandSpec());
        assertTrue(commands.size() > ROOT.size(), commands.toString());
        int secret = 0;
        for (CommandSpec command : commands) {
            for (ArgSpec argument : command.args()) {
                String name = argument instanceof OptionSpec option
                        ? String.join(" ", option.names())
                        : argument.paramLabel().toLowerCase(Locale.ROOT);
                if (SECRET.matcher(name).find()) {
                    secret++;
                    boolean flag = argument.arity().max() == 0;
                    boolean file = name.endsWith("-file") && argument.type() == Path.class;
                    assertTrue(flag || file, command.qualifiedName() + " takes " + name);
                }
            }
        }
        assertTrue(secret > 5, "the secrets were recognised: " + secret);
    }

    @Test
    void noHelpEndsInAHeadingOverNothing() {
        Terminal terminal =
                new Terminal(InputStream.nullInputStream(), System.out, System.err, Map.of(), Optional.empty(), false);
        for (CommandSpec command : all(Nescio.commandLine(terminal).getCommandSpec())) {
            String help = command.commandLine().getUsageMessage().strip();
            assertTrue(!help.endsWith(":"), command.qualifiedName() + ": " + help);
        }
    }

    private static List<CommandSpec> all(CommandSpec command) {
        List<CommandSpec> all = new ArrayList<>(List.of(command));
        command.subcommands().values().forEach(sub -> all.addAll(all(sub.getCommandSpec())));
        return all;
    }

    @Test
    void aPasswordAsAnArgumentIsRefusedAndNotRepeated() {
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
        Run json = Run.of(home, "--version", "--json");
        assertEquals(Exit.OK, json.exitCode());
        assertEquals(1, json.json().size());
        assertEquals(true, json.json().getLast().get("ok"));
        assertEquals(run.out().strip(), "nescio " + json.json().getLast().get("version"));
    }

    private static String[] words(String command, String... more) {
        List<String> all = new ArrayList<>(List.of(command.split(" ")));
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }
}
