package dev.nescio.cli;

import dev.nescio.cli.profile.LocalProfile;
import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.AccountDeletion;
import dev.nescio.client.NescioException;
import dev.nescio.keys.Address;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "delete",
        description = {
            "Deletes your account and all that is stored in it. Nobody can take it back.",
            "",
            "All that opens the account is destroyed at once, for every credential: password, passkeys, recovery key. All"
                    + " your devices are signed out and wipe what they hold. What is stored goes within minutes. The address"
                    + " can sign up again at once, and gets an empty account.",
            "",
            "What this cannot reach: backups that the operator has made, and whatever somebody has copied. A backup that is"
                    + " restored together with its keyring brings the account back as it was. No device can check that"
                    + " a server really deletes."
        },
        footer = {
            "",
            "What is asked:",
            "  1. the passphrase of this device, if the profile is sealed",
            "  2. the address of the account, typed once more; anything else gives up",
            "  3. password and code, or with --recovery-key the recovery key, unless you",
            "     have just signed in",
            "",
            "Examples:",
            "  nescio account delete",
            "  nescio account delete --recovery-key",
            "",
            "For programs: with --json the first line on standard output is",
            "  {\"step\":\"confirm\",\"address\":…}",
            "The address is then read from a line of standard input; a password and a",
            "code that come from there too stand in the lines after it.",
            "",
            "Kept on this device: nothing of the account; its profile is removed.",
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
final class AccountDeleteCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private SignedInOptions signedIn;

    @Mixin
    private ProofOptions proof;

    AccountDeleteCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        LocalProfile profile = LocalProfile.of(terminal);
        signedIn.useRenewed(terminal, this::delete);
        profile.remove();
        terminal.say("The account is deleted. Nothing of it is left on this device.");
        terminal.json(JsonLine.ok());
        return Exit.OK;
    }

    private int delete(Account account) {
        if (!isConfirmed(account)) {
            throw new Failure(Exit.FAILED, "cancelled", "That is not the address. Nothing was deleted.");
        }
        try {
            proof.<AccountDeletion>proven(terminal, account, account::delete, AccountDeletion.ProofRequired.class);
        } catch (NescioException.Unreachable e) {
            throw new Failure(
                    Exit.UNREACHABLE,
                    "unreachable",
                    "The answer was lost, so the account is deleted or untouched. Run this again: if it says that the"
                            + " session has ended, the account is deleted.");
        }
        return Exit.OK;
    }

    private boolean isConfirmed(Account account) {
        terminal.json(JsonLine.of("step", "confirm").and("address", account.address()));
        terminal.tell("This deletes the account " + account.address() + " and all that is stored in it, for good.");
        String typed = TextQuestion.line(terminal, "Type its address to delete it: ");
        try {
            return Address.parse(typed).normalised().equals(account.address());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
