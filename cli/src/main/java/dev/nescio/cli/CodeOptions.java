package dev.nescio.cli;

import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.SecondFactor;
import dev.nescio.keys.BackupCode;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// Where the second factor comes from: the authenticator's six digits, or a backup code.
final class CodeOptions {

    @ArgGroup
    private final Source source = new Source();

    private static final class Source {

        @Option(
                names = "--code-stdin",
                description = "Read the code from standard input: its first line, or with --password-stdin its second.")
        private boolean stdin;

        @Option(
                names = "--code-file",
                paramLabel = "FILE",
                description = "Read the code from the first line of a file.")
        private Path file;
    }

    SecondFactor secondFactor(Terminal terminal) {
        if (source.stdin) {
            return parse(terminal.readLine()
                    .map(String::new)
                    .orElseThrow(() -> Failure.usage("Standard input ended before there was a code.")));
        }
        if (source.file != null) {
            return parse(new String(SecretFile.firstLine(source.file, "code", terminal)));
        }
        while (true) {
            Optional<String> typed = terminal.ask(
                    "Code of the authenticator, or a backup code: ", "Give the code with --code-stdin or --code-file.");
            try {
                return parse(typed.orElseThrow(Terminal::cancelled));
            } catch (Failure e) {
                if (!e.problem().equals("usage")) {
                    throw e;
                }
                terminal.tell(e.getMessage());
            }
        }
    }

    private static SecondFactor parse(String typed) {
        String code = typed.strip();
        if (code.replace(" ", "").matches("[0-9]{6}")) {
            return SecondFactor.totp(code);
        }
        try (BackupCode checked = BackupCode.parse(code)) {
            return SecondFactor.backupCode(checked.text());
        } catch (IllegalArgumentException e) {
            throw Failure.usage(
                    "A code is six digits; a backup code is four groups of four, such as 7K2M-9QXA-0F4T-BZ5C.");
        }
    }
}
