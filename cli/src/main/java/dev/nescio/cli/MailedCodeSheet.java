package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.MailResult;
import dev.nescio.client.MailedCode;
import dev.nescio.client.Nescio;
import dev.nescio.client.SignUpResult;

/// The address goes to the server in clear, after the person has agreed, and the code that comes by
/// mail is typed.
final class MailedCodeSheet {

    private static final String STEP = "mailed-code";

    private final Terminal terminal;
    private final MailedCode code;

    private MailedCodeSheet(Terminal terminal, MailedCode code) {
        this.terminal = terminal;
        this.code = code;
    }

    /// @param server as the person knows it
    /// @param agreed whether the person has said already that the address may be sent
    /// @throws Failure unless they agree; nothing was sent then
    static MailedCodeSheet send(Terminal terminal, Nescio nescio, String server, String address, boolean agreed) {
        if (!agreed) {
            ask(terminal, server, address);
        }
        return new MailedCodeSheet(
                terminal,
                switch (sent(nescio, address)) {
                    case MailResult.Sent(MailedCode code) -> code;
                    case MailResult.Unavailable() ->
                        throw new Failure(
                                Exit.FAILED,
                                "mail-unavailable",
                                "The server cannot send mail now, so nobody can sign up. Nothing is kept. Try again later.");
                    case MailResult.Closed() ->
                        throw new Failure(
                                Exit.FAILED,
                                "sign-up-closed",
                                "Nobody can sign up on this server now. Ask who runs it, or choose another one with --server.");
                    case MailResult.Off() ->
                        throw new Failure(
                                Exit.DISTRUST,
                                "address-asked-for-nothing",
                                "The server asked for your address to mail a code to it, and now says that it sends no mail. It"
                                        + " has the address. Ask who runs it why.");
                });
    }

    private static MailResult sent(Nescio nescio, String address) {
        try {
            return nescio.insecureSendAddress(address);
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        }
    }

    private static void ask(Terminal terminal, String server, String address) {
        AddressConsent.ask(
                terminal,
                address,
                "This server wants your address in clear, to mail a code to it.",
                "This server wants your address in clear.",
                "It mails a code to it, once, to see that the address is yours; in return nobody learns by trying whether an"
                        + " address has an account. An honest server keeps only a hash of the address, but nobody can check"
                        + " that: whoever runs it, or has broken into it, and who carries its mail, can learn that this"
                        + " address signs up on " + server + ".");
    }

    /// Has the code typed until it is right, or works no more.
    SignUpResult signUp(Nescio nescio, char[] password) {
        terminal.say();
        terminal.tell("A mail is on its way to your address. If none comes, look for it among the spam. If it says that"
                + " there is an account already, cancel and sign in.");
        terminal.json(
                JsonLine.of("step", STEP).and("expiresAt", code.expiresAt().toString()));
        while (true) {
            String typed = read();
            try {
                terminal.aside("Making the keys…");
                SignUpResult result = nescio.signUp(code, typed, password);
                if (!(result instanceof SignUpResult.WrongMailedCode(int left)) || left == 0) {
                    return result;
                }
                again("wrong-code", "This code is not the one that was mailed. Tries left: " + left + ".");
            } catch (IllegalArgumentException e) {
                again("usage", e.getMessage());
            }
        }
    }

    private void again(String problem, String message) {
        terminal.tell(message);
        terminal.json(JsonLine.notYet(STEP, problem, message));
    }

    private String read() {
        String typed = (terminal.isJson()
                        ? terminal.readLine().map(String::new)
                        : terminal.ask("Code from the mail (or cancel): ", ""))
                .orElse("cancel")
                .strip();
        if (typed.equalsIgnoreCase("cancel")) {
            throw new Failure(
                    Exit.FAILED,
                    "cancelled",
                    "The sign-up is cancelled. An honest server keeps a hash of the code for 15 minutes and a count of the"
                            + " mails to you for a day, in memory, and nothing else. Whoever carries the mail has it.");
        }
        return typed;
    }
}
