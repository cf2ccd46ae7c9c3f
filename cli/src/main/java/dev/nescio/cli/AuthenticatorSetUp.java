package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.ConfirmResult;
import dev.nescio.client.NescioException;
import dev.nescio.client.PendingSignUp;
import dev.nescio.client.SecondFactor;
import java.util.Optional;

/// The second half of signing up, or of beginning anew: the person writes the recovery key down, and the
/// authenticator gets its secret and proves it.
final class AuthenticatorSetUp {

    /// What it is for, as the person is told when it comes to nothing.
    enum Purpose {
        SIGN_UP(
                "nescio signup",
                "The sign-up is cancelled. The server keeps nothing of it.",
                "The server keeps nothing.",
                "The answer was lost, so the account may exist or not."),
        RESET(
                "nescio account reset",
                "The reset is cancelled. Nothing was deleted.",
                "Nothing was deleted.",
                "The answer was lost, so the reset is done, with the new password, or nothing was deleted.");

        private final String command;
        private final String cancelled;
        private final String untouched;
        private final String lost;

        Purpose(String command, String cancelled, String untouched, String lost) {
            this.command = command;
            this.cancelled = cancelled;
            this.untouched = untouched;
            this.lost = lost;
        }
    }

    private final Terminal terminal;
    private final AuthenticatorSheet sheet;
    private final PendingSignUp pending;
    private final boolean stay;
    private final Purpose purpose;

    AuthenticatorSetUp(Terminal terminal, PendingSignUp pending, boolean stay, Purpose purpose) {
        this.terminal = terminal;
        this.sheet = new AuthenticatorSheet(terminal);
        this.pending = pending;
        this.stay = stay;
        this.purpose = purpose;
    }

    /// @throws Failure if the person gave up, or ran out of tries; nothing is kept then
    Account run() {
        Thread onInterrupt = new Thread(this::cancelOnInterrupt, "cancel what waits");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        try {
            if (!new RecoveryKeySheet(terminal, pending.recoveryKey()).hand()) {
                throw cancel();
            }
            sheet.show(pending.totpSecret(), pending.otpauthUri(), pending.expiresAt());
            while (true) {
                Optional<Account> account = attempt(sheet.readCode().orElseThrow(this::cancel));
                if (account.isPresent()) {
                    return account.get();
                }
            }
        } finally {
            forget(onInterrupt);
        }
    }

    private Optional<Account> attempt(SecondFactor.Totp code) {
        try {
            return switch (pending.confirm(code, stay)) {
                case ConfirmResult.Confirmed(Account account) -> Optional.of(account);
                case ConfirmResult.WrongCode(int triesLeft)
                when triesLeft > 0 -> {
                    sheet.wrongCode(triesLeft);
                    yield Optional.empty();
                }
                case ConfirmResult.WrongCode(int none) ->
                    throw new Failure(
                            Exit.SIGN_IN_FAILED,
                            "wrong-code",
                            "This code is wrong, and it was the last try. " + purpose.untouched + " Start again with: "
                                    + purpose.command);
                case ConfirmResult.Gone() ->
                    throw new Failure(
                            Exit.FAILED,
                            "not-found",
                            "The time for the first code is over. " + purpose.untouched + " Start again with: "
                                    + purpose.command);
                case ConfirmResult.ResetFailed() -> throw ResetCodeOptions.failed();
                case ConfirmResult.AddressTaken() ->
                    throw new Failure(
                            Exit.FAILED,
                            "address-taken",
                            "Somebody else has taken this address in the meantime. Nothing of this sign-up is kept.");
            };
        } catch (NescioException.Unreachable e) {
            // The account may exist: then the person needs the codes, and will not see them again.
            BackupCodes.show(terminal, pending.backupCodes());
            terminal.json(JsonLine.of("step", "backup-codes").and("backupCodes", pending.backupCodes()));
            throw new Failure(
                    Exit.UNREACHABLE,
                    "unreachable",
                    purpose.lost + " Try: nescio signin  and if that fails: " + purpose.command);
        }
    }

    private Failure cancel() {
        return cancelQuietly()
                ? new Failure(Exit.FAILED, "cancelled", purpose.cancelled)
                : new Failure(
                        Exit.FAILED,
                        "cancelled",
                        "Cancelled. The server could not be told; it forgets by itself at " + pending.expiresAt()
                                + ", and nothing happens until the code is right.");
    }

    private boolean cancelQuietly() {
        try {
            pending.cancel();
            return true;
        } catch (NescioException e) {
            return false;
        }
    }

    private void cancelOnInterrupt() {
        terminal.note("\n" + (cancelQuietly() ? purpose.cancelled : "Cancelled. The server forgets by itself."));
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // This program is ending, and the hook has run or will.
        }
    }
}
