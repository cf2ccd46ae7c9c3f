package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.NescioException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Says what went wrong, in one place: a sentence and what to do next, never a stack trace.
final class Reports {

    private static final String DEBUG = "NESCIO_DEBUG";

    private final Terminal terminal;

    Reports(Terminal terminal) {
        this.terminal = terminal;
    }

    /// Arguments that were not understood. They are repeated only where they name an option or a command:
    /// they may hold what was meant to be secret.
    int misunderstood(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        String message = e instanceof UnmatchedArgumentException unmatched ? notKnown(unmatched) : e.getMessage();
        trace(e);
        terminal.failure(Failure.usage(message + (message.matches("(?s).*[.?]") ? "" : ".") + " See: "
                + command.getCommandSpec().qualifiedName() + " --help"));
        return Exit.USAGE;
    }

    private static String notKnown(UnmatchedArgumentException e) {
        String first = e.getUnmatched().getFirst().split("=", 2)[0];
        if (first.startsWith("--pass")) {
            return "A password is never an argument: other users of this machine could see it. It is asked for, or read"
                    + " with --password-stdin or --password-file.";
        }
        List<String> suggestions = e.getSuggestions();
        String message = (first.startsWith("-") ? "There is no option '" : "Not understood: '") + first + "'";
        return suggestions.isEmpty() ? message : message + ". Did you mean: " + String.join(", ", suggestions) + "?";
    }

    int failed(Exception e, CommandLine command, ParseResult arguments) {
        trace(e);
        Failure failure = failure(e);
        terminal.failure(failure);
        return failure.exitCode();
    }

    private static Failure failure(Exception e) {
        return switch (e) {
            case Failure failure -> failure;
            case NescioException.Unreachable unreachable ->
                new Failure(Exit.UNREACHABLE, "unreachable", unreachable.getMessage());
            case NescioException.SessionEnded ended ->
                new Failure(Exit.NOT_SIGNED_IN, "session-ended", ended.getMessage());
            case NescioException.TooManyRequests tooMany ->
                new Failure(Exit.FAILED, "too-many-requests", tooMany.getMessage());
            case NescioException.Distrust distrust ->
                new Failure(Exit.DISTRUST, "distrust", distrust.finding().text());
            case NescioException.TitleChanged changed ->
                new Failure(
                        Exit.FAILED,
                        "title-changed",
                        changed.getMessage() + " The titles there are now: nescio chat list");
            case NescioException.Refused refused
            when refused.problem().equals("unavailable") ->
                new Failure(
                        Exit.UNREACHABLE,
                        "unavailable",
                        "The server is busy, shutting down, or its disk is full. Nothing was changed. Try again later.");
            case NescioException.Refused refused -> new Failure(Exit.FAILED, refused.problem(), refused.getMessage());
            default ->
                new Failure(
                        Exit.FAILED,
                        "internal",
                        "This is a bug in nescio (" + e.getClass().getSimpleName()
                                + "). Run the command again with NESCIO_DEBUG=1 and report what it shows, as an issue of"
                                + " the repository that you have nescio from.");
        };
    }

    private void trace(Exception e) {
        if (terminal.environment(DEBUG).isPresent()) {
            e.printStackTrace(terminal.err());
        }
    }
}
