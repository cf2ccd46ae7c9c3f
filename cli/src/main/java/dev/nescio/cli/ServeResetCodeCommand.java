package dev.nescio.cli;

import dev.nescio.cli.ServerProcess.ExpectedReset;
import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.keys.Address;
import dev.nescio.keys.ResetCode;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

@Command(
        name = "reset-code",
        description = {
            "For who runs a server: a code with which somebody who has lost every way in can begin anew, with nothing.",
            "",
            "Run it on the server's machine, as the server's user, with the options of the server; the server may be"
                    + " running. The code is shown once and works once, within 24 hours. Another one takes its place, and"
                    + " whoever signs in to the account cancels it.",
            "",
            "KNOW WHO ASKS. Whoever has the code destroys all that the account holds, and gets its address. So ask in a way"
                    + " that a stranger cannot, such as face to face or by a telephone number that you had before; a message"
                    + " from the address alone proves little. And give the code to nobody else on the way. It opens nothing:"
                    + " neither you nor anybody else can read what the account held.",
            "",
            "Beside the code it says on how many devices the account is signed in to, and the hour in which one of them was"
                    + " last used: who has lost every way in uses none.",
            "",
            "The server gets neither the address nor the code, but a hash of each; the address is kept nowhere.",
            "",
            "Options that are not listed here are passed on to the server."
        },
        footer = {
            "",
            "What is asked: the address of the account. A program gives it as a line of",
            "standard input.",
            "",
            "Examples:",
            "  nescio serve reset-code",
            "  nescio serve reset-code --data /srv/nescio --keyring /etc/nescio/keyring",
            "",
            "With --json:",
            "  {\"ok\":true,\"resetCode\":…,\"expiresAt\":…,\"sessions\":…,\"lastUsed\":… or absent}",
            "",
            "Kept on this machine: a keyed hash of the code, in the server's database.",
        },
        exitCodeList = {Exit.OK_TEXT, Exit.FAILED_TEXT, Exit.USAGE_TEXT, Exit.INTERRUPTED_TEXT})
final class ServeResetCodeCommand implements Callable<Integer> {

    private final Terminal terminal;
    private final ServeCommand serve;

    @Option(names = "--data", paramLabel = "FOLDER", description = "The data folder of the server.")
    private Path data;

    @Unmatched
    private final List<String> passedOn = new ArrayList<>();

    /// @param serve whose options count as well, where they were given before this command
    ServeResetCodeCommand(Terminal terminal, ServeCommand serve) {
        this.terminal = terminal;
        this.serve = serve;
    }

    @Override
    public Integer call() throws InterruptedException {
        Path folder = data == null ? serve.folder() : data.toAbsolutePath();
        Address address = address();
        try (ResetCode code = ResetCode.generate(new SecureRandom())) {
            ExpectedReset expected = expected(folder, address, code)
                    .orElseThrow(() -> new Failure(
                            Exit.FAILED,
                            "no-account",
                            "This address has no account on this server. Is it the address that the person signs in with,"
                                    + " and is " + folder + " the server's data folder?"));
            terminal.say();
            tellUse(expected);
            terminal.say();
            terminal.heading("The reset code, until " + When.local(expected.expiresAt()) + ":");
            terminal.say();
            terminal.say("    " + code.text());
            terminal.say();
            terminal.tell(
                    "Give it to the person whose account it is, and to nobody else: whoever has it destroys all that the"
                            + " account holds. It is not shown again. They type it into: nescio account reset");
            JsonLine result = JsonLine.ok()
                    .and("resetCode", code.text())
                    .and("expiresAt", expected.expiresAt().toString())
                    .and("sessions", expected.sessions());
            terminal.json(expected.lastUsed()
                    .map(hour -> result.and("lastUsed", hour.toString()))
                    .orElse(result));
        } catch (IOException e) {
            throw new Failure(Exit.FAILED, "server", e.getMessage());
        }
        return Exit.OK;
    }

    /// The best sign that the operator is being deceived.
    private void tellUse(ExpectedReset expected) {
        terminal.tell(expected.lastUsed()
                .map(hour -> "! The account is signed in to on "
                        + (expected.sessions() == 1 ? "1 device" : expected.sessions() + " devices")
                        + ", and was last used in the hour from " + When.local(hour)
                        + ". A person who has such a device has lost nothing yet. So if you cannot explain that use, ask"
                        + " the person before you hand the code on.")
                .orElse("No device is signed in to the account."));
    }

    private Address address() {
        if (terminal.canAsk()) {
            return Address.parse(AddressQuestion.ask(terminal, null));
        }
        try {
            return Address.parse(TextQuestion.line(terminal, ""));
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        }
    }

    /// Has the server's program expect the code.
    ///
    /// @return empty where the address has no account
    private Optional<ExpectedReset> expected(Path folder, Address address, ResetCode code)
            throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(serve.passedOn());
        options.addAll(passedOn);
        return ServerProcess.expectReset(folder, options, address.hashed(), code.hash(address));
    }
}
