package dev.nescio.cli;

import dev.nescio.cli.profile.LocalProfile;
import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.Nescio;
import dev.nescio.client.PendingSignUp;
import dev.nescio.client.ResetResult;
import dev.nescio.keys.Address;
import dev.nescio.keys.ResetCode;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "reset",
        description = {
            "Begins your account anew, EMPTY, when every way in is lost. All that it holds is destroyed, for good.",
            "",
            "Try everything else first: the recovery key (nescio signin --recovery-key), a backup code in place of the"
                    + " authenticator, and every device that may still be signed in. Nobody has another key to what you have"
                    + " written, and so nobody can bring it back: not you, not the operator.",
            "",
            "It takes a reset code. Whoever runs the server makes one, who has to know that the account is yours; it works"
                    + " once, within a day. A server that sends mail mails you one as well, which works once, within 15"
                    + " minutes, unless a device that is signed in was used within three days. It has to be sent your address"
                    + " in clear for that: you are asked before. Whoever signs in cancels all codes.",
            "",
            "Your address gets a new account with a new password, a new"
                    + " authenticator, new backup codes and a new recovery key. All devices of the old one are signed out, and"
                    + " its passkeys and access keys open nothing any more. Until the new authenticator's first code is right,"
                    + " nothing is deleted."
        },
        footer = {
            "",
            "What is asked:",
            "  1. the address, unless it is given",
            "  2. where the server sends no mail: the reset code",
            "  3. the address once more, and then the words \"" + AccountResetCommand.WORDS + "\":",
            "     anything else gives up",
            "  4. where it sends mail: whether the address may be sent to it in clear; with",
            "     \"no\" the code has to come from the operator. Then the reset code",
            "  5. a new password, twice; at least 10 characters",
            "  6. two groups of the new recovery key, from what you wrote down",
            "  7. the new authenticator's first code; \"cancel\" gives up",
            "  8. a passphrase for this device, twice",
            "",
            "Examples:",
            "  nescio account reset ada@example.org",
            "  nescio account reset --server https://chat.example.org ada@example.org",
            "",
            "For programs: with --json the first line on standard output is",
            "  {\"step\":\"confirm\",\"address\":…,\"words\":…}",
            "The address and the words are then read from two lines of standard input. A",
            "reset code that comes from there too stands in the line before them, a",
            "password in the line after. With --send-address, where the server sends mail,",
            "  {\"step\":\"mailed-reset-code\",\"expiresAt\":…}",
            "follows on the two lines, and the code is then read from the next one, one try",
            "a line. Then as 'nescio help signup' says:",
            "  {\"step\":\"recovery-key\",\"recoveryKey\":…}",
            "  {\"step\":\"totp\",\"secret\":…,\"uri\":…,\"expiresAt\":…}",
            "",
            Kept.SESSION_1,
            Kept.SESSION_2,
            Kept.SESSION_3,
            Kept.SESSION_4,
        },
        exitCodeList = {
            Exit.OK_TEXT,
            Exit.FAILED_TEXT,
            Exit.USAGE_TEXT,
            Exit.SIGN_IN_FAILED_TEXT,
            Exit.UNREACHABLE_TEXT,
            Exit.DISTRUST_TEXT,
            Exit.PROFILE_TEXT,
            Exit.INTERRUPTED_TEXT
        })
final class AccountResetCommand implements Callable<Integer> {

    static final String WORDS = "destroy everything";

    private final Terminal terminal;

    @Parameters(arity = "0..1", paramLabel = "ADDRESS", description = "Your mail address. Asked for if left out.")
    private String address;

    @Mixin
    private ServerOption server;

    @Mixin
    private ResetCodeOptions resetCode;

    @Mixin
    private PasswordOptions password;

    @Mixin
    private NewProfileOptions newProfile;

    @Mixin
    private DeviceNameOption deviceName;

    @Option(names = "--stay", description = "Stay signed in for 30 days instead of 24 hours.")
    private boolean stay;

    AccountResetCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        LocalProfile profile = LocalProfile.of(terminal);
        newProfile.prepare(terminal, profile);
        if (!terminal.isJson() && !terminal.canAsk()) {
            throw Failure.usage("A reset needs a terminal for the authenticator's code, or --json: see --help.");
        }
        try (Nescio nescio = server.connect(terminal, profile, deviceName.device())) {
            String checked = AddressQuestion.ask(terminal, address);
            boolean byMail = resetCode.isMailWelcome(terminal) && nescio.isMailOn();
            if (resetCode.isMailWanted() && !byMail) {
                throw new Failure(
                        Exit.FAILED,
                        "mail-off",
                        "This server sends no mail. Your address was not sent. Ask whoever runs it for a reset code.");
            }
            // Before anything is sent, the person has acknowledged it.
            String given = byMail ? null : readCode();
            acknowledge(checked);
            String code = byMail ? mailedCode(nescio, checked) : given;
            try (PendingSignUp pending = start(nescio, checked, code);
                    Account account =
                            new AuthenticatorSetUp(terminal, pending, stay, AuthenticatorSetUp.Purpose.RESET).run()) {
                new Welcome(terminal, server.address(terminal), newProfile)
                        .show(profile, account, pending.backupCodes());
            }
        }
        return Exit.OK;
    }

    /// One that is mailed, where the person agrees to that; else the operator's.
    private String mailedCode(Nescio nescio, String checked) {
        return MailedResetCodeSheet.of(terminal, nescio, server.address(terminal), checked, resetCode.isMailWanted())
                .orElseGet(this::readCode);
    }

    /// What cannot be a code is told before anything is explained or sent.
    private String readCode() {
        String typed = resetCode.read(terminal);
        try {
            ResetCode.parse(typed).close();
            return typed;
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        }
    }

    /// Two things that are typed, by somebody who has read what they do.
    private void acknowledge(String checked) {
        terminal.json(JsonLine.of("step", "confirm").and("address", checked).and("words", WORDS));
        terminal.say();
        terminal.heading("This destroys everything in your account. Nobody can bring it back.");
        terminal.tell(
                "Every chat and all else that is stored under " + checked + " is deleted for good; it can be opened by"
                        + " nobody, before or after. All your devices are signed out and wipe what they hold. Passkeys, access keys,"
                        + " backup codes and the recovery key of this account end. You get an empty account under this address.");
        terminal.tell(
                "If you still have the recovery key, a backup code with your password, a passkey, or a device that is"
                        + " signed in: stop here, and use that.");
        terminal.say();
        if (!isAddress(TextQuestion.line(terminal, "Type the address to lose all that is in its account: "), checked)) {
            throw givenUp("That is not the address.");
        }
        if (!TextQuestion.line(terminal, "Type \"" + WORDS + "\" to begin anew with nothing: ")
                .strip()
                .equalsIgnoreCase(WORDS)) {
            throw givenUp("Those are not the words.");
        }
    }

    private static boolean isAddress(String typed, String checked) {
        try {
            return Address.parse(typed).normalised().equals(checked);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static Failure givenUp(String why) {
        return new Failure(
                Exit.FAILED, "cancelled", why + " Nothing was deleted, and a reset code that you have still works.");
    }

    private PendingSignUp start(Nescio nescio, String checked, String code) {
        char[] typed = PasswordOptions.choose(terminal, password.isGiven(), () -> password.fresh(terminal));
        try {
            terminal.aside("Making the keys…");
            return switch (nescio.resetDestroyingAll(checked, code, typed)) {
                case ResetResult.Started(PendingSignUp pending) -> pending;
                case ResetResult.Failed() -> throw ResetCodeOptions.failed();
            };
        } finally {
            Arrays.fill(typed, '\0');
        }
    }
}
