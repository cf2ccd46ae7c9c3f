package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Printable;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.PasskeyEntry;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "list",
        description = {
            "Lists the passkeys that open your account.",
            "",
            "The server's list is compared with the one that your devices keep, sealed; if they differ, or the sealed one is"
                    + " older than this device has seen, the exit code is 6. Where the server has refused a copy of an"
                    + " authenticator, somebody else may have that passkey: remove it. It takes for a copy what has not"
                    + " counted on; two sign-ins at the same moment, of which the first one arrived last, look the same."
        },
        footer = {
            "",
            "What is asked: the passphrase of this device, if the profile is sealed.",
            "",
            "Example:",
            "  nescio passkey list",
            "",
            "With --json, a line for each passkey, then how many:",
            "  {\"passkey\":…,\"name\":…,\"copyRefusedAt\":…}   the last one where there was one",
            "  {\"ok\":true,\"passkeys\":N}",
            "",
            "Kept on this device: nothing new.",
        },
        exitCodeList = {
            Exit.OK_TEXT,
            Exit.FAILED_TEXT,
            Exit.USAGE_TEXT,
            Exit.NOT_SIGNED_IN_TEXT,
            Exit.UNREACHABLE_TEXT,
            Exit.DISTRUST_TEXT,
            Exit.PROFILE_TEXT,
            Exit.INTERRUPTED_TEXT
        })
final class PasskeyListCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private SignedInOptions signedIn;

    PasskeyListCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return signedIn.use(terminal, this::list);
    }

    private int list(Account account) {
        List<PasskeyEntry> passkeys = account.passkeys();
        passkeys.forEach(this::show);
        if (passkeys.isEmpty()) {
            terminal.say("There are no passkeys.");
        }
        terminal.json(JsonLine.ok().and("passkeys", passkeys.size()));
        return Exit.OK;
    }

    private void show(PasskeyEntry passkey) {
        terminal.say(passkey.id().shortened() + "  " + Printable.line(passkey.name()));
        JsonLine line = JsonLine.of("passkey", passkey.id().hex()).and("name", passkey.name());
        if (passkey.copyRefusedAt().isPresent()) {
            Instant when = passkey.copyRefusedAt().get();
            terminal.say("          A COPY of its authenticator was refused, " + When.local(when)
                    + ". Unless you signed in" + " twice at that moment, remove it:");
            terminal.say("            nescio passkey remove " + passkey.id().shortened());
            line = line.and("copyRefusedAt", when.toString());
        }
        terminal.json(line);
    }
}
