package dev.nescio.cli;

import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;

/// Shows a recovery key, the only time that it is shown, and has parts of it typed back: a key that was not written
/// down is none.
final class RecoveryKeySheet {

    private static final int GROUPS_A_ROW = 5;
    private static final int ASKED = 2;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Terminal terminal;
    private final List<String> groups;

    /// @param key groups joined by hyphens
    RecoveryKeySheet(Terminal terminal, String key) {
        this.terminal = terminal;
        this.groups = List.of(key.split("-"));
        terminal.json(JsonLine.of("step", "recovery-key").and("recoveryKey", key));
    }

    /// A program has the key in full; nobody is asked then.
    ///
    /// @return false if the person gave up
    boolean hand() {
        if (terminal.isJson()) {
            return true;
        }
        show();
        for (int group :
                RANDOM.ints(0, groups.size()).distinct().limit(ASKED).sorted().toArray()) {
            if (!askFor(group)) {
                return false;
            }
        }
        return true;
    }

    private void show() {
        terminal.say();
        terminal.heading("Your recovery key. Write it down now: it is not shown again.");
        terminal.say();
        terminal.tell("It opens the account by itself when password, authenticator and backup codes are lost. So does"
                + " anybody who finds it: keep it on paper, where you keep what must not be lost. Without it, a lost"
                + " password is a lost account.");
        terminal.say();
        for (int row = 0; row < groups.size(); row += GROUPS_A_ROW) {
            StringBuilder line = new StringBuilder("   ");
            for (int group = row; group < Math.min(row + GROUPS_A_ROW, groups.size()); group++) {
                line.append(String.format(Locale.ROOT, " %2d:%s", group + 1, groups.get(group)));
            }
            terminal.say(line.toString());
        }
        terminal.say();
        terminal.tell("The numbers only count the groups; they are not part of the key.");
    }

    private boolean askFor(int group) {
        while (true) {
            String typed = terminal.ask("Type group " + (group + 1) + " from your paper (show, cancel): ", "")
                    .orElse("cancel")
                    .strip();
            if (typed.equalsIgnoreCase("cancel")) {
                return false;
            }
            if (typed.equalsIgnoreCase("show")) {
                show();
            } else if (typed.equalsIgnoreCase(groups.get(group))) {
                return true;
            } else {
                terminal.tell("That is not group " + (group + 1) + ". Compare it with what you wrote down.");
            }
        }
    }
}
