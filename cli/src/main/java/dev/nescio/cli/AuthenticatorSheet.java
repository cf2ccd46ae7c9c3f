package dev.nescio.cli;

import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.QrCode;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.SecondFactor;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// Shows the secret of an authenticator, and has its codes typed.
final class AuthenticatorSheet {

    private static final String STEP = "totp";

    private final Terminal terminal;

    AuthenticatorSheet(Terminal terminal) {
        this.terminal = terminal;
    }

    /// @param secret in base32
    void show(String secret, String uri, Instant expiresAt) {
        terminal.say();
        terminal.heading("Set up your authenticator: scan this, or type the secret below it.");
        terminal.say();
        QrCode code = QrCode.of(uri);
        terminal.draw(terminal.isScreen() ? code.inColours() : code.withoutColours());
        terminal.say();
        terminal.say("    " + secret.replaceAll("(.{4})(?=.)", "$1 "));
        terminal.say();
        terminal.json(
                JsonLine.of("step", STEP).and("secret", secret).and("uri", uri).and("expiresAt", expiresAt.toString()));
    }

    /// @return empty when the person gave up
    Optional<SecondFactor.Totp> readCode() {
        while (true) {
            String typed = (terminal.isJson()
                            ? terminal.readLine().map(String::new)
                            : terminal.ask("Code that it shows now (or cancel): ", ""))
                    .map(text -> text.strip().toLowerCase(Locale.ROOT))
                    .orElse("cancel");
            if (typed.equals("cancel")) {
                return Optional.empty();
            }
            try {
                return Optional.of(new SecondFactor.Totp(typed));
            } catch (IllegalArgumentException e) {
                terminal.say(e.getMessage());
                terminal.json(JsonLine.notYet(STEP, "usage", e.getMessage()));
            }
        }
    }

    void wrongCode(int triesLeft) {
        String message = "This code is wrong. " + triesLeft + (triesLeft == 1 ? " try" : " tries")
                + " left. Is the clock of this device and of the authenticator right?";
        terminal.tell(message);
        terminal.json(JsonLine.notYet(STEP, "wrong-code", message).and("triesLeft", triesLeft));
    }
}
