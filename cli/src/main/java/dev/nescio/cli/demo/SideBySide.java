package dev.nescio.cli.demo;

import dev.nescio.cli.demo.Pairs.Pair;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Printable;
import dev.nescio.cli.terminal.Terminal;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/// Two columns: what a device sees, and the bytes that the database holds for it.
final class SideBySide {

    private static final int LEFT = 38;
    private static final int OCTETS = 9;
    private static final int LINES = 2;

    /// Where the ciphertext of an envelope begins (spec, section 5). The 57 bytes before it, version, key
    /// commitment and salt, begin alike for all that is sealed under one key.
    private static final int CIPHERTEXT = 57;

    private final Terminal terminal;

    SideBySide(Terminal terminal) {
        this.terminal = terminal;
    }

    void show(List<Pair> pairs, JsonLine result) {
        terminal.say();
        terminal.aside("   In hexadecimal: from the first byte, and from where the ciphertext begins.");
        terminal.say();
        row("A device sees", "The database holds");
        terminal.say("   " + "─".repeat(LEFT) + "┼" + "─".repeat(3 * OCTETS + 9));
        List<JsonLine> shown = new ArrayList<>();
        for (Pair pair : pairs) {
            row(pair.what() + ":", pair.place() + ", " + pair.held().length() + " bytes");
            List<String> seen = wrapped(Printable.line(pair.seen().replace("\n", " ↵ ")));
            List<String> held = hex(pair.held().toArray());
            for (int line = 0; line < Math.max(seen.size(), held.size()); line++) {
                row(at(seen, line), at(held, line));
            }
            row("", "");
            shown.add(JsonLine.of("what", pair.what())
                    .and("seen", pair.seen())
                    .and("place", pair.place())
                    .and("bytes", pair.held().length())
                    .and("held", pair.held().hex()));
        }
        result.and("pairs", shown);
    }

    private static String at(List<String> lines, int line) {
        return line < lines.size() ? lines.get(line) : "";
    }

    /// Emoji and right-to-left text are as wide as each terminal thinks. On a screen the cursor is therefore
    /// sent to the second column; in a file the width is estimated.
    private void row(String left, String right) {
        String gap =
                terminal.isScreen() ? "\u001b[" + (3 + LEFT + 1) + "G" : " ".repeat(Math.max(1, LEFT - Width.of(left)));
        terminal.draw("   " + left + gap + "│ " + right);
    }

    private static List<String> wrapped(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (!line.isEmpty() && Width.of(line + " " + word) > LEFT - 2) {
                lines.add(line.toString());
                line.setLength(0);
            }
            if (lines.size() == LINES) {
                lines.set(LINES - 1, lines.get(LINES - 1) + " …");
                return lines;
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    /// The beginning, and where there is an envelope the beginning of its ciphertext.
    private static List<String> hex(byte[] held) {
        int second = held.length > CIPHERTEXT ? CIPHERTEXT : OCTETS;
        return List.of(hex(held, 0), hex(held, second));
    }

    private static String hex(byte[] held, int from) {
        int to = Math.min(held.length, from + OCTETS);
        return String.format(
                Locale.ROOT, "%3d: %s …", from, HexFormat.ofDelimiter(" ").formatHex(held, from, to));
    }
}
