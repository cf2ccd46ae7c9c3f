package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Printable;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.AccountSessions;
import dev.nescio.client.SessionEntry;
import dev.nescio.client.SessionReading;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "list",
        description = {
            "Lists the devices that are signed in, this one too.",
            "",
            "The server's list is compared with the one that your devices keep, sealed, for each other. A session that"
                    + " none of them has named, and one that the server leaves out, are shown as such; the latter until it was"
                    + " shown here once. If the sealed list is"
                    + " not one of your devices', or an older one than this device has seen, that is said, and the exit code"
                    + " is 6. One that does not open is begun anew once it was shown here: each of your devices is unknown"
                    + " then, until it looks at its sessions."
        },
        footer = {
            "",
            "What is asked: the passphrase of this device, if the profile is sealed.",
            "",
            "Example:",
            "  nescio sessions list",
            "",
            "With --json, a line for each session, then how many:",
            "  {\"session\":…,\"state\":\"known\",\"name\":…,\"kind\":…,\"since\":…,",
            "   \"lastSeenAt\":…,\"expiresAt\":…,\"current\":…}",
            "  {\"session\":…,\"state\":\"unknown\",\"createdAt\":…,\"lastSeenAt\":…,",
            "   \"expiresAt\":…,\"current\":…}   no device has named it",
            "  {\"session\":…,\"state\":\"access-key\",\"name\":…,\"accessKey\":…,…}",
            "                                a script that an access key signed in",
            "  {\"session\":…,\"state\":\"hidden\",\"name\":…,\"kind\":…,\"since\":…}",
            "                                ended, or hidden by the server",
            "  {\"ok\":true,\"sessions\":N}",
            "",
            "Kept on this device: in memory.json, a counter of the list of devices.",
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
final class SessionsListCommand implements Callable<Integer> {

    private static final String INDENT = "          ";

    private final Terminal terminal;

    @Mixin
    private SignedInOptions signedIn;

    SessionsListCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return signedIn.useSessions(terminal, this::list);
    }

    private int list(AccountSessions sessions) {
        SessionReading reading = sessions.read();
        reading.entries().forEach(this::show);
        sessions.acknowledge(reading);
        return switch (reading) {
            case SessionReading.Complete(var entries) -> {
                terminal.json(JsonLine.ok().and("sessions", entries.size()));
                yield Exit.OK;
            }
            case SessionReading.Tampered(var finding, var directory, var _) ->
                throw distrust(DeviceListWarning.text(finding)
                        + directory
                                .map(found -> " " + DeviceListWarning.textOfDirectory(found))
                                .orElse(""));
            case SessionReading.Unexplained(var finding, var _) ->
                throw distrust(DeviceListWarning.textOfDirectory(finding));
        };
    }

    private static Failure distrust(String what) {
        return new Failure(
                Exit.DISTRUST,
                "distrust",
                what + " If you do not know why, sign all other devices out: nescio sessions end --others");
    }

    private void show(SessionEntry entry) {
        switch (entry) {
            case SessionEntry.Known known -> show(known);
            case SessionEntry.ByAccessKey byAccessKey -> show(byAccessKey);
            case SessionEntry.Unknown unknown -> show(unknown);
            case SessionEntry.Hidden hidden -> show(hidden);
        }
    }

    private void show(SessionEntry.Known known) {
        terminal.say(known.id().shortened() + "  " + device(known.name(), known.kind())
                + (known.current() ? ", this device" : ""));
        terminal.say(INDENT + "signed in " + When.local(known.since()) + ", last used around "
                + When.local(known.lastSeenAt()));
        terminal.say(INDENT + "until " + When.local(known.expiresAt()));
        terminal.json(line(known, "known")
                .and("name", known.name())
                .and("kind", known.kind())
                .and("since", known.since().toString())
                .and("lastSeenAt", known.lastSeenAt().toString())
                .and("expiresAt", known.expiresAt().toString())
                .and("current", known.current()));
    }

    private void show(SessionEntry.ByAccessKey session) {
        terminal.say(session.id().shortened() + "  " + Printable.line(session.name()) + " (access key "
                + session.accessKey().shortened() + ")" + (session.current() ? ", this program" : ""));
        terminal.say(INDENT + "signed in around " + When.local(session.createdAt()) + ", last used around "
                + When.local(session.lastSeenAt()));
        terminal.say(INDENT + "until " + When.local(session.expiresAt()));
        terminal.json(line(session, "access-key")
                .and("name", session.name())
                .and("accessKey", session.accessKey().hex())
                .and("createdAt", session.createdAt().toString())
                .and("lastSeenAt", session.lastSeenAt().toString())
                .and("expiresAt", session.expiresAt().toString())
                .and("current", session.current()));
    }

    private void show(SessionEntry.Unknown unknown) {
        terminal.say(unknown.id().shortened() + "  UNKNOWN: none of your devices has named it");
        terminal.say(INDENT + "signed in around " + When.local(unknown.createdAt()) + ", last used around "
                + When.local(unknown.lastSeenAt()));
        terminal.say(INDENT + "until " + When.local(unknown.expiresAt()));
        terminal.say(INDENT + "Is nobody of yours signing in right now? Then end it:");
        terminal.say(INDENT + "  nescio sessions end " + unknown.id().shortened());
        terminal.json(line(unknown, "unknown")
                .and("createdAt", unknown.createdAt().toString())
                .and("lastSeenAt", unknown.lastSeenAt().toString())
                .and("expiresAt", unknown.expiresAt().toString())
                .and("current", unknown.current()));
    }

    private void show(SessionEntry.Hidden hidden) {
        terminal.say(
                hidden.id().shortened() + "  " + device(hidden.name(), hidden.kind()) + ", NOT LISTED by the server");
        terminal.say(INDENT + "signed in " + When.local(hidden.since()) + "; it has ended, or the server hides it");
        terminal.say(INDENT + "Is it signed in still? This is said once; then the name is dropped.");
        terminal.json(line(hidden, "hidden")
                .and("name", hidden.name())
                .and("kind", hidden.kind())
                .and("since", hidden.since().toString()));
    }

    private static JsonLine line(SessionEntry entry, String state) {
        return JsonLine.of("session", entry.id().hex()).and("state", state);
    }

    static String device(String name, String kind) {
        return Printable.line(name) + " (" + Printable.line(kind) + ")";
    }
}
