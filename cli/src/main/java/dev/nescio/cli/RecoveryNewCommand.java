package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.NescioException;
import dev.nescio.client.NewRecoveryKey;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "new",
        description = {
            "Makes a new recovery key; the old one stops working.",
            "",
            "The key is made on this device and shown once. It counts from the moment that you have typed two of its"
                    + " groups back; until then, the old one stays. Do this when somebody may have seen the old one, or when"
                    + " it is lost. Whoever has an old copy of the server's data and the old key can still open the account"
                    + " with both: 'nescio keys rotate' keeps what you write later from them."
        },
        footer = {
            "",
            "What is asked:",
            "  1. the passphrase of this device, if the profile is sealed",
            "  2. two groups of the new key",
            "  3. password and code, or with --recovery-key the old key, unless you have",
            "     just signed in",
            "",
            "Examples:",
            "  nescio recovery new",
            "  nescio recovery new --json --password-file pw --code-stdin",
            "",
            "For programs: with --json the first line is",
            "  {\"step\":\"recovery-key\",\"recoveryKey\":…}",
            "and the key counts when the last line has \"ok\":true.",
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
final class RecoveryNewCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private SignedInOptions signedIn;

    @Mixin
    private ProofOptions proof;

    RecoveryNewCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return signedIn.useRenewed(terminal, this::replace);
    }

    private int replace(Account account) {
        if (!terminal.isJson() && !terminal.canAsk()) {
            throw Failure.usage("A new recovery key needs a terminal to be shown on, or --json: see --help.");
        }
        try (NewRecoveryKey key = account.newRecoveryKey()) {
            if (!new RecoveryKeySheet(terminal, key.text()).hand()) {
                throw new Failure(Exit.FAILED, "cancelled", "Cancelled. The old recovery key still works.");
            }
            proof.change(terminal, account, key::use);
        } catch (NescioException.Unreachable e) {
            throw new Failure(
                    Exit.UNREACHABLE,
                    "unreachable",
                    "The answer was lost, so the new recovery key may work or the old one. Keep both papers, old and new,"
                            + " until a sign-in with one of them has worked. Or run this again for one that does: it"
                            + " replaces either.");
        }
        terminal.say();
        terminal.say("The new recovery key works from now on, and the old one no longer.");
        terminal.json(JsonLine.ok());
        return Exit.OK;
    }
}
