package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.PasskeyEntry;
import dev.nescio.client.PasskeyRemoval;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "remove",
        description = {
            "Removes a passkey from your account.",
            "",
            "It opens nothing from that moment on. Your other devices are signed out, unless you keep them: one of them"
                    + " may be somebody else's whom the passkey has signed in. Its authenticator keeps showing it until"
                    + " you remove it there as well. Whoever has an old copy of the server's data and the passkey can"
                    + " still open the account with both."
        },
        footer = {
            "",
            "What is asked:",
            "  1. the passphrase of this device, if the profile is sealed",
            "  2. password and code, or with --recovery-key the recovery key, unless you",
            "     have just signed in",
            "",
            "Examples:",
            "  nescio passkey remove 4f2a9c10",
            "  nescio passkey remove 4f2a9c10 --keep-other-sessions",
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
final class PasskeyRemoveCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private PasskeyArgument which;

    @Option(names = "--keep-other-sessions", description = "Leave your other devices signed in.")
    private boolean keepOthers;

    @Mixin
    private SignedInOptions signedIn;

    @Mixin
    private ProofOptions proof;

    PasskeyRemoveCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return signedIn.useRenewed(terminal, this::remove);
    }

    private int remove(Account account) {
        PasskeyEntry passkey = which.find(account);
        PasskeyRemoval removal = proof.<PasskeyRemoval>proven(
                terminal,
                account,
                () -> account.removePasskey(passkey.id(), !keepOthers),
                PasskeyRemoval.ProofRequired.class);
        switch (removal) {
            case PasskeyRemoval.Removed() -> {
                terminal.say("The passkey opens nothing any more.");
                terminal.tell(
                        keepOthers
                                ? "Your other devices are still signed in."
                                : "All your other devices are signed out.");
            }
            case PasskeyRemoval.RemovedMeanwhile() -> {
                terminal.say("The passkey opens nothing any more.");
                terminal.tell("Another device of yours changed something at the same moment and may have removed it, so"
                        + " it is not known here whether your other devices are signed out. To sign them out: nescio"
                        + " sessions end --others");
                terminal.json(JsonLine.ok().and("otherSessions", "unknown"));
                return Exit.OK;
            }
            case PasskeyRemoval.NotThere() -> throw PasskeyArgument.notFound();
            case PasskeyRemoval.LastWayIn() ->
                throw new Failure(
                        Exit.FAILED,
                        "last-way-in",
                        "This is the last way to sign in, so it stays. Add another passkey in a browser first.");
            case PasskeyRemoval.ProofRequired() -> throw new IllegalStateException("it was proven");
        }
        terminal.json(JsonLine.ok().and("otherSessions", keepOthers ? "kept" : "ended"));
        return Exit.OK;
    }
}
