package dev.nescio.cli;

import dev.nescio.cli.profile.LocalProfile;
import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.Nescio;
import dev.nescio.client.PendingSignUp;
import dev.nescio.client.SignUpResult;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "signup",
        description = {
            "Makes an account.",
            "",
            "The keys are made on this device. The server gets them wrapped, and in place of your address and password"
                    + " it gets hashes. Nobody can reset the password: who loses it needs the recovery key, and who loses"
                    + " both loses the account. A hostile server can try guesses, slowly, so choose one that nobody"
                    + " guesses.",
            "",
            "You get a recovery key, which opens the account when all else is lost, and write it down.",
            "",
            "A password alone never opens an account. You set up an authenticator (any app for TOTP codes), prove it"
                    + " with its first code, and get ten backup codes. Until that code is right the server keeps nothing.",
            "",
            "Some servers confirm addresses by mail. Such a one has to be sent your address in clear, once, to mail a"
                    + " code to it: you are asked before. That it keeps only a hash of it, you have to believe."
        },
        footer = {
            "",
            "What is asked:",
            "  1. the address, unless it is given",
            "  2. where the server confirms addresses: whether yours may be sent to it in clear",
            "  3. the password, twice; at least 10 characters",
            "  4. there: the code that was mailed; \"cancel\" gives up",
            "  5. two groups of the recovery key, from what you wrote down",
            "  6. the authenticator's first code; \"cancel\" gives up",
            "  7. a passphrase for this device, twice",
            "",
            "Examples:",
            "  nescio signup ada@example.org",
            "  nescio signup --server https://chat.example.org --stay ada@example.org",
            "",
            "For programs: with --json the first lines on standard output are",
            "  {\"step\":\"recovery-key\",\"recoveryKey\":…}",
            "  {\"step\":\"totp\",\"secret\":…,\"uri\":…,\"expiresAt\":…}",
            "The code is then read from standard input, one try a line:",
            "  nescio signup --json --password-file pw --unsealed-profile ada@example.org",
            "With --send-address, where the server confirms addresses, another line comes before them:",
            "  {\"step\":\"mailed-code\",\"expiresAt\":…}",
            "and the mailed code is read first, in the same way.",
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
final class SignUpCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(arity = "0..1", paramLabel = "ADDRESS", description = "Your mail address. Asked for if left out.")
    private String address;

    @Mixin
    private ServerOption server;

    @Mixin
    private PasswordOptions password;

    @Mixin
    private NewProfileOptions newProfile;

    @Mixin
    private DeviceNameOption deviceName;

    @Option(
            names = "--send-address",
            description = "Where the server confirms addresses by mail, send it yours in clear without asking.")
    private boolean sendAddress;

    @Option(names = "--stay", description = "Stay signed in for 30 days instead of 24 hours.")
    private boolean stay;

    SignUpCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        LocalProfile profile = LocalProfile.of(terminal);
        newProfile.prepare(terminal, profile);
        if (!terminal.isJson() && !terminal.canAsk()) {
            throw Failure.usage("Signing up needs a terminal for the authenticator's code, or --json: see --help.");
        }
        try (Nescio nescio = server.connect(terminal, profile, deviceName.device())) {
            String checked = AddressQuestion.ask(terminal, address);
            terminal.say("A new account on " + server.address(terminal) + " for " + checked);
            MailedCodeSheet mail = nescio.isMailOn()
                    ? MailedCodeSheet.send(terminal, nescio, server.address(terminal), checked, sendAddress)
                    : null;
            try (PendingSignUp pending = start(nescio, checked, mail);
                    Account account =
                            new AuthenticatorSetUp(terminal, pending, stay, AuthenticatorSetUp.Purpose.SIGN_UP).run()) {
                new Welcome(terminal, server.address(terminal), newProfile)
                        .show(profile, account, pending.backupCodes());
            }
        }
        return Exit.OK;
    }

    /// @param mail null where mail is off
    private PendingSignUp start(Nescio nescio, String checked, MailedCodeSheet mail) {
        char[] typed = PasswordOptions.choose(terminal, password.isGiven(), () -> password.fresh(terminal));
        try {
            SignUpResult result = mail == null ? begin(nescio, checked, typed) : mail.signUp(nescio, typed);
            return switch (result) {
                case SignUpResult.Started(PendingSignUp pending) -> pending;
                case SignUpResult.AddressUnconfirmed() ->
                    throw new Failure(
                            Exit.FAILED,
                            "address-unconfirmed",
                            "This server confirms addresses by mail since a moment ago. Try again: nescio signup");
                case SignUpResult.WrongMailedCode(int none) ->
                    throw new Failure(
                            Exit.SIGN_IN_FAILED,
                            "wrong-code",
                            "This code is wrong, and it was the last try. The server keeps nothing. Start again with:"
                                    + " nescio signup");
                case SignUpResult.MailedCodeGone() ->
                    throw new Failure(
                            Exit.FAILED,
                            "not-found",
                            "The mailed code has expired, or was used. The server keeps nothing. Start again with: nescio"
                                    + " signup");
                case SignUpResult.AddressTaken() ->
                    throw new Failure(
                            Exit.FAILED,
                            "address-taken",
                            "This address has an account on this server. Sign in with: nescio signin");
                case SignUpResult.Closed() ->
                    throw new Failure(
                            Exit.FAILED,
                            "sign-up-closed",
                            "Nobody can sign up on this server now. Ask who runs it, or choose another one with --server.");
            };
        } finally {
            Arrays.fill(typed, '\0');
        }
    }

    private SignUpResult begin(Nescio nescio, String checked, char[] typed) {
        terminal.aside("Making the keys…");
        return nescio.signUp(checked, typed);
    }
}
