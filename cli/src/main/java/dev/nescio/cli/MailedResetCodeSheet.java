package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Nescio;
import dev.nescio.client.ResetMailResult;
import dev.nescio.keys.ResetCode;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// The address goes to the server in clear, after the person has agreed, and the reset code that comes by mail is
/// typed.
final class MailedResetCodeSheet {

    private static final String STEP = "mailed-reset-code";

    private MailedResetCodeSheet() {}

    /// @param server as the person knows it
    /// @param agreed whether the person has said already that the address may be sent
    /// @return empty where the person has a code from the operator instead; nothing was sent then
    /// @throws Failure if the person gives up, or no mail can be sent
    static Optional<String> of(Terminal terminal, Nescio nescio, String server, String address, boolean agreed) {
        if (!agreed && !agrees(terminal, server, address)) {
            return Optional.empty();
        }
        Instant expiresAt = switch (sent(nescio, address)) {
            case ResetMailResult.Sent(Instant until) -> until;
            case ResetMailResult.Unavailable() ->
                throw new Failure(
                        Exit.FAILED,
                        "mail-unavailable",
                        "The server cannot send mail now. Nothing was deleted. Try again later, or ask whoever runs it for"
                                + " a reset code.");
            case ResetMailResult.Off() ->
                throw new Failure(
                        Exit.DISTRUST,
                        "address-asked-for-nothing",
                        "The server asked for your address to mail a reset code to it, and now says that it sends no mail."
                                + " It has the address. Ask who runs it why.");
        };
        terminal.say();
        terminal.tell("A mail is on its way to your address. It holds a reset code, which works until "
                + When.local(expiresAt) + ", or says why there is none. If none comes, look for it among the spam.");
        terminal.json(JsonLine.of("step", STEP).and("expiresAt", expiresAt.toString()));
        return Optional.of(typed(terminal));
    }

    private static ResetMailResult sent(Nescio nescio, String address) {
        try {
            return nescio.insecureSendAddressForReset(address);
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        }
    }

    /// @return false where the person has a code from the operator
    private static boolean agrees(Terminal terminal, String server, String address) {
        terminal.say();
        terminal.heading("This server can mail you the reset code, and wants your address in clear for that.");
        terminal.say();
        terminal.tell(
                "An honest server keeps no address, but nobody can check that: whoever runs it, or has broken into"
                        + " it, and who carries its mail, can learn that this address has lost an account on " + server
                        + ". If whoever runs the server has given you a code, say no.");
        String answer = terminal.ask("Send " + address + " to it? (yes, or no to type the operator's code): ", "")
                .orElse("")
                .strip()
                .toLowerCase(Locale.ROOT);
        return switch (answer) {
            case "yes" -> true;
            case "no" -> false;
            default ->
                throw new Failure(
                        Exit.FAILED, "cancelled", "Cancelled. Your address was not sent, and nothing was deleted.");
        };
    }

    /// @return what can be a reset code
    private static String typed(Terminal terminal) {
        while (true) {
            String typed = read(terminal);
            try {
                ResetCode.parse(typed).close();
                return typed;
            } catch (IllegalArgumentException e) {
                terminal.tell(e.getMessage());
                terminal.json(JsonLine.notYet(STEP, "usage", e.getMessage()));
            }
        }
    }

    private static String read(Terminal terminal) {
        String typed = (terminal.canAsk()
                        ? terminal.ask("Reset code from the mail (or cancel): ", "")
                        : terminal.readLine().map(String::new))
                .orElse("cancel")
                .strip();
        if (typed.equalsIgnoreCase("cancel")) {
            throw new Failure(
                    Exit.FAILED,
                    "cancelled",
                    "The reset is cancelled. Nothing was deleted. An honest server keeps a hash of the code for half an"
                            + " hour and a count of the mails to you for a day. Whoever carries the mail has the code.");
        }
        return typed;
    }
}
