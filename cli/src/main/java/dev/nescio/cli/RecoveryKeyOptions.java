package dev.nescio.cli;

import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.Terminal;
import java.nio.file.Path;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// Whether the recovery key is used in place of password and code, and where it comes from.
final class RecoveryKeyOptions {

    @ArgGroup
    private final Source source = new Source();

    private static final class Source {

        @Option(
                names = "--recovery-key",
                description = "Use the recovery key in place of password and code. It is asked for.")
        private boolean asked;

        @Option(names = "--recovery-key-stdin", description = "The same, read from the first line of standard input.")
        private boolean stdin;

        @Option(
                names = "--recovery-key-file",
                paramLabel = "FILE",
                description = "The same, read from the first line of a file.")
        private Path file;
    }

    boolean isChosen() {
        return source.asked || source.stdin || source.file != null;
    }

    String read(Terminal terminal) {
        if (source.stdin) {
            return terminal.readLine()
                    .map(String::new)
                    .orElseThrow(() -> Failure.usage("Standard input ended before there was a recovery key."));
        }
        if (source.file != null) {
            return new String(SecretFile.firstLine(source.file, "recovery key", terminal));
        }
        return new String(terminal.askSecret(
                "Recovery key (not shown): ", "Give it with --recovery-key-stdin or --recovery-key-file."));
    }
}
