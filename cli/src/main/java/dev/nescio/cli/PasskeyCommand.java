package dev.nescio.cli;

import dev.nescio.cli.terminal.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "passkey",
        description = {
            "The passkeys of your account.",
            "",
            "A passkey is made, and signs in, in a browser only: a terminal has no way to ask an authenticator for one."
                    + " Here they are listed, renamed and removed. Their names are sealed: only your devices read them."
        })
final class PasskeyCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "A passkey is made, and signs in, in a browser only. 'nescio help passkey' lists what can be done here.");
    }

    static CommandLine commandLine(Terminal terminal) {
        return new CommandLine(new PasskeyCommand())
                .addSubcommand(new PasskeyListCommand(terminal))
                .addSubcommand(new PasskeyRenameCommand(terminal))
                .addSubcommand(new PasskeyRemoveCommand(terminal));
    }
}
