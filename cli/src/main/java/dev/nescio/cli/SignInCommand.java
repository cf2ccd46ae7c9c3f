package dev.nescio.cli;

import dev.nescio.cli.profile.LocalProfile;
import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.AccessKeySignIn;
import dev.nescio.client.Account;
import dev.nescio.client.Finding;
import dev.nescio.client.Nescio;
import dev.nescio.client.NescioException;
import dev.nescio.client.OpenAccount;
import dev.nescio.client.ScopedAccount;
import dev.nescio.client.SignInResult;
import dev.nescio.protocol.Scope;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "signin",
        description = {
            "Signs this device in.",
            "",
            "The password stays on this device: what is sent is a hash made of it with Argon2id, which takes a moment."
                    + " Before anything is sent, and before anything that comes back is used, it is checked; a server"
                    + " that asks for a weaker hash than before, or serves another account, is refused (exit code 6)."
        },
        footer = {
            "",
            "What is asked:",
            "  1. the address, unless it is given",
            "  2. the password",
            "  3. the authenticator's code, or a backup code; each works once",
            "     with --recovery-key: instead of all three, the recovery key",
            "  4. a passphrase for this device, twice",
            "     with --access-key-file and --unsealed-profile: nothing",
            "",
            "Examples:",
            "  nescio signin ada@example.org",
            "  nescio signin --stay --server https://chat.example.org ada@example.org",
            "  nescio signin --recovery-key",
            "  nescio signin --end-others ada@example.org",
            "  nescio signin --access-key-file key --unsealed-profile",
            "  printf '%%s\\n%%s\\n' \"$password\" \"$code\" |",
            "    nescio signin --json --password-stdin --code-stdin \\",
            "      --unsealed-profile ada@example.org",
            "",
            "With --end-others, --json has \"otherSessions\":\"ended\", or \"listed\" where the",
            "server shows others still, whose ids are in \"listed\", or \"unknown\" where it",
            "does not show who is signed in.",
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
final class SignInCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(arity = "0..1", paramLabel = "ADDRESS", description = "Your mail address. Asked for if left out.")
    private String address;

    @Mixin
    private ServerOption server;

    @Mixin
    private PasswordOptions password;

    @Mixin
    private CodeOptions code;

    @Mixin
    private RecoveryKeyOptions recoveryKey;

    @Mixin
    private AccessKeyOptions accessKey;

    @Mixin
    private NewProfileOptions newProfile;

    @Mixin
    private DeviceNameOption deviceName;

    @Option(names = "--stay", description = "Stay signed in for 30 days instead of 24 hours.")
    private boolean stay;

    @Option(
            names = "--end-others",
            description = "Sign all your other devices and programs out in the same instant, for when one is lost.")
    private boolean endOthers;

    SignInCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        LocalProfile profile = LocalProfile.of(terminal);
        newProfile.prepare(terminal, profile);
        try (Nescio nescio = server.connect(terminal, profile, deviceName.device())) {
            if (accessKey.isChosen()) {
                return signInWithAccessKey(nescio, profile);
            }
            try (Account account = signInAsPerson(nescio)) {
                newProfile.save(terminal, profile, account);
                terminal.say();
                terminal.say("Signed in as " + account.address() + " until " + When.local(account.expiresAt()) + ".");
                OtherSessions others = endOthers ? OtherSessions.lookedAt(account) : null;
                if (endOthers) {
                    terminal.say(
                            others.text() + " What one of them has kept, and whoever knows a way in, is not changed"
                                    + " by that: change the password or the recovery key as well, if somebody may know it.");
                }
                account.deviceListFinding().ifPresent(finding -> DeviceListWarning.tell(terminal, finding));
                LogWarning.tellAfterSignIn(terminal, account);
                if (account.isResetCodeCancelled()) {
                    terminal.tell(
                            "This has cancelled a RESET CODE: somebody had told the operator of the server that every way"
                                    + " into your account is lost, or had a code mailed to your address. If that was not you,"
                                    + " tell the operator, and change the password of your mailbox: somebody may read it.");
                }
                JsonLine line = newProfile.describe(
                        JsonLine.ok()
                                .and("server", server.address(terminal))
                                .and("account", account.id().hex())
                                .and("address", account.address())
                                .and("expiresAt", account.expiresAt().toString())
                                .and("resetCancelled", account.isResetCodeCancelled()),
                        profile,
                        account);
                terminal.json(endOthers ? others.describe(line) : line);
                advise(account);
            }
        }
        return Exit.OK;
    }

    private Account signInAsPerson(Nescio nescio) {
        try {
            return recoveryKey.isChosen() ? recover(nescio) : signIn(nescio);
        } catch (NescioException.Unreachable e) {
            if (!endOthers) {
                throw e;
            }
            throw new Failure(
                    Exit.UNREACHABLE,
                    "unreachable",
                    "The server did not answer. Your other devices are signed in as before, or all of them are signed out;"
                            + " this one is not signed in. Run this again, with another code.");
        } catch (NescioException.Distrust e) {
            if (!endOthers || e.finding() == Finding.PASSWORD_HASH_REFUSED) {
                throw e;
            }
            throw new Failure(
                    Exit.DISTRUST,
                    "distrust",
                    e.getMessage()
                            + " This device is not signed in. Your other devices may be signed out all the same: an answer"
                            + " is checked after the server has done what was asked.");
        }
    }

    private int signInWithAccessKey(Nescio nescio, LocalProfile profile) {
        if (endOthers) {
            throw Failure.usage("An access key ends no session of somebody else: leave --end-others out.");
        }
        if (address != null || password.isGiven() || recoveryKey.isChosen()) {
            throw Failure.usage("The access key tells its account by itself: leave everything else out.");
        }
        try (OpenAccount account = openWithAccessKey(nescio)) {
            newProfile.save(terminal, profile, account);
            String scope =
                    account instanceof ScopedAccount scoped ? scoped.scope().text() : Scope.ALL.text();
            terminal.say();
            terminal.say("Signed in with an access key (" + scope + ") until " + When.local(account.expiresAt()) + ".");
            terminal.json(newProfile.describe(
                    JsonLine.ok()
                            .and("server", server.address(terminal))
                            .and("account", account.id().hex())
                            .and("scope", scope)
                            .and("expiresAt", account.expiresAt().toString()),
                    profile,
                    account));
        }
        return Exit.OK;
    }

    private OpenAccount openWithAccessKey(Nescio nescio) {
        try {
            return switch (nescio.signInWithAccessKey(accessKey.read(terminal), stay)) {
                case AccessKeySignIn.SignedIn(OpenAccount account) -> account;
                case AccessKeySignIn.Failed() ->
                    throw new Failure(
                            Exit.SIGN_IN_FAILED,
                            "sign-in-failed",
                            "This access key opens no account on this server: it was revoked, its time is over, or it is"
                                    + " another server's.");
            };
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        }
    }

    private void advise(Account account) {
        if (recoveryKey.isChosen()) {
            terminal.tell("The recovery key still works. If somebody else may have seen it: nescio recovery new");
        } else if (!terminal.isJson() && !account.hasRecoveryKey()) {
            terminal.tell("This account has no recovery key yet: if the password is lost, so is the account. Make one"
                    + " with: nescio recovery new");
        }
    }

    private Account recover(Nescio nescio) {
        if (address != null || password.isGiven()) {
            throw Failure.usage("The recovery key tells its account by itself: leave address and password out.");
        }
        try {
            return switch (nescio.signInWithRecoveryKey(recoveryKey.read(terminal), stay, endOthers)) {
                case SignInResult.SignedIn(Account account) -> account;
                case SignInResult.Failed() ->
                    throw new Failure(
                            Exit.SIGN_IN_FAILED,
                            "sign-in-failed",
                            "This recovery key opens no account on this server. Is it the right server, and was the key"
                                    + " replaced by a newer one?");
            };
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        }
    }

    private Account signIn(Nescio nescio) {
        String checked = AddressQuestion.ask(terminal, address);
        char[] typed = password.existing(terminal);
        try {
            return switch (nescio.signIn(checked, typed, code.secondFactor(terminal), stay, endOthers)) {
                case SignInResult.SignedIn(Account account) -> account;
                case SignInResult.Failed() ->
                    throw new Failure(
                            Exit.SIGN_IN_FAILED,
                            "sign-in-failed",
                            "Address, password or code is wrong; the server does not say which."
                                    + " Each code works once: wait for the next one and try again. If that fails too, try a"
                                    + " backup code: somebody else may have guessed so often that only these work today.");
            };
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        } finally {
            Arrays.fill(typed, '\0');
        }
    }
}
