package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.MailAlertsChange;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "off",
        description = {
            "Has the server mail you about sign-ins no more, and delete your address.",
            "",
            "That it deletes it, you take its word for. The log of the account says that they were turned off. Your other"
                    + " devices are told of a sign-in as before."
        },
        footer = {
            "",
            "What is asked:",
            "  1. the passphrase of this device, if the profile is sealed",
            "  2. password and code, or with --recovery-key the recovery key, unless you",
            "     have just signed in",
            "",
            "Examples:",
            "  nescio account alerts off",
            "  nescio account alerts off --recovery-key",
            "",
            "With --json: {\"ok\":true,\"wereOn\":true}",
            "",
            "Kept on this device: nothing.",
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
final class AccountAlertsOffCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private SignedInOptions signedIn;

    @Mixin
    private ProofOptions proof;

    AccountAlertsOffCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return signedIn.useRenewed(terminal, this::turnOff);
    }

    private int turnOff(Account account) {
        boolean wereOn = switch (proof.<MailAlertsChange>proven(
                terminal, account, account.mailAlerts()::turnOff, MailAlertsChange.ProofRequired.class)) {
            case MailAlertsChange.Changed() -> true;
            case MailAlertsChange.AlreadyOff() -> false;
            case MailAlertsChange.ProofRequired _, MailAlertsChange.MailOff _ ->
                throw new IllegalStateException("not an outcome of turning mails off with a proof");
        };
        terminal.say(
                wereOn
                        ? "The server mails you about sign-ins no more, and says that it has deleted your address."
                        : "They were off already: the server says that it has no address of yours.");
        terminal.json(JsonLine.ok().and("wereOn", wereOn));
        return Exit.OK;
    }
}
