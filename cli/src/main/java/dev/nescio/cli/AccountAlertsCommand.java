package dev.nescio.cli;

import dev.nescio.cli.terminal.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "alerts",
        description = {
            "Mails that tell you when somebody signs in to your account.",
            "",
            "Your other devices are told of a new sign-in in any case. These mails are for whoever looks at no device for"
                    + " days; they need a server that has mail on, and cost you that it keeps your address."
        })
final class AccountAlertsCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "Say what to do: 'nescio help account alerts' lists the commands.");
    }

    static CommandLine commandLine(Terminal terminal) {
        return new CommandLine(new AccountAlertsCommand())
                .addSubcommand(new AccountAlertsOnCommand(terminal))
                .addSubcommand(new AccountAlertsOffCommand(terminal))
                .addSubcommand(new AccountAlertsStatusCommand(terminal));
    }
}
