package dev.nescio.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(name = "totp", description = "The second factor: authenticator and backup codes.")
final class TotpCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: 'nescio help totp' lists the commands.");
    }

    static CommandLine commandLine(TotpNewCommand fresh, TotpBackupCodesCommand backupCodes) {
        return new CommandLine(new TotpCommand()).addSubcommand(fresh).addSubcommand(backupCodes);
    }
}
