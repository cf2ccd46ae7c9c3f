package dev.nescio.cli;

import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.Terminal;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/// Whether an access key signs in, and where it comes from.
final class AccessKeyOptions {

    private static final Path STANDARD_INPUT = Path.of("-");

    @Option(
            names = "--access-key-file",
            paramLabel = "FILE",
            description = "Sign in with the access key in the first line of a file, or of standard input with -."
                    + " Nothing is asked.")
    private Path file;

    boolean isChosen() {
        return file != null;
    }

    String read(Terminal terminal) {
        if (file.equals(STANDARD_INPUT)) {
            return terminal.readLine()
                    .map(String::new)
                    .orElseThrow(() -> Failure.usage("Standard input ended before there was an access key."));
        }
        return new String(SecretFile.firstLine(file, "access key", terminal));
    }
}
