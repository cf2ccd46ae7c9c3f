package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.MailAlertsChange;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "on",
        description = {
            "Has the server mail you whenever somebody signs in to your account.",
            "",
            "For that it is sent your address in clear, and keeps it sealed under a key of its own: a thief of the database"
                    + " alone cannot read it; whoever runs the server, or has broken into it, can. Whenever an honest server"
                    + " reads it, to mail you, it first writes that into the account's log (nescio account log). The mail says"
                    + " that there was a sign-in, and in which hour, and no more. At most ten go out in a day. Your other"
                    + " devices are told of a sign-in whether this is on or off."
        },
        footer = {
            "",
            "What is asked:",
            "  1. the passphrase of this device, if the profile is sealed",
            "  2. whether your address may be sent, unless --send-address says so",
            "  3. password and code, or with --recovery-key the recovery key, unless you",
            "     have just signed in",
            "",
            "Examples:",
            "  nescio account alerts on",
            "  nescio account alerts on --json --send-address --password-file pw --code-stdin",
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
final class AccountAlertsOnCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Option(names = "--send-address", description = "Send your address in clear without asking.")
    private boolean sendAddress;

    @Mixin
    private SignedInOptions signedIn;

    @Mixin
    private ProofOptions proof;

    AccountAlertsOnCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return signedIn.useRenewed(terminal, this::turnOn);
    }

    private int turnOn(Account account) {
        if (!sendAddress) {
            ask(account.address());
        }
        switch (change(account)) {
            case MailAlertsChange.Changed() ->
                terminal.say(
                        "From now on a mail goes to your address whenever somebody signs in. Look at the log now and then: it"
                                + " says each time that the address was read.");
            case MailAlertsChange.MailOff(boolean addressSent) ->
                throw new Failure(
                        addressSent ? Exit.DISTRUST : Exit.FAILED,
                        addressSent ? "address-asked-for-nothing" : "mail-off",
                        addressSent
                                ? "The server said that it sends mail, and now says that it does not. It has your address."
                                        + " Ask who runs it why."
                                : "This server sends no mail. Your address was not sent.");
            case MailAlertsChange.ProofRequired(), MailAlertsChange.AlreadyOff() ->
                throw new IllegalStateException("not an outcome of turning mails on with a proof");
        }
        terminal.json(JsonLine.ok());
        return Exit.OK;
    }

    private MailAlertsChange change(Account account) {
        try {
            return proof.<MailAlertsChange>proven(
                    terminal, account, account.mailAlerts()::insecureTurnOn, MailAlertsChange.ProofRequired.class);
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.FAILED, "address-unsuitable", e.getMessage());
        }
    }

    private void ask(String address) {
        AddressConsent.ask(
                terminal,
                address,
                "For this the server has to be sent your address in clear.",
                "The server gets your address in clear, and keeps it.",
                "An honest server keeps it sealed under a key of its own, and writes into your account's log each time that it"
                        + " reads it. Nobody can check that: whoever runs the server, or has broken into it, and who carries its"
                        + " mail, can learn that this account is yours, and when somebody signs in to it.");
    }
}
