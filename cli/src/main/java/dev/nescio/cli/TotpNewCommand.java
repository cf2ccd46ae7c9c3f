package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.AuthenticatorChange;
import dev.nescio.client.AuthenticatorStart;
import dev.nescio.client.NescioException;
import dev.nescio.client.NewAuthenticator;
import dev.nescio.client.SecondFactor;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "new",
        description = {
            "Sets another authenticator up; the old one stops working.",
            "",
            "The new one counts from its first right code on. Until then the old one stays, and giving up leaves everything"
                    + " as it was. Your backup codes stay."
        },
        footer = {
            "",
            "What is asked:",
            "  1. the passphrase of this device, if the profile is sealed",
            "  2. password and a code of the old authenticator, or a backup code, or with",
            "     --recovery-key the recovery key, unless you have just signed in",
            "  3. the first code of the new authenticator; \"cancel\" gives up",
            "",
            "Examples:",
            "  nescio totp new",
            "  nescio totp new --recovery-key",
            "",
            "For programs: with --json the first line on standard output is",
            "  {\"step\":\"totp\",\"secret\":…,\"uri\":…,\"expiresAt\":…}",
            "The code is then read from standard input, one try a line.",
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
final class TotpNewCommand implements Callable<Integer> {

    private static final String OLD_STAYS = " The old authenticator still works.";

    private final Terminal terminal;

    @Mixin
    private SignedInOptions signedIn;

    @Mixin
    private ProofOptions proof;

    TotpNewCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return signedIn.useRenewed(terminal, this::replace);
    }

    private int replace(Account account) {
        if (!terminal.isJson() && !terminal.canAsk()) {
            throw Failure.usage("A new authenticator needs a terminal for its first code, or --json: see --help.");
        }
        ProofOptions.requirePassword(account);
        AuthenticatorStart start =
                proof.proven(terminal, account, account::newAuthenticator, AuthenticatorStart.ProofRequired.class);
        if (!(start instanceof AuthenticatorStart.Started(NewAuthenticator authenticator))) {
            throw new IllegalStateException("it is proven by now");
        }
        AuthenticatorSheet sheet = new AuthenticatorSheet(terminal);
        sheet.show(authenticator.totpSecret(), authenticator.otpauthUri(), authenticator.expiresAt());
        boolean confirmed;
        do {
            confirmed = isConfirmed(account, authenticator, sheet);
        } while (!confirmed);
        terminal.say();
        terminal.say("The new authenticator works from now on, and the old one no longer. Remove the old entry.");
        terminal.json(JsonLine.ok());
        return Exit.OK;
    }

    private boolean isConfirmed(Account account, NewAuthenticator authenticator, AuthenticatorSheet sheet) {
        SecondFactor.Totp code = sheet.readCode().orElseThrow(() -> cancelled(authenticator));
        return switch (confirm(account, authenticator, code)) {
            case AuthenticatorChange.Changed() -> true;
            case AuthenticatorChange.WrongCode(int triesLeft)
            when triesLeft > 0 -> {
                sheet.wrongCode(triesLeft);
                yield false;
            }
            case AuthenticatorChange.WrongCode(int none) ->
                throw new Failure(
                        Exit.SIGN_IN_FAILED,
                        "wrong-code",
                        "This code is wrong, and it was the last try." + OLD_STAYS
                                + " Start again with: nescio totp new");
            case AuthenticatorChange.Gone() ->
                throw new Failure(
                        Exit.FAILED,
                        "not-found",
                        "The new authenticator has expired." + OLD_STAYS + " Start again with: nescio totp new");
            case AuthenticatorChange.ProofRequired() -> throw new IllegalStateException("it is proven by now");
        };
    }

    private AuthenticatorChange confirm(Account account, NewAuthenticator authenticator, SecondFactor.Totp code) {
        try {
            return proof.proven(
                    terminal, account, () -> authenticator.confirm(code), AuthenticatorChange.ProofRequired.class);
        } catch (NescioException.Unreachable e) {
            throw new Failure(
                    Exit.UNREACHABLE,
                    "unreachable",
                    "The answer was lost, so the new authenticator may work or the old one. Keep both entries, and try the"
                            + " new one first when you sign in.");
        }
    }

    private static Failure cancelled(NewAuthenticator authenticator) {
        try {
            authenticator.cancel();
        } catch (NescioException e) {
            // The server forgets it by itself; nothing counts before its first code.
        }
        return new Failure(Exit.FAILED, "cancelled", "Cancelled." + OLD_STAYS);
    }
}
