package dev.nescio.cli;

import dev.nescio.cli.terminal.Terminal;

/// Text that was left out of the arguments: asked for at a terminal, otherwise read from standard input.
final class TextQuestion {

    private TextQuestion() {}

    static String line(Terminal terminal, String prompt) {
        return (terminal.canAsk()
                        ? terminal.ask(prompt, "")
                        : terminal.readLine().map(String::new))
                .orElseThrow(Terminal::cancelled);
    }

    /// One line at a terminal; otherwise all of standard input, without its last line end.
    static String text(Terminal terminal, String prompt) {
        return terminal.canAsk()
                ? terminal.ask(prompt, "").orElseThrow(Terminal::cancelled)
                : terminal.readAll().replaceAll("\\r?\\n\\z", "");
    }
}
