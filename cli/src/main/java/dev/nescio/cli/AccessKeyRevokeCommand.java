package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.AccessKeyEntry;
import dev.nescio.client.AccessKeyRemoval;
import dev.nescio.client.Account;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "revoke",
        description = {
            "Revokes an access key.",
            "",
            "It signs nobody in from that moment on, and its sessions end at once. What it could read until then stays"
                    + " readable for whoever kept the key and a copy of what the server stores: the keys of your domains stay"
                    + " the same. 'nescio keys rotate' keeps what you write later from them."
        },
        footer = {
            "",
            "What is asked:",
            "  1. the passphrase of this device, if the profile is sealed",
            "  2. password and code, or with --recovery-key the recovery key, unless you",
            "     have just signed in",
            "",
            "Example:",
            "  nescio accesskey revoke 4f2a9c10",
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
final class AccessKeyRevokeCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private AccessKeyArgument which;

    @Mixin
    private SignedInOptions signedIn;

    @Mixin
    private ProofOptions proof;

    AccessKeyRevokeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return signedIn.useRenewed(terminal, this::revoke);
    }

    private int revoke(Account account) {
        AccessKeyEntry key = which.find(account);
        AccessKeyRemoval removal = proof.<AccessKeyRemoval>proven(
                terminal, account, () -> account.accessKeys().revoke(key.id()), AccessKeyRemoval.ProofRequired.class);
        switch (removal) {
            case AccessKeyRemoval.Removed() ->
                terminal.tell(
                        "It signs nobody in any more, and its sessions have ended. What was readable with it before"
                                + " stays readable for whoever kept the key and a copy of what the server stored.");
            case AccessKeyRemoval.NotThere() -> throw AccessKeyArgument.notFound();
            case AccessKeyRemoval.ProofRequired() -> throw new IllegalStateException("it was proven");
        }
        terminal.json(JsonLine.ok());
        return Exit.OK;
    }
}
