package dev.nescio.cli;

import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.keys.Password;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// Where the account's password comes from. Never an argument: other users see those, and shells keep them.
final class PasswordOptions {

    private static final String INSTEAD = "Give the password with --password-stdin or --password-file.";

    @ArgGroup
    private final Source source = new Source();

    private static final class Source {

        @Option(names = "--password-stdin", description = "Read the password from the first line of standard input.")
        private boolean stdin;

        @Option(
                names = "--password-file",
                paramLabel = "FILE",
                description = "Read the password from the first line of a file.")
        private Path file;
    }

    boolean isGiven() {
        return source.stdin || source.file != null;
    }

    /// @return to be wiped by the caller
    char[] existing(Terminal terminal) {
        return given(terminal, () -> terminal.askSecret("Password: ", INSTEAD));
    }

    /// Asks twice.
    ///
    /// @return to be wiped by the caller
    char[] fresh(Terminal terminal) {
        return given(terminal, () -> twice(terminal, "Password: ", "The same again: ", INSTEAD));
    }

    private char[] given(Terminal terminal, Supplier<char[]> asked) {
        if (source.stdin) {
            return terminal.readLine()
                    .orElseThrow(() -> Failure.usage("Standard input ended before there was a password."));
        }
        return source.file == null ? asked.get() : SecretFile.firstLine(source.file, "password", terminal);
    }

    /// Has a password chosen that is fit for an account, before anything is sent.
    ///
    /// @param given whether it comes from where nobody can be asked again
    /// @return to be wiped by the caller
    static char[] choose(Terminal terminal, boolean given, Supplier<char[]> source) {
        terminal.tell("Choose a password of at least " + Password.LEAST_NEW
                + " characters; a few random words are good. Nobody can reset it.");
        while (true) {
            char[] typed = source.get();
            try (Password checked = Password.of(typed)) {
                checked.requireFitForCreation();
                return typed;
            } catch (IllegalArgumentException e) {
                Arrays.fill(typed, '\0');
                if (given) {
                    throw Failure.usage(e.getMessage());
                }
                terminal.tell(e.getMessage());
            }
        }
    }

    static char[] twice(Terminal terminal, String first, String again, String instead) {
        while (true) {
            char[] typed = terminal.askSecret(first, instead);
            char[] repeated = terminal.askSecret(again, instead);
            boolean same = Arrays.equals(typed, repeated);
            Arrays.fill(repeated, '\0');
            if (same) {
                return typed;
            }
            Arrays.fill(typed, '\0');
            terminal.say("The two are not the same. Once more:");
        }
    }
}
