package dev.nescio.cli;

import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.SessionEntry;
import dev.nescio.client.SessionReading;
import dev.nescio.protocol.SessionId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// Says when another device has signed in while this one was watching.
final class SignInAlerts {

    /// A device names itself right after it has signed in.
    private static final Duration TO_NAME_ITSELF = Duration.ofSeconds(2);

    private final Terminal terminal;
    private final Account account;

    /// The sessions that need no more words, and whether they had a name.
    private final Map<SessionId, Boolean> told = new HashMap<>();

    private boolean toldOfTheList;

    SignInAlerts(Terminal terminal, Account account) {
        this.terminal = terminal;
        this.account = account;
    }

    /// What is there already is no news, but for what is wrong.
    void begin() {
        sessions().entries().forEach(entry -> told.put(entry.id(), !(entry instanceof SessionEntry.Unknown)));
    }

    void look() {
        if (account.sessions().entries().stream()
                .anyMatch(entry -> entry instanceof SessionEntry.Unknown && !told.containsKey(entry.id()))) {
            pause();
        }
        sessions().entries().forEach(this::tell);
        // Of these nothing more is said at the next command; of those that have ended already it is said here.
        account.logMayHaveGrown();
        SignInNewsAlert.tell(terminal, account, told.keySet())
                .forEach(signIn -> told.put(signIn.session(), signIn.device().isPresent()));
    }

    private SessionReading sessions() {
        SessionReading reading = account.sessions();
        if (!toldOfTheList) {
            DeviceListWarning.tell(terminal, reading);
        }
        toldOfTheList = !(reading instanceof SessionReading.Complete);
        return reading;
    }

    private void tell(SessionEntry entry) {
        switch (entry) {
            case SessionEntry.Known known -> {
                Boolean named = told.put(known.id(), true);
                if (named == null || !named) {
                    String device = SessionsListCommand.device(known.name(), known.kind());
                    alert(
                            known.id(),
                            named == null
                                    ? "A new device has signed in to your account: " + device + "."
                                    : "The device that has signed in calls itself " + device + ".");
                    terminal.json(line(known.id()).and("name", known.name()).and("kind", known.kind()));
                }
            }
            case SessionEntry.Unknown unknown -> {
                if (told.putIfAbsent(unknown.id(), false) == null) {
                    alert(
                            unknown.id(),
                            "Somebody has signed in to your account, and none of your devices has said that"
                                    + " it was you.");
                    terminal.json(line(unknown.id()));
                }
            }
            case SessionEntry.ByAccessKey _ -> {
                // A script of the account's own: it signs in again and again.
            }
            case SessionEntry.Hidden _ -> {
                // It ended: that is for whoever ended it to know.
            }
        }
    }

    private void alert(SessionId session, String what) {
        terminal.tell(
                "! " + what + " If it was not you, end it, then change what somebody may know: nescio sessions end "
                        + session.shortened());
    }

    private static JsonLine line(SessionId session) {
        return JsonLine.of("alert", "new-session").and("session", session.hex());
    }

    private static void pause() {
        try {
            Thread.sleep(TO_NAME_ITSELF);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a device's name", e);
        }
    }
}
