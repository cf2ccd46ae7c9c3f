package dev.nescio.cli;

import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.Terminal;
import java.nio.file.Path;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// Where another password for the account comes from.
final class NewPasswordOptions {

    @ArgGroup
    private final Source source = new Source();

    private static final class Source {

        @Option(
                names = "--new-password-stdin",
                description = "Read the new password from the first line of standard input. A password and a code that"
                        + " come from there too stand in the lines after it.")
        private boolean stdin;

        @Option(
                names = "--new-password-file",
                paramLabel = "FILE",
                description = "Read the new password from the first line of a file.")
        private Path file;
    }

    boolean isGiven() {
        return source.stdin || source.file != null;
    }

    /// @return to be wiped by the caller
    char[] choose(Terminal terminal) {
        return PasswordOptions.choose(terminal, isGiven(), () -> read(terminal));
    }

    private char[] read(Terminal terminal) {
        if (source.stdin) {
            return terminal.readLine()
                    .orElseThrow(() -> Failure.usage("Standard input ended before there was a new password."));
        }
        return source.file == null
                ? PasswordOptions.twice(
                        terminal,
                        "New password: ",
                        "The same again: ",
                        "Give the new password with --new-password-stdin or --new-password-file.")
                : SecretFile.firstLine(source.file, "new password", terminal);
    }
}
