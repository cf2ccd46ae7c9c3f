package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.PairingAnswer;
import dev.nescio.client.PairingApproval;
import dev.nescio.client.PairingOutcome;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "approve",
        description = {
            "Hands this account to a new device that shows a pairing code.",
            "",
            "Run 'nescio pair' on the new device first. It shows a code, and after you have given that here, six digits."
                    + " Read them there, on the device in your hand, and type them here. There is one try: wrong digits"
                    + " end the pairing, and mean that they were mistyped or that somebody is in between.",
            "",
            "Nothing is handed over before the digits are right and you have proven once more who you are."
        },
        footer = {
            "",
            "What is asked:",
            "  1. the passphrase of this device, if the profile is sealed",
            "  2. the code that the new device shows",
            "  3. the six digits that it shows then",
            "  4. password and code, or with --recovery-key the recovery key",
            "",
            "Examples:",
            "  nescio pair approve",
            "  printf '%%s\\n%%s\\n%%s\\n' \"$code\" \"$digits\" \"$totp\" |",
            "    nescio pair approve --json --password-file pw --code-stdin",
            "",
            "For programs: with --json standard input has the code, and, after the line",
            "  {\"step\":\"digits\",\"address\":…}",
            "the digits; then what --password-stdin and --code-stdin read.",
            "",
            "Kept on this device: nothing new.",
        },
        exitCodeList = {
            Exit.OK_TEXT,
            Exit.FAILED_TEXT,
            Exit.USAGE_TEXT,
            Exit.SIGN_IN_FAILED_TEXT,
            Exit.NOT_SIGNED_IN_TEXT,
            Exit.UNREACHABLE_TEXT,
            Exit.DISTRUST_TEXT,
            Exit.PROFILE_TEXT,
            Exit.INTERRUPTED_TEXT
        })
final class PairApproveCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private SignedInOptions signedIn;

    @Mixin
    private ProofOptions proof;

    PairApproveCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return signedIn.useRenewed(terminal, this::approve);
    }

    private int approve(Account account) {
        try (PairingApproval approval = answer(account)) {
            terminal.say();
            terminal.tell("A new device asks for all of " + account.address() + ". Only if it is yours and in front of"
                    + " you: type the six digits that it shows. Otherwise: cancel");
            terminal.json(JsonLine.of("step", "digits").and("address", account.address()));
            String digits = read("Digits (or cancel): ");
            if (digits.equals("cancel")) {
                approval.cancel();
                throw Terminal.cancelled();
            }
            confirm(account, approval, digits);
        }
        terminal.say();
        terminal.tell("Handed over. The new device now asks whether " + account.address() + " is your account: say yes"
                + " there.");
        terminal.json(JsonLine.ok());
        return Exit.OK;
    }

    private PairingApproval answer(Account account) {
        try {
            return switch (account.pair(read("Code that the new device shows: "))) {
                case PairingAnswer.Answered(PairingApproval approval) -> approval;
                case PairingAnswer.Gone() ->
                    throw new Failure(
                            Exit.FAILED,
                            "not-found",
                            "No new device waits with this code. A code is good for two minutes, once, on one server. Is it"
                                    + " mistyped? If the new device shows digits all the same, somebody else has"
                                    + " answered it: say no there. For a new code, on the new device: nescio pair");
            };
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        }
    }

    private void confirm(Account account, PairingApproval approval, String digits) {
        PairingOutcome outcome;
        try {
            outcome =
                    proof.proven(terminal, account, () -> approval.confirm(digits), PairingOutcome.ProofRequired.class);
        } catch (IllegalArgumentException e) {
            approval.cancel();
            throw Failure.usage(e.getMessage());
        } catch (Failure e) {
            // Nothing was proven. The new device need not wait.
            approval.cancel();
            throw e;
        }
        switch (outcome) {
            case PairingOutcome.Approved() -> {}
            case PairingOutcome.ProofRequired() -> throw new IllegalStateException("it was proven");
            case PairingOutcome.WrongDigits() ->
                throw new Failure(
                        Exit.FAILED,
                        "wrong-digits",
                        "These are not the digits of this pairing. Nothing was handed over, and the pairing has ended. Were"
                                + " they mistyped? If not, somebody is in between: the server, or another device than"
                                + " yours.");
            case PairingOutcome.Gone() ->
                throw new Failure(
                        Exit.FAILED,
                        "not-found",
                        "The pairing has expired or was cancelled. Nothing was handed over. Begin again on the new device"
                                + " with: nescio pair");
        }
    }

    private String read(String prompt) {
        return (terminal.isJson() ? terminal.readLine().map(String::new) : terminal.ask(prompt, "Use --json."))
                .map(String::strip)
                .orElseThrow(Terminal::cancelled);
    }
}
