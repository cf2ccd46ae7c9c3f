package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.SlotChange;
import java.util.Arrays;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;

/// What proves once more whose account it is, where that is asked for.
final class ProofOptions {

    @Mixin
    private PasswordOptions password;

    @Mixin
    private CodeOptions code;

    @Mixin
    private RecoveryKeyOptions recoveryKey;

    /// For changes of what only accounts with a password have.
    static void requirePassword(Account account) {
        if (!account.hasPassword()) {
            throw noPassword();
        }
    }

    static Failure noPassword() {
        return new Failure(
                Exit.FAILED,
                "no-password",
                "This account has no password, no authenticator and no backup codes: its passkeys open it. Add all three"
                        + " with: nescio password add");
    }

    /// Makes a change; where it needs a proof, proves and makes it then.
    void change(Terminal terminal, Account account, Supplier<SlotChange> change) {
        proven(terminal, account, change, SlotChange.ProofRequired.class);
    }

    /// The same for what has an outcome of its own.
    ///
    /// @param proofRequired the outcome that asks for a proof
    <T> T proven(Terminal terminal, Account account, Supplier<T> change, Class<? extends T> proofRequired) {
        T outcome = change.get();
        if (proofRequired.isInstance(outcome)) {
            prove(terminal, account);
            outcome = change.get();
            if (proofRequired.isInstance(outcome)) {
                throw new Failure(
                        Exit.FAILED, "proof-required", "The server asked for a proof, got it, and asked again.");
            }
        }
        return outcome;
    }

    /// Proves a credential now, whether one was proven before or not.
    void prove(Terminal terminal, Account account) {
        if (!recoveryKey.isChosen() && !account.hasPassword()) {
            throw Failure.usage("This account has no password. Prove that it is yours with --recovery-key.");
        }
        terminal.tell(
                recoveryKey.isChosen()
                        ? "This needs your recovery key once more."
                        : "This needs your password and a code once more.");
        if (!isProven(terminal, account)) {
            throw new Failure(
                    Exit.SIGN_IN_FAILED,
                    "sign-in-failed",
                    "Password, code or recovery key is wrong, or the code was used before. Nothing was changed. Each code"
                            + " works once: wait for the next one and try again.");
        }
    }

    private boolean isProven(Terminal terminal, Account account) {
        try {
            if (recoveryKey.isChosen()) {
                return account.proveWithRecoveryKey(recoveryKey.read(terminal));
            }
            char[] typed = password.existing(terminal);
            try {
                return account.prove(typed, code.secondFactor(terminal));
            } finally {
                Arrays.fill(typed, '\0');
            }
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        }
    }
}
