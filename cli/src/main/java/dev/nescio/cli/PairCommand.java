package dev.nescio.cli;

import dev.nescio.cli.profile.LocalProfile;
import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.QrCode;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.Nescio;
import dev.nescio.client.NescioException;
import dev.nescio.client.PairingOffer;
import dev.nescio.client.PairingRequest;
import dev.nescio.client.PairingResult;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "pair",
        description = {
            "Signs this device in by another one that is signed in.",
            "",
            "No address, password or code is typed here. This device shows a code; give it to the other one with"
                    + " 'nescio pair approve'. Then this one shows six digits, which you type there: they differ when"
                    + " somebody is in between. It takes two minutes at most. Show the code to nobody else.",
            "",
            "Whoever sees the code can answer it from an account of their own. So at the end this device shows whose"
                    + " account it was given, and asks. Nothing is kept before you say that it is yours."
        },
        footer = {
            "",
            "What is asked:",
            "  1. whether the account is yours",
            "  2. a passphrase for this device, twice",
            "",
            "Examples:",
            "  nescio pair --server https://chat.example.org",
            "  nescio pair --stay --device-name \"Ada's phone\"",
            "",
            "For programs: with --json the lines are",
            "  {\"step\":\"code\",\"code\":…,\"qr\":…,\"expiresAt\":…}",
            "  {\"step\":\"digits\",\"digits\":…}",
            "  {\"step\":\"account\",\"account\":…,\"address\":…}",
            "Then \"yes\" is read from standard input, and this device is signed in when the",
            "last line has \"ok\":true. Anything else ends it.",
            "",
            Kept.SESSION_1,
            Kept.SESSION_2,
            Kept.SESSION_3,
            Kept.SESSION_4,
        },
        exitCodeList = {
            Exit.OK_TEXT,
            Exit.FAILED_TEXT,
            Exit.USAGE_TEXT,
            Exit.UNREACHABLE_TEXT,
            Exit.DISTRUST_TEXT,
            Exit.PROFILE_TEXT,
            Exit.INTERRUPTED_TEXT
        })
final class PairCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private ServerOption server;

    @Mixin
    private DeviceNameOption deviceName;

    @Mixin
    private NewProfileOptions newProfile;

    @Option(names = "--stay", description = "Stay signed in for 30 days instead of 24 hours.")
    private boolean stay;

    PairCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    static CommandLine commandLine(PairCommand request, PairApproveCommand approve) {
        return new CommandLine(request).addSubcommand(approve);
    }

    @Override
    public Integer call() {
        LocalProfile profile = LocalProfile.of(terminal);
        newProfile.prepare(terminal, profile);
        if (!terminal.isJson() && !terminal.canAsk()) {
            throw Failure.usage("Pairing needs a terminal for a question at its end, or --json: see --help.");
        }
        try (Nescio nescio = server.connect(terminal, profile, deviceName.device());
                PairingRequest request = nescio.pair();
                PairingOffer offer = offered(request);
                Account account = joined(offer)) {
            newProfile.save(terminal, profile, account);
            terminal.say();
            terminal.say("Signed in until " + When.local(account.expiresAt()) + ".");
            account.deviceListFinding().ifPresent(finding -> DeviceListWarning.tell(terminal, finding));
            LogWarning.tellAfterSignIn(terminal, account);
            terminal.json(newProfile.describe(
                    JsonLine.ok()
                            .and("server", server.address(terminal))
                            .and("account", account.id().hex())
                            .and("address", account.address())
                            .and("expiresAt", account.expiresAt().toString()),
                    profile,
                    account));
        }
        return Exit.OK;
    }

    private PairingOffer offered(PairingRequest request) {
        showCode(request);
        String digits = request.digits().orElseThrow(PairCommand::gone);
        terminal.say();
        terminal.heading("Digits: " + digits.substring(0, 3) + " " + digits.substring(3));
        terminal.tell("Type them into the other device. If it says that they are wrong, somebody may be in between.");
        terminal.json(JsonLine.of("step", "digits").and("digits", digits));
        return switch (request.result(stay)) {
            case PairingResult.Offered(PairingOffer offer) -> offer;
            case PairingResult.Gone() -> throw gone();
        };
    }

    private Account joined(PairingOffer offer) {
        terminal.say();
        terminal.heading("This device was given the account of " + offer.address());
        terminal.tell("Is that you, and has the device that you typed the digits into said that it handed the account"
                + " over? If not, somebody may have seen the code and answered it from an account of theirs: they"
                + " would read what you write.");
        terminal.json(
                JsonLine.of("step", "account").and("account", offer.id().hex()).and("address", offer.address()));
        if (isYes()) {
            return offer.join();
        }
        declineQuietly(offer);
        throw new Failure(
                Exit.FAILED,
                "declined",
                "Not paired: you did not say that it is your account. Nothing is kept. To begin again, where nobody else"
                        + " sees the screen: nescio pair");
    }

    private boolean isYes() {
        String question = "Is this your account? [y/N] ";
        String answer = (terminal.isJson() ? terminal.readLine().map(String::new) : terminal.ask(question, ""))
                .orElse("")
                .strip()
                .toLowerCase(Locale.ROOT);
        return answer.equals("y") || answer.equals("yes");
    }

    private static void declineQuietly(PairingOffer offer) {
        try {
            offer.decline();
        } catch (NescioException e) {
            // The session ends by itself; what the person has to know is that nothing is kept.
        }
    }

    private void showCode(PairingRequest request) {
        terminal.say();
        terminal.heading("On a device that is signed in: nescio pair approve");
        terminal.say();
        QrCode code = QrCode.of(request.qr());
        terminal.draw(terminal.isScreen() ? code.inColours() : code.withoutColours());
        terminal.say();
        terminal.say("    " + request.code());
        terminal.say();
        terminal.tell("Scan this there, or type the code. It is good for two minutes, and for this device only.");
        terminal.json(JsonLine.of("step", "code")
                .and("code", request.code())
                .and("qr", request.qr())
                .and("expiresAt", request.expiresAt().toString()));
    }

    private static Failure gone() {
        return new Failure(
                Exit.FAILED,
                "not-found",
                "Not paired: two minutes are over, it was cancelled, or the digits were wrong. Nothing is kept. Begin"
                        + " again with: nescio pair");
    }
}
