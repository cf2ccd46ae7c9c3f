package dev.nescio.cli;

import dev.nescio.cli.terminal.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(name = "password", description = "The password of the account.")
final class PasswordCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: 'nescio help password' lists the commands.");
    }

    static CommandLine commandLine(Terminal terminal) {
        return new CommandLine(new PasswordCommand())
                .addSubcommand(new PasswordChangeCommand(terminal))
                .addSubcommand(new PasswordAddCommand(terminal))
                .addSubcommand(new PasswordRemoveCommand(terminal));
    }
}
