package dev.nescio.cli;

import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Printable;
import dev.nescio.client.Account;
import dev.nescio.client.NescioException;
import dev.nescio.client.SessionEntry;
import dev.nescio.protocol.SessionId;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// What the list of sessions says of the others after a sign-in that was to end them.
///
/// @param listed who is there still; empty where the list could not be had
record OtherSessions(Optional<List<SessionEntry>> listed) {

    static OtherSessions lookedAt(Account account) {
        try {
            return new OtherSessions(Optional.of(account.sessions().entries().stream()
                    .filter(Predicate.not(SessionEntry.Hidden.class::isInstance))
                    .filter(entry -> !entry.id().equals(account.session()))
                    .toList()));
        } catch (NescioException e) {
            return new OtherSessions(Optional.empty());
        }
    }

    String text() {
        return listed.map(OtherSessions::text)
                .orElse(
                        "The server was asked to sign all your other devices out, but does not show which are signed in:"
                                + " look with 'nescio sessions list'.");
    }

    private static String text(List<SessionEntry> listed) {
        return listed.isEmpty()
                ? "All your other devices are signed out."
                : "The server was asked to sign all your other devices out, but these are signed in, still or again: "
                        + String.join(
                                ", ", listed.stream().map(OtherSessions::name).toList())
                        + ". End them with 'nescio sessions end'.";
    }

    private static String name(SessionEntry entry) {
        String name = switch (entry) {
            case SessionEntry.Known known -> SessionsListCommand.device(known.name(), known.kind());
            case SessionEntry.ByAccessKey byKey -> Printable.line(byKey.name()) + " (access key)";
            case SessionEntry.Hidden hidden -> SessionsListCommand.device(hidden.name(), hidden.kind());
            case SessionEntry.Unknown _ -> "UNKNOWN";
        };
        return entry.id().shortened() + " " + name;
    }

    JsonLine describe(JsonLine line) {
        if (listed.isEmpty()) {
            return line.and("otherSessions", "unknown");
        }
        List<String> ids =
                listed.get().stream().map(SessionEntry::id).map(SessionId::hex).toList();
        return ids.isEmpty()
                ? line.and("otherSessions", "ended")
                : line.and("otherSessions", "listed").and("listed", ids);
    }
}
