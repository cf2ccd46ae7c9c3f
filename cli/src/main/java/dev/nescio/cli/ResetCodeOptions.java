package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.Terminal;
import java.nio.file.Path;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// Where the reset code comes from. Never an argument: other users see those, and shells keep them.
final class ResetCodeOptions {

    @ArgGroup
    private final Source source = new Source();

    private static final class Source {

        @Option(
                names = "--reset-code-stdin",
                description = "Read the reset code from the first line of standard input.")
        private boolean stdin;

        @Option(
                names = "--reset-code-file",
                paramLabel = "FILE",
                description = "Read the reset code from the first line of a file.")
        private Path file;

        @Option(
                names = "--send-address",
                description =
                        "Where the server sends mail, send it the address in clear without asking, for a reset code"
                                + " that it mails there.")
        private boolean mail;
    }

    /// Whether a code by mail is wanted, or may be.
    boolean isMailWelcome(Terminal terminal) {
        boolean open = !source.stdin && source.file == null;
        return source.mail || (open && terminal.canAsk());
    }

    /// Whether the person has agreed already that the address is sent in clear.
    boolean isMailWanted() {
        return source.mail;
    }

    String read(Terminal terminal) {
        if (source.stdin) {
            return terminal.readLine()
                    .map(String::new)
                    .orElseThrow(() -> Failure.usage("Standard input ended before there was a reset code."));
        }
        if (source.file != null) {
            return new String(SecretFile.firstLine(source.file, "reset code", terminal));
        }
        return terminal.ask(
                        "Reset code, from the operator: ",
                        "Give it with --reset-code-stdin or --reset-code-file,"
                                + " or have it mailed with --send-address.")
                .orElseThrow(Terminal::cancelled);
    }

    /// The one answer to every code that cannot be used.
    static Failure failed() {
        return new Failure(
                Exit.FAILED,
                "reset-failed",
                "This code resets no account of this address. It may be of another address or server; older than a day,"
                        + " or than 15 minutes if it was mailed; used, or replaced by a newer one of the operator's; or"
                        + " somebody has signed in, which cancels it. Nothing was deleted. Ask for another one, and use it"
                        + " soon.");
    }
}
