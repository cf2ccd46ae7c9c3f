package dev.nescio.cli;

import dev.nescio.cli.profile.LocalProfile;
import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.AccountSessions;
import dev.nescio.client.Finding;
import dev.nescio.client.SessionEntry;
import dev.nescio.client.SessionReading;
import dev.nescio.protocol.SessionId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "end",
        description = {
            "Signs a device out from here.",
            "",
            "It counts at once: a device that is connected removes its keys within a second, another one when it next"
                    + " asks the server. No password is needed, so that a thief can be stopped. Whoever has copied the"
                    + " keys from a device before still has them. A script that an access key has signed in can sign in"
                    + " again: revoke the key with 'nescio accesskey revoke'."
        },
        footer = {
            "",
            "What is asked: the passphrase of this device, if the profile is sealed.",
            "",
            "Examples:",
            "  nescio sessions end 4f2a9c10     one; 'nescio sessions list' has the ids",
            "  nescio sessions end --others     all but this device",
            "  nescio sessions end --all        all, this device too",
            "",
            "Kept on this device: nothing new. With --all, profile.json is removed.",
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
final class SessionsEndCommand implements Callable<Integer> {

    private static final int LEAST_DIGITS = 4;

    private final Terminal terminal;

    @Parameters(arity = "0..1", paramLabel = "ID", description = "The session's id, or the beginning of it.")
    private String given;

    @Option(names = "--others", description = "End all sessions but this device's.")
    private boolean others;

    @Option(names = "--all", description = "End all sessions, and sign this device out.")
    private boolean all;

    @Mixin
    private SignedInOptions signedIn;

    SessionsEndCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if ((given == null ? 0 : 1) + (others ? 1 : 0) + (all ? 1 : 0) != 1) {
            throw Failure.usage("Say which: an ID, --others or --all.");
        }
        return signedIn.useSessions(terminal, this::end);
    }

    private int end(AccountSessions sessions) {
        if (all) {
            Optional<Finding> finding = sessions.endAll();
            LocalProfile.of(terminal).remove();
            terminal.say("All sessions have ended. The keys are removed from this device.");
            finding.ifPresent(found -> DeviceListWarning.tell(terminal, found));
        } else if (others) {
            Optional<Finding> finding = sessions.endOthers();
            terminal.say("All other sessions have ended.");
            finding.ifPresent(found -> DeviceListWarning.tell(terminal, found));
        } else {
            end(sessions, find(sessions));
        }
        terminal.json(JsonLine.ok());
        return Exit.OK;
    }

    private void end(AccountSessions sessions, SessionId session) {
        if (session.equals(sessions.own())) {
            sessions.signOut();
            LocalProfile.of(terminal).remove();
            terminal.say("That was this device: it is signed out, and its keys are removed.");
        } else if (sessions.end(session)) {
            terminal.say("The session has ended.");
        } else {
            throw new Failure(
                    Exit.FAILED,
                    "not-found",
                    "The server says that there is no such session any more. See what there is:"
                            + " nescio sessions list");
        }
    }

    private SessionId find(AccountSessions sessions) {
        String wanted = given.toLowerCase(Locale.ROOT);
        SessionReading reading = sessions.read();
        DeviceListWarning.tell(terminal, reading);
        List<SessionId> matching = reading.entries().stream()
                .map(SessionEntry::id)
                .filter(id -> wanted.length() >= LEAST_DIGITS && id.hex().startsWith(wanted))
                .toList();
        if (matching.size() == 1) {
            return matching.getFirst();
        }
        throw matching.isEmpty()
                ? new Failure(
                        Exit.FAILED, "not-found", "There is no such session. Those there are: nescio sessions list")
                : new Failure(Exit.FAILED, "ambiguous", "More than one session begins like this. Give more of its id.");
    }
}
