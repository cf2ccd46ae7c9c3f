package dev.nescio.cli;

import dev.nescio.cli.terminal.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "accesskey",
        description = {
            "Access keys: how scripts and services sign in to your account.",
            "",
            "A script signs in with one without being asked anything: 'nescio signin --access-key-file'. It opens your whole"
                    + " account, or only the domains that you name, to read or to write. It can never change how your"
                    + " account is signed in to. Its name is sealed: only your devices read it."
        })
final class AccessKeyCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "Say what: new, list, rename or revoke. 'nescio help accesskey' explains them.");
    }

    static CommandLine commandLine(Terminal terminal) {
        return new CommandLine(new AccessKeyCommand())
                .addSubcommand(new AccessKeyNewCommand(terminal))
                .addSubcommand(new AccessKeyListCommand(terminal))
                .addSubcommand(new AccessKeyRenameCommand(terminal))
                .addSubcommand(new AccessKeyRevokeCommand(terminal));
    }
}
