package dev.nescio.cli;

import dev.nescio.cli.profile.LocalProfile;
import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.NescioException;
import dev.nescio.client.OpenAccount;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "signout",
        description = {
            "Ends the session, and removes its keys from this device.",
            "",
            "If the server cannot be reached, the keys are removed all the same, and the session ends by itself, at"
                    + " the time that 'nescio whoami' shows."
        },
        footer = {
            "",
            "What is asked: the passphrase of this device; the session is sealed under it.",
            "",
            "Examples:",
            "  nescio signout",
            "  nescio signout --forget      the passphrase is lost",
            "",
            "Kept on this device: memory.json, so that it still notices an older state when somebody signs in again."
                    + " profile.json is removed.",
        },
        exitCodeList = {
            Exit.OK_TEXT,
            Exit.FAILED_TEXT,
            Exit.USAGE_TEXT,
            Exit.NOT_SIGNED_IN_TEXT,
            " 5:The server cannot be reached. The profile is removed all the same.",
            Exit.DISTRUST_TEXT,
            Exit.PROFILE_TEXT,
            Exit.INTERRUPTED_TEXT
        })
final class SignOutCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Option(
            names = "--forget",
            description = "Only remove the profile from this device, without its passphrase and without the server."
                    + " The session ends by itself.")
    private boolean forget;

    @Mixin
    private SignedInOptions signedIn;

    SignOutCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        LocalProfile profile = LocalProfile.of(terminal);
        if (forget) {
            return forget(profile);
        }
        try {
            signedIn.useAny(terminal, this::end);
        } catch (NescioException.Unreachable e) {
            profile.remove();
            throw new Failure(
                    Exit.UNREACHABLE,
                    "unreachable",
                    "The keys are removed from this device, but the server cannot be reached: the session lives on until"
                            + " it ends by itself, after 24 hours or, with --stay, 30 days. Its token was only here.");
        } catch (NescioException.Distrust e) {
            profile.remove();
            throw e;
        } catch (Failure e) {
            if (!e.problem().equals("session-ended")) {
                throw e;
            }
        }
        profile.remove();
        terminal.say("Signed out. The keys are removed from this device.");
        terminal.json(JsonLine.ok().and("sessionEnded", true));
        return Exit.OK;
    }

    private int end(OpenAccount account) {
        account.signOut();
        return Exit.OK;
    }

    private int forget(LocalProfile profile) {
        if (!profile.remove()) {
            throw new Failure(Exit.NOT_SIGNED_IN, "not-signed-in", "Nobody is signed in on this device.");
        }
        terminal.tell("The profile is removed from this device. The server was not told: the session ends by itself.");
        terminal.json(JsonLine.ok().and("sessionEnded", false));
        return Exit.OK;
    }
}
