package dev.nescio.cli;

import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.keys.Password;
import java.nio.file.Path;
import java.util.Arrays;
import picocli.CommandLine.Option;

/// Where the passphrase comes from that opens a sealed profile.
final class PassphraseOptions {

    @Option(
            names = "--profile-passphrase-file",
            paramLabel = "FILE",
            description = "Read the passphrase of this device's profile from the first line of a file.")
    private Path file;

    boolean isGiven() {
        return file != null;
    }

    /// @return to be closed by the caller
    Password existing(Terminal terminal) {
        return password(isGiven() ? fromFile(terminal) : terminal.askSecret("Passphrase of this device: ", instead()));
    }

    /// Asks twice.
    ///
    /// @return to be closed by the caller
    Password fresh(Terminal terminal) {
        if (isGiven()) {
            return password(fromFile(terminal));
        }
        while (true) {
            char[] typed =
                    PasswordOptions.twice(terminal, "New passphrase for this device: ", "The same again: ", instead());
            if (typed.length > 0) {
                return password(typed);
            }
            terminal.say("An empty passphrase protects nothing.");
        }
    }

    private char[] fromFile(Terminal terminal) {
        return SecretFile.firstLine(file, "passphrase", terminal);
    }

    private static String instead() {
        return "Give the passphrase of the profile with --profile-passphrase-file.";
    }

    private static Password password(char[] typed) {
        try {
            return Password.of(typed);
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage().replace("password", "passphrase"));
        } finally {
            Arrays.fill(typed, '\0');
        }
    }
}
