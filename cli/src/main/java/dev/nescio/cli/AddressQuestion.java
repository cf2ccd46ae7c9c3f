package dev.nescio.cli;

import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.keys.Address;

/// The address that somebody signs up or in with.
final class AddressQuestion {

    private AddressQuestion() {}

    /// @param given null to ask
    /// @return the normalised address
    static String ask(Terminal terminal, String given) {
        if (given != null) {
            try {
                return Address.parse(Terminal.requireUndamaged(given)).normalised();
            } catch (IllegalArgumentException e) {
                throw Failure.usage(e.getMessage());
            }
        }
        while (true) {
            String typed = terminal.ask("Address: ", "Give the address as an argument.")
                    .orElseThrow(Terminal::cancelled);
            try {
                return Address.parse(typed).normalised();
            } catch (IllegalArgumentException e) {
                terminal.tell(e.getMessage());
            }
        }
    }
}
