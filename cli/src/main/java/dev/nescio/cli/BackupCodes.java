package dev.nescio.cli;

import dev.nescio.cli.terminal.Terminal;
import java.util.List;

/// Shows the ten backup codes, the only time that they are shown.
final class BackupCodes {

    private BackupCodes() {}

    static void show(Terminal terminal, List<String> codes) {
        terminal.say();
        terminal.tell("Ten backup codes. Each stands in for the authenticator once. Write them down now, and keep them"
                + " apart from the authenticator: they are not shown again.");
        terminal.say();
        int half = (codes.size() + 1) / 2;
        for (int row = 0; row < half; row++) {
            String right = row + half < codes.size() ? "     " + codes.get(row + half) : "";
            terminal.say("    " + codes.get(row) + right);
        }
    }
}
