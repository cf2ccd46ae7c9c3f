package dev.nescio.cli;

import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.Finding;

/// What is wrong with the account's log, and what is new in it (spec, section 9.5).
final class LogWarning {

    private LogWarning() {}

    /// Says beside a result what was wrong when the account looked for what it had just done.
    static void tell(Terminal terminal, Account account) {
        account.logFinding().ifPresent(finding -> {
            terminal.tell(text(finding));
            terminal.json(line(finding));
        });
    }

    /// Says it beside any result.
    static void alert(Terminal terminal, Finding finding) {
        terminal.alert(text(finding), line(finding));
    }

    private static String text(Finding finding) {
        return "! " + finding.text() + " See: nescio account log";
    }

    private static JsonLine line(Finding finding) {
        return JsonLine.of("alert", "log").and("message", finding.text());
    }

    /// Says after signing in also what this device has not shown yet.
    static void tellAfterSignIn(Terminal terminal, Account account) {
        tell(terminal, account);
        if (account.logFinding().isEmpty()) {
            SignInNewsAlert.tell(terminal, account);
        }
        account.newLogEvents().stream()
                .filter(events -> events > 0)
                .forEach(events -> terminal.say((events == 1 ? "1 event" : events + " events")
                        + " in your account's log since this device last showed it: nescio account log"));
    }
}
