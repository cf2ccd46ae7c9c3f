package dev.nescio.cli.terminal;

import java.io.Console;
import java.util.Optional;

/// The keyboard of the terminal that this program runs on.
final class ConsoleKeyboard implements Keyboard {

    private final Console console;

    private ConsoleKeyboard(Console console) {
        this.console = console;
    }

    static Optional<Keyboard> find() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).map(ConsoleKeyboard::new);
    }

    @Override
    public Optional<String> line(String prompt) {
        return Optional.ofNullable(console.readLine("%s", prompt));
    }

    @Override
    public Optional<char[]> secret(String prompt) {
        return Optional.ofNullable(console.readPassword("%s", prompt));
    }
}
