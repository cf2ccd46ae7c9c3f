package dev.nescio.cli;

import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import java.time.Instant;

/// That somebody can destroy the account by a reset code (spec, section 10.18). The owner has no other warning.
final class ResetWarning {

    private ResetWarning() {}

    /// Says beside a result what the last check of the session has found.
    static void tell(Terminal terminal, Account account) {
        account.resetCodeUntil().ifPresent(until -> {
            terminal.tell(text(until));
            terminal.json(line(until));
        });
    }

    /// Says beside the result of any command what the server has said as the account was taken up.
    static void alert(Terminal terminal, Account account) {
        account.resetCodeUntil().ifPresent(until -> terminal.alert(text(until), line(until)));
    }

    private static JsonLine line(Instant until) {
        return JsonLine.of("alert", "reset-code").and("resetUntil", until.toString());
    }

    private static String text(Instant until) {
        return "! There is a RESET CODE for your account, until " + When.local(until)
                + ": whoever has it can destroy all that is in it. Somebody told the operator of the server that every"
                + " way in is lost, or had it mailed to your address. If that was not you, cancel it now: nescio account"
                + " refuse-reset";
    }
}
