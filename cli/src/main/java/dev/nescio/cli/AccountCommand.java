package dev.nescio.cli;

import dev.nescio.cli.terminal.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(name = "account", description = "Your account as a whole.")
final class AccountCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: 'nescio help account' lists the commands.");
    }

    static CommandLine commandLine(Terminal terminal) {
        return new CommandLine(new AccountCommand())
                .addSubcommand(new AccountExportRawCommand(terminal))
                .addSubcommand(new AccountLogCommand(terminal))
                .addSubcommand(AccountAlertsCommand.commandLine(terminal))
                .addSubcommand(new AccountDeleteCommand(terminal))
                .addSubcommand(new AccountResetCommand(terminal))
                .addSubcommand(new AccountRefuseResetCommand(terminal));
    }
}
