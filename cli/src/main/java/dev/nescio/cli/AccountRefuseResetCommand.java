package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "refuse-reset",
        description = {
            "Cancels a reset code of your account that you did not ask for.",
            "",
            "Somebody has told the operator of the server that every way into your account is lost, or has had a code mailed"
                    + " to your address, with which it can be destroyed and begun anew. Proving a credential shows that it is"
                    + " not, and cancels the code; so does signing in. 'nescio whoami' says whether there is one. If a code came"
                    + " by mail, make sure that nobody else reads your mail; if none came, tell the operator: nobody else can"
                    + " make one."
        },
        footer = {
            "",
            "What is asked:",
            "  1. the passphrase of this device, if the profile is sealed",
            "  2. password and code, or with --recovery-key the recovery key",
            "",
            "Examples:",
            "  nescio account refuse-reset",
            "  nescio account refuse-reset --recovery-key",
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
final class AccountRefuseResetCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private SignedInOptions signedIn;

    @Mixin
    private ProofOptions proof;

    AccountRefuseResetCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return signedIn.useRenewed(terminal, this::refuse);
    }

    private int refuse(Account account) {
        account.checkSession();
        boolean there = account.resetCodeUntil().isPresent();
        if (there) {
            proof.prove(terminal, account);
            account.checkSession();
            if (account.resetCodeUntil().isPresent()) {
                throw new Failure(
                        Exit.FAILED,
                        "reset-code",
                        "There is a reset code again or still. Run this once more. Somebody asks for new ones by mail, or"
                                + " the operator makes them: ask who that is.");
            }
        }
        terminal.say(there ? "The reset code is cancelled." : "Your account has no reset code.");
        terminal.json(JsonLine.ok().and("cancelled", there));
        return Exit.OK;
    }
}
