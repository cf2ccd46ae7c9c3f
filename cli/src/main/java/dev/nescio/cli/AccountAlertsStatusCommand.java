package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "status",
        description = "Says whether the server mails you about sign-ins, as the server says.",
        footer = {
            "",
            "What is asked: the passphrase of this device, if the profile is sealed.",
            "",
            "Example:",
            "  nescio account alerts status",
            "",
            "With --json: {\"ok\":true,\"on\":true}",
            "",
            "Kept on this device: nothing.",
        },
        exitCodeList = {
            Exit.OK_TEXT,
            Exit.FAILED_TEXT,
            Exit.USAGE_TEXT,
            Exit.NOT_SIGNED_IN_TEXT,
            Exit.UNREACHABLE_TEXT,
            Exit.DISTRUST_TEXT,
            Exit.PROFILE_TEXT,
            Exit.INTERRUPTED_TEXT
        })
final class AccountAlertsStatusCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private SignedInOptions signedIn;

    AccountAlertsStatusCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return signedIn.use(terminal, this::show);
    }

    private int show(Account account) {
        boolean on = account.mailAlerts().areOn();
        terminal.say(
                on
                        ? "On: the server mails you whenever somebody signs in. For that it keeps your address, sealed."
                        : "Off: the server mails you nothing, and keeps no address of yours.");
        terminal.json(JsonLine.ok().and("on", on));
        return Exit.OK;
    }
}
