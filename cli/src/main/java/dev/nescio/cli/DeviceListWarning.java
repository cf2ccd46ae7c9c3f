package dev.nescio.cli;

import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Finding;
import dev.nescio.client.SessionReading;
import java.util.Optional;

/// What is wrong with what sessions are compared with: the list that the account's devices keep for
/// each other (spec, section 9.4), and the directory of the ways to sign in (9.2).
final class DeviceListWarning {

    private DeviceListWarning() {}

    static String text(Finding finding) {
        return finding == Finding.REJECTED
                ? "The list of your devices does not open: somebody who has the token of one of your sessions, or the"
                        + " server, has put something else in its place. So sessions have no names, and one that the server"
                        + " hides cannot be told."
                : finding.text()
                        + " It is the list of your devices: names may be missing or old, and a session that the"
                        + " server hides may not be told.";
    }

    static String textOfDirectory(Finding finding) {
        return finding.text()
                + " It is the directory of your ways to sign in: which access key has opened a session is not known, so"
                + " such sessions are shown as unknown.";
    }

    /// Says it beside a result.
    static void tell(Terminal terminal, Finding finding) {
        terminal.tell("! " + text(finding) + " See: nescio sessions list");
        terminal.json(JsonLine.of("alert", "device-list").and("message", text(finding)));
    }

    static void tell(Terminal terminal, SessionReading reading) {
        switch (reading) {
            case SessionReading.Complete _ -> {}
            case SessionReading.Tampered(Finding finding, Optional<Finding> directory, var _) -> {
                tell(terminal, finding);
                directory.ifPresent(found -> tellOfDirectory(terminal, found));
            }
            case SessionReading.Unexplained(Finding finding, var _) -> tellOfDirectory(terminal, finding);
        }
    }

    private static void tellOfDirectory(Terminal terminal, Finding finding) {
        terminal.tell("! " + textOfDirectory(finding) + " See: nescio sessions list");
        terminal.json(JsonLine.of("alert", "directory").and("message", textOfDirectory(finding)));
    }
}
