package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.NescioException;
import dev.nescio.client.NewBackupCodes;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "backup-codes",
        description = {
            "Makes ten new backup codes; all old ones stop working, used or not.",
            "",
            "The codes are made on this device and shown once. Each stands in for the authenticator once."
        },
        footer = {
            "",
            "What is asked:",
            "  1. the passphrase of this device, if the profile is sealed",
            "  2. password and code, or with --recovery-key the recovery key, unless you",
            "     have just signed in",
            "",
            "Examples:",
            "  nescio totp backup-codes",
            "  nescio totp backup-codes --json --password-file pw --code-stdin",
            "",
            "Kept on this device: nothing. Write the codes down.",
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
final class TotpBackupCodesCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private SignedInOptions signedIn;

    @Mixin
    private ProofOptions proof;

    TotpBackupCodesCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return signedIn.useRenewed(terminal, this::replace);
    }

    private int replace(Account account) {
        ProofOptions.requirePassword(account);
        NewBackupCodes codes = account.newBackupCodes();
        try {
            proof.change(terminal, account, codes::use);
        } catch (NescioException.Unreachable e) {
            // They may count: then the person needs them, and will not see them again.
            BackupCodes.show(terminal, codes.codes());
            terminal.json(JsonLine.of("step", "backup-codes").and("backupCodes", codes.codes()));
            throw new Failure(
                    Exit.UNREACHABLE,
                    "unreachable",
                    "The answer was lost, so these codes may work or the old ones. Run this again for codes that do.");
        }
        BackupCodes.show(terminal, codes.codes());
        terminal.say();
        terminal.say("These work from now on, and no other.");
        terminal.json(JsonLine.ok().and("backupCodes", codes.codes()));
        return Exit.OK;
    }
}
