package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.AccessKeyEntry;
import dev.nescio.client.Account;
import dev.nescio.client.MasterKeyRotation;
import dev.nescio.client.NescioException;
import dev.nescio.client.NewMasterKey;
import dev.nescio.client.PasskeyEntry;
import dev.nescio.client.SecondFactor;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.SlotKind;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "rotate",
        description = {
            "Makes new keys for everything, and a new recovery key.",
            "",
            "Do this when you fear that somebody has your keys: a device was stolen while it was signed in, or"
                    + " somebody had your recovery key and a copy of the server's data. What they have read or copied they"
                    + " can read still; what you write from now on they cannot.",
            "",
            "Every chat is read and checked first; when one does not open, it is named, and nothing is changed unless"
                    + " you agree to leave it like that. Then everything changes in one step: interrupt it whenever you like, and your"
                    + " account is as it was or as it is to be. Your authenticator and backup codes stay, and so does your"
                    + " password, unless --new-password puts another one in its place in the same step: do that when you"
                    + " fear for it, too. Your other devices are signed out, and passkeys and access keys stop working:"
                    + " sign in again there, and make them anew.",
            "",
            "Look at  nescio account log  first: from which network somebody signed in nobody can read any more after this."
        },
        footer = {
            "",
            "What is asked:",
            "  1. the passphrase of this device, if the profile is sealed; it stays as it is",
            "  2. two groups of the new recovery key",
            "  3. with --new-password, the new password, twice",
            "  4. password and code, and both again every five minutes while it goes on",
            "  5. where something does not open, whether to leave it like that",
            "",
            "Examples:",
            "  nescio keys rotate",
            "  nescio keys rotate --new-password",
            "  nescio keys rotate --json --password-file pw --code-stdin",
            "",
            "For programs: with --json the first line is",
            "  {\"step\":\"recovery-key\",\"recoveryKey\":…}",
            "and the key counts when the last line has \"ok\":true. After any other end that",
            "came later than the proof, keep both keys: either may be the one that counts.",
            "Run it again then: it finds out. A last line with \"found\":true says that the",
            "new keys are in force, and the recovery key of the run before is the one.",
            "With a new password it ends with \"problem\":\"password-not-changed\" instead:",
            "run it once more.",
            "",
            "What does not open ends it with \"problem\":\"unreadable\", after a line",
            "  {\"step\":\"unreadable\",\"unreadable\":[…]}",
            "Each of these is a WHAT for --leave-unreadable: the id of a chat, or a list with",
            "how many the server has in it, such as chats=12. Give it beside those of the runs",
            "before: what else turns up then ends it again. When it is done, a line",
            "{\"step\":\"left\",\"left\":[…]} says what was left.",
            "",
            "Kept on this device: the new master key, in place of the old one, and beside it",
            "until it is known which one is in force.",
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
final class KeysRotateCommand implements Callable<Integer> {

    private static final String NOT_KNOWN =
            "It is not known yet whether the new keys are in force or the old ones. Nothing is lost with either. Keep"
                    + " both papers, old and new. If you gave a new password, keep both: the new one counts where the"
                    + " new keys are in force, else the old one. Run  nescio keys rotate  again: it finds out.";

    private final Terminal terminal;

    @Mixin
    private SignedInOptions signedIn;

    @Option(names = "--new-password", description = "Ask for a new password, which takes the place of the old one.")
    private boolean askNewPassword;

    @Mixin
    private NewPasswordOptions newPassword;

    @Mixin
    private PasswordOptions password;

    @Mixin
    private CodeOptions code;

    @Option(
            names = "--drop-others",
            description = "Go on though passkeys and access keys stop working. Passkeys can be kept in a browser only.")
    private boolean dropOthers;

    @Mixin
    private LeaveUnreadableOptions unreadable;

    KeysRotateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return signedIn.useRenewedKeeping(terminal, this::rotate);
    }

    private int rotate(Account account, SignedInOptions.Keeping keeping) {
        if (account.isRotationFound()) {
            return found();
        }
        if (!terminal.isJson() && !terminal.canAsk()) {
            throw Failure.usage("A new recovery key needs a terminal to be shown on, or --json: see --help.");
        }
        ProofOptions.requirePassword(account);
        requireNothingElse(account);
        if (account.isRotationUnanswered()) {
            terminal.tell(
                    "The new keys of the run before are not in force. This makes other ones: when it is done, only the"
                            + " recovery key that it shows now works.");
        }
        terminal.tell("If you have not yet, interrupt this and look at  nescio account log  first: from which network"
                + " somebody signed in nobody can read any more after this.");
        try (NewMasterKey next = account.newMasterKey()) {
            if (!new RecoveryKeySheet(terminal, next.recoveryKey()).hand()) {
                throw new Failure(
                        Exit.FAILED, "cancelled", "Cancelled. Nothing was changed; the old recovery key works.");
            }
            if (!rotateAndTell(next, keeping)) {
                terminal.tell("The recovery key that was shown just now does not work: destroy its paper.");
                return found();
            }
        }
        terminal.say();
        terminal.say(
                "Everything hangs from new keys now. The new recovery key works, and the old one no longer. Your other"
                        + " devices are signed out.");
        if (isNewPasswordAskedFor()) {
            terminal.say("The new password works from now on, and the old one no longer.");
        }
        terminal.json(JsonLine.ok());
        return Exit.OK;
    }

    private boolean isNewPasswordAskedFor() {
        return askNewPassword || newPassword.isGiven();
    }

    /// The keys of an earlier run are in force. A password that this one was to bring is not.
    private int found() {
        if (isNewPasswordAskedFor()) {
            throw new Failure(
                    Exit.FAILED,
                    "password-not-changed",
                    "The new keys of a run before are in force, and the recovery key that it showed works. This run has"
                            + " not changed the password: the one that counts is the one that you gave in that run as"
                            + " the new one, or else the old one. Run this again to change it.");
        }
        terminal.tell("There is nothing left to do: your other devices are signed out, and passkeys and access keys"
                + " that there were work no longer.");
        terminal.json(JsonLine.ok().and("found", true));
        return Exit.OK;
    }

    /// Whatever ends it after the step was asked for leaves the old keys in force or the new ones.
    ///
    /// @return false where the keys of an earlier run have turned out to be in force
    private boolean rotateAndTell(NewMasterKey next, SignedInOptions.Keeping keeping) {
        try {
            return rotate(next, keeping);
        } catch (NescioException.SessionEnded e) {
            throw e;
        } catch (NescioException e) {
            if (next.isOutcomeKnown()) {
                throw e;
            }
            throw switch (e) {
                case NescioException.Unreachable lost ->
                    new Failure(Exit.UNREACHABLE, "unreachable", "The answer was lost. " + NOT_KNOWN);
                case NescioException.Distrust distrust ->
                    new Failure(Exit.DISTRUST, "distrust", distrust.getMessage() + " " + NOT_KNOWN);
                default -> new Failure(Exit.FAILED, "outcome-unknown", e.getMessage() + " " + NOT_KNOWN);
            };
        }
    }

    private void requireNothingElse(Account account) {
        List<String> passkeys =
                account.passkeys().stream().map(PasskeyEntry::name).toList();
        List<String> accessKeys =
                account.accessKeys().list().stream().map(AccessKeyEntry::name).toList();
        if ((passkeys.isEmpty() && accessKeys.isEmpty()) || dropOthers) {
            return;
        }
        StringBuilder why = new StringBuilder();
        if (!passkeys.isEmpty()) {
            why.append("These passkeys would stop working: ")
                    .append(String.join(", ", passkeys))
                    .append(". A terminal cannot ask an authenticator to keep them. ");
        }
        if (!accessKeys.isEmpty()) {
            why.append("These access keys would stop working: ")
                    .append(String.join(", ", accessKeys))
                    .append(". ");
        }
        why.append("If you can do without them, or will make them anew, add --drop-others. Nothing was changed.");
        throw new Failure(Exit.FAILED, "others-dropped", why.toString());
    }

    private boolean rotate(NewMasterKey next, SignedInOptions.Keeping keeping) {
        keepPassword(next, isNewPasswordAskedFor());
        terminal.tell("Every chat is read and checked now. That takes a while when there are many.");
        return use(next, keeping);
    }

    private void tell(MasterKeyRotation.Rotated outcome, SignedInOptions.Keeping keeping) {
        try (Account rotated = outcome.account()) {
            keeping.keep(rotated);
            LogWarning.tell(terminal, rotated);
        }
        tellDropped(outcome.dropped());
        unreadable.tellLeft(terminal);
    }

    /// Asks for password and code as often as the server does, as long as it takes more each time: each time is enough
    /// for five minutes.
    private boolean use(NewMasterKey next, SignedInOptions.Keeping keeping) {
        int sent = -1;
        while (true) {
            switch (next.use(keeping.protection(), keeping::keep)) {
                case MasterKeyRotation.Rotated rotated -> {
                    tell(rotated, keeping);
                    return true;
                }
                case MasterKeyRotation.EarlierFound(Account earlier) -> {
                    try (earlier) {
                        keeping.keep(earlier);
                        SignedInOptions.tellFound(terminal, earlier);
                    }
                    return false;
                }
                case MasterKeyRotation.ProofRequired(int now) -> {
                    if (now <= sent) {
                        throw new Failure(
                                Exit.FAILED,
                                "proof-required",
                                "The server asked for a proof, got it, and asked again. " + ending(next));
                    }
                    sent = now;
                    terminal.tell(
                            "That takes longer than five minutes, so password and a new code are needed again. What"
                                    + " is done so far stays done.");
                    keepPassword(next);
                }
                case MasterKeyRotation.Unreadable named -> unreadable.leave(terminal, next, named, ending(next));
                case MasterKeyRotation.TooManyKeys(ContainerId container) ->
                    throw new Failure(
                            Exit.FAILED,
                            "too-many-keys",
                            "The chat " + container.hex()
                                    + " has had as many keys as a chat can have. Begin another account to have new"
                                    + " keys. " + ending(next));
            }
        }
    }

    private static String ending(NewMasterKey next) {
        return next.isOutcomeKnown() ? "Nothing was changed." : NOT_KNOWN;
    }

    private void tellDropped(List<MasterKeyRotation.Dropped> dropped) {
        if (!dropped.isEmpty()) {
            tellDropped(named(dropped, SlotKind.PASSKEY), "passkeys", "Sign in, and add them again in a browser.");
            tellDropped(named(dropped, SlotKind.ACCESS), "access keys", "Make them anew with: nescio accesskey new");
            List<String> names =
                    dropped.stream().map(MasterKeyRotation.Dropped::name).toList();
            terminal.json(JsonLine.of("step", "dropped").and("dropped", names));
        }
    }

    private static List<String> named(List<MasterKeyRotation.Dropped> dropped, SlotKind kind) {
        return dropped.stream()
                .filter(each -> each.kind() == kind)
                .map(MasterKeyRotation.Dropped::name)
                .toList();
    }

    private void tellDropped(List<String> names, String kind, String then) {
        if (!names.isEmpty()) {
            terminal.tell("These " + kind + " work no longer: " + String.join(", ", names) + ". " + then);
        }
    }

    private void keepPassword(NewMasterKey next, boolean another) {
        char[] chosen = another ? newPassword.choose(terminal) : new char[0];
        try {
            terminal.tell(
                    another ? "This needs your old password and a code." : "This needs your password and a code.");
            keepPassword(next);
            if (another) {
                next.changePassword(chosen);
            }
        } finally {
            Arrays.fill(chosen, '\0');
        }
    }

    private void keepPassword(NewMasterKey next) {
        char[] typed = password.existing(terminal);
        try {
            SecondFactor factor = code.secondFactor(terminal);
            if (!next.keepPassword(typed, factor)) {
                throw new Failure(
                        Exit.SIGN_IN_FAILED,
                        "sign-in-failed",
                        "Password or code is wrong, or the code was used before. Each code works once: wait for the"
                                + " next one and try again. " + ending(next));
            }
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        } finally {
            Arrays.fill(typed, '\0');
        }
    }
}
