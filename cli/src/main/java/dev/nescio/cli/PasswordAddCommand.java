package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.AddedPassword;
import dev.nescio.client.NescioException;
import dev.nescio.client.PasswordAddition;
import dev.nescio.client.PasswordStart;
import dev.nescio.client.SecondFactor;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "add",
        description = {
            "Adds a password to an account that has only passkeys.",
            "",
            "A password comes with its second factor: an authenticator, and ten backup codes. All of it counts from the"
                    + " authenticator's first right code on. Until then the server keeps nothing, and giving up leaves"
                    + " everything as it was. Your passkeys and your recovery key stay."
        },
        footer = {
            "",
            "What is asked:",
            "  1. the passphrase of this device, if the profile is sealed",
            "  2. the new password, twice; at least 10 characters",
            "  3. with --recovery-key the recovery key, unless you have just signed in:",
            "     passkeys are for browsers only",
            "  4. the first code of the authenticator; \"cancel\" gives up",
            "",
            "Examples:",
            "  nescio password add --recovery-key",
            "  nescio password add --json --new-password-file new --recovery-key-file key",
            "",
            "For programs: with --json the first line on standard output is",
            "  {\"step\":\"totp\",\"secret\":…,\"uri\":…,\"expiresAt\":…}",
            "The code is then read from standard input, one try a line. The last line has",
            "the backup codes.",
            "",
            "Kept on this device: the cost of the password's hash, in memory.json.",
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
final class PasswordAddCommand implements Callable<Integer> {

    private static final String NOTHING_ADDED = " Nothing was added.";
    private static final String AGAIN = " Start again with: nescio password add";

    private final Terminal terminal;

    @Mixin
    private NewPasswordOptions newPassword;

    @Mixin
    private SignedInOptions signedIn;

    @Mixin
    private ProofOptions proof;

    PasswordAddCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return signedIn.useRenewed(terminal, this::add);
    }

    private int add(Account account) {
        if (!terminal.isJson() && !terminal.canAsk()) {
            throw Failure.usage("The authenticator's first code needs a terminal, or --json: see --help.");
        }
        if (account.hasPassword()) {
            throw alreadyThere("This account has a password. Change it with: nescio password change");
        }
        AddedPassword password = begin(account);
        AuthenticatorSheet sheet = new AuthenticatorSheet(terminal);
        sheet.show(password.totpSecret(), password.otpauthUri(), password.expiresAt());
        boolean added;
        do {
            added = isAdded(account, password, sheet);
        } while (!added);
        terminal.say();
        terminal.heading("The password opens your account from now on, together with a code.");
        BackupCodes.show(terminal, password.backupCodes());
        terminal.json(JsonLine.ok().and("backupCodes", password.backupCodes()));
        return Exit.OK;
    }

    private AddedPassword begin(Account account) {
        char[] next = newPassword.choose(terminal);
        try {
            terminal.aside("Making the key…");
            PasswordStart start =
                    proof.proven(terminal, account, () -> account.addPassword(next), PasswordStart.ProofRequired.class);
            return switch (start) {
                case PasswordStart.Started(AddedPassword password) -> password;
                case PasswordStart.AlreadyThere() -> throw addedElsewhere();
                case PasswordStart.ProofRequired() -> throw new IllegalStateException("it is proven by now");
            };
        } finally {
            Arrays.fill(next, '\0');
        }
    }

    private boolean isAdded(Account account, AddedPassword password, AuthenticatorSheet sheet) {
        SecondFactor.Totp code = sheet.readCode().orElseThrow(() -> cancelled(password));
        return switch (confirm(account, password, code)) {
            case PasswordAddition.Added() -> true;
            case PasswordAddition.WrongCode(int triesLeft)
            when triesLeft > 0 -> {
                sheet.wrongCode(triesLeft);
                yield false;
            }
            case PasswordAddition.WrongCode(int none) ->
                throw new Failure(
                        Exit.SIGN_IN_FAILED,
                        "wrong-code",
                        "This code is wrong, and it was the last try." + NOTHING_ADDED + AGAIN);
            case PasswordAddition.Gone() ->
                throw new Failure(
                        Exit.FAILED, "not-found", "What waited for this code has expired." + NOTHING_ADDED + AGAIN);
            case PasswordAddition.AlreadyThere() -> throw addedElsewhere();
            case PasswordAddition.ProofRequired() -> throw new IllegalStateException("it is proven by now");
        };
    }

    private PasswordAddition confirm(Account account, AddedPassword password, SecondFactor.Totp code) {
        try {
            return proof.proven(terminal, account, () -> password.confirm(code), PasswordAddition.ProofRequired.class);
        } catch (NescioException.Unreachable e) {
            // They may count: then the person needs them, and will not see them again.
            BackupCodes.show(terminal, password.backupCodes());
            terminal.json(JsonLine.of("step", "backup-codes").and("backupCodes", password.backupCodes()));
            throw new Failure(
                    Exit.UNREACHABLE,
                    "unreachable",
                    "The answer was lost, so the password may be there or not. Keep the codes and the authenticator's"
                            + " entry, and run this again: it says if there is a password. If so, all of this works.");
        }
    }

    private static Failure addedElsewhere() {
        return alreadyThere("Another device has added a password meanwhile." + NOTHING_ADDED);
    }

    private static Failure alreadyThere(String message) {
        return new Failure(Exit.FAILED, "password-exists", message);
    }

    private static Failure cancelled(AddedPassword password) {
        try {
            password.cancel();
        } catch (NescioException e) {
            // The server forgets it by itself; nothing counts before its first code.
        }
        return new Failure(Exit.FAILED, "cancelled", "Cancelled." + NOTHING_ADDED);
    }
}
