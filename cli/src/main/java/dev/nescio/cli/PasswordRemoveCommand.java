package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.NescioException;
import dev.nescio.client.PasswordRemoval;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "remove",
        description = {
            "Removes the password, its authenticator and its backup codes.",
            "",
            "They open nothing from that moment on; your passkeys and your recovery key stay. It needs a passkey that"
                    + " remains: without one nobody could sign in, and the recovery key is only the way back. Passkeys are"
                    + " made in a browser. Your other devices are signed out, unless you keep them: one of them may be"
                    + " somebody else's whom the password has signed in. Whoever has an old copy of the server's data and"
                    + " the password can still open the account with both."
        },
        footer = {
            "",
            "What is asked:",
            "  1. the passphrase of this device, if the profile is sealed",
            "  2. password and code, or with --recovery-key the recovery key, unless you",
            "     have just signed in",
            "",
            "Examples:",
            "  nescio password remove",
            "  nescio password remove --keep-other-sessions",
            "",
            "Kept on this device: nothing new. Remove the entry in your authenticator.",
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
final class PasswordRemoveCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Option(names = "--keep-other-sessions", description = "Leave your other devices signed in.")
    private boolean keepOthers;

    @Mixin
    private SignedInOptions signedIn;

    @Mixin
    private ProofOptions proof;

    PasswordRemoveCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return signedIn.useRenewed(terminal, this::remove);
    }

    private int remove(Account account) {
        switch (removal(account)) {
            case PasswordRemoval.Removed() -> {
                terminal.say("The password opens nothing any more, nor do its codes. Remove the entry in your"
                        + " authenticator.");
                terminal.tell(
                        keepOthers
                                ? "Your other devices are still signed in."
                                : "All your other devices are signed out.");
            }
            case PasswordRemoval.RemovedMeanwhile() -> {
                terminal.say("The password opens nothing any more, nor do its codes.");
                terminal.tell("Another device of yours changed something at the same moment and may have removed it, so"
                        + " it is not known here whether your other devices are signed out. To sign them out: nescio"
                        + " sessions end --others");
                terminal.json(JsonLine.ok().and("otherSessions", "unknown"));
                return Exit.OK;
            }
            case PasswordRemoval.NotThere() -> throw ProofOptions.noPassword();
            case PasswordRemoval.LastWayIn() ->
                throw new Failure(
                        Exit.FAILED,
                        "last-way-in",
                        "No passkey would remain that signs in here, so the password stays. Add a passkey in a browser"
                                + " first.");
            case PasswordRemoval.ProofRequired() -> throw new IllegalStateException("it was proven");
        }
        terminal.json(JsonLine.ok().and("otherSessions", keepOthers ? "kept" : "ended"));
        return Exit.OK;
    }

    private PasswordRemoval removal(Account account) {
        try {
            return proof.<PasswordRemoval>proven(
                    terminal, account, () -> account.removePassword(!keepOthers), PasswordRemoval.ProofRequired.class);
        } catch (NescioException.Unreachable e) {
            throw new Failure(
                    Exit.UNREACHABLE,
                    "unreachable",
                    "The answer was lost. The password works with its codes as before, or all of it is gone. Run this again"
                            + " to be sure that it is.");
        }
    }
}
