package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.Terminal;
import java.util.Locale;

/// Asks the person before their address is sent in clear.
final class AddressConsent {

    private AddressConsent() {}

    /// @param unasked what the server wants of the address, where nobody can be asked
    /// @param heading the same in one line
    /// @param meaning what somebody can learn by it
    /// @throws Failure unless the person agrees; nothing was sent then
    static void ask(Terminal terminal, String address, String unasked, String heading, String meaning) {
        if (!terminal.canAsk()) {
            throw new Failure(
                    Exit.FAILED,
                    "address-unconfirmed",
                    unasked + " It was not sent. If you agree, add: --send-address");
        }
        terminal.say();
        terminal.heading(heading);
        terminal.say();
        terminal.tell(meaning);
        String typed = terminal.ask("Send " + address + " to it? (yes or no): ", "")
                .orElse("no")
                .strip()
                .toLowerCase(Locale.ROOT);
        if (!typed.equals("yes")) {
            throw new Failure(Exit.FAILED, "cancelled", "Cancelled. Your address was not sent.");
        }
    }
}
