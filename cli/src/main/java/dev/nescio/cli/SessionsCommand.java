package dev.nescio.cli;

import dev.nescio.cli.terminal.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "sessions",
        description = {
            "The devices that are signed in to your account.",
            "",
            "Names of devices are sealed: only your devices read them."
        })
final class SessionsCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: 'nescio help sessions' lists the commands.");
    }

    static CommandLine commandLine(Terminal terminal) {
        return new CommandLine(new SessionsCommand())
                .addSubcommand(new SessionsListCommand(terminal))
                .addSubcommand(new SessionsEndCommand(terminal));
    }
}
