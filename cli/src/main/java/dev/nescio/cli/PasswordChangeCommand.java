package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.NescioException;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "change",
        description = {
            "Changes the password; the old one stops working.",
            "",
            "Your chats, authenticator, backup codes and recovery key stay. Your other devices are signed out, unless you"
                    + " keep them. This one goes on with another token: whoever has copied its profile is noticed when they"
                    + " use it, and signed out together with this device. Whoever has an old copy of the server's data and the old password can still open the"
                    + " account with both: 'nescio keys rotate' keeps what you write later from them. Access keys stay: look"
                    + " at them with 'nescio accesskey list'."
        },
        footer = {
            "",
            "What is asked:",
            "  1. the passphrase of this device, if the profile is sealed; it stays as it is",
            "  2. the new password, twice; at least 10 characters",
            "  3. the old password and a code, or with --recovery-key the recovery key,",
            "     unless you have just signed in",
            "",
            "Examples:",
            "  nescio password change",
            "  nescio password change --keep-other-sessions",
            "  nescio password change --json --new-password-file new --password-file old \\",
            "      --code-stdin",
            "",
            "Kept on this device: the cost of the new password's hash, in memory.json.",
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
final class PasswordChangeCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private NewPasswordOptions newPassword;

    @Option(names = "--keep-other-sessions", description = "Leave your other devices signed in.")
    private boolean keepOthers;

    @Mixin
    private SignedInOptions signedIn;

    @Mixin
    private ProofOptions proof;

    PasswordChangeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return signedIn.useRenewed(terminal, this::change);
    }

    private int change(Account account) {
        ProofOptions.requirePassword(account);
        char[] next = newPassword.choose(terminal);
        try {
            terminal.aside("Making the key…");
            proof.change(terminal, account, () -> account.changePassword(next, !keepOthers));
        } catch (NescioException.Unreachable e) {
            throw new Failure(
                    Exit.UNREACHABLE,
                    "unreachable",
                    "The answer was lost. One of the two passwords works: the old one or the new one. Run this again with"
                            + " the same new password, and it will be the new one.");
        } finally {
            Arrays.fill(next, '\0');
        }
        terminal.say("The new password works from now on, and the old one no longer.");
        terminal.tell(
                keepOthers
                        ? "Your other devices are still signed in."
                        : "All your other devices are signed out: sign in there with the new password.");
        terminal.json(JsonLine.ok().and("otherSessions", keepOthers ? "kept" : "ended"));
        return Exit.OK;
    }
}
