package dev.nescio.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "keys",
        description = {
            "The keys that your account hangs from.",
            "",
            "They are made on your devices, and the server never has them. You need to do nothing with them, unless you"
                    + " fear that somebody has them."
        })
final class KeysCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: 'nescio help keys' lists the commands.");
    }

    static CommandLine commandLine(KeysRotateCommand rotate) {
        return new CommandLine(new KeysCommand()).addSubcommand(rotate);
    }
}
