package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Terminal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "rename",
        description = {
            "Gives an access key another name, which only your devices read.",
            "",
            "The key itself stays as it is, and so does whoever has signed in with it."
        },
        footer = {
            "",
            "What is asked:",
            "  1. the passphrase of this device, if the profile is sealed",
            "  2. password and code, or with --recovery-key the recovery key, unless you",
            "     have just signed in",
            "",
            "Example:",
            "  nescio accesskey rename 4f2a9c10 \"Nightly backup\"",
            "",
            "Kept on this device: nothing new.",
        },
        exitCodeList = {
            Exit.OK_TEXT,
            Exit.FAILED_TEXT,
            Exit.USAGE_TEXT,
            Exit.SIGN_IN_FAILED_TEXT,
            Exit.NOT_SIGNED_IN_TEXT,
            Exit.UNREACHABLE_TEXT,
            Exit.DISTRUST_TEXT,
            Exit.PROFILE_TEXT,
            Exit.INTERRUPTED_TEXT
        })
final class AccessKeyRenameCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private AccessKeyArgument which;

    @Parameters(index = "1", paramLabel = "NAME", description = "The new name, 1 to 64 characters.")
    private String name;

    @Mixin
    private Renaming renaming;

    AccessKeyRenameCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return renaming.give(
                terminal,
                "access key",
                name,
                account -> which.find(account).id(),
                (account, key, next) -> account.accessKeys().rename(key, next));
    }
}
