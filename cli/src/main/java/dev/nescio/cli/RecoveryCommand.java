package dev.nescio.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "recovery",
        description = {
            "The recovery key: the way back when everything else is lost.",
            "",
            "Sign in with it:  nescio signin --recovery-key"
        })
final class RecoveryCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: 'nescio help recovery' lists the commands.");
    }

    static CommandLine commandLine(RecoveryNewCommand fresh) {
        return new CommandLine(new RecoveryCommand()).addSubcommand(fresh);
    }
}
