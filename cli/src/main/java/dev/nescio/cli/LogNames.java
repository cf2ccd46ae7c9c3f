package dev.nescio.cli;

import dev.nescio.cli.terminal.Printable;
import dev.nescio.client.Account;
import dev.nescio.client.NescioException;
import dev.nescio.client.SessionEntry;
import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.SlotId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What the account's devices call the sessions and slots that its log names by their ids.
final class LogNames {

    private final Map<SessionId, String> sessions = new HashMap<>();
    private final Map<SlotId, String> slots = new HashMap<>();
    private final SessionId own;

    LogNames(Account account) {
        own = account.session();
        noteUnlessDistrusted(() -> account.sessions().entries().forEach(this::note));
        noteUnlessDistrusted(() -> {
            account.passkeys().forEach(passkey -> slots.put(passkey.id(), passkey.name()));
            account.accessKeys().list().forEach(key -> slots.put(key.id(), key.name()));
        });
    }

    /// A server must not hide the log by what else it serves: it is shown without names then.
    private static void noteUnlessDistrusted(Runnable note) {
        try {
            note.run();
        } catch (NescioException.Distrust e) {
            // Whoever asks for these lists themselves is told.
        }
    }

    private void note(SessionEntry entry) {
        switch (entry) {
            case SessionEntry.Known known -> sessions.put(known.id(), known.name());
            case SessionEntry.ByAccessKey script -> sessions.put(script.id(), script.name());
            case SessionEntry.Hidden hidden -> sessions.put(hidden.id(), hidden.name());
            case SessionEntry.Unknown _ -> {
                // It has no name.
            }
        }
    }

    Optional<String> of(SessionId session) {
        return Optional.ofNullable(sessions.get(session));
    }

    Optional<String> of(SlotId slot) {
        return Optional.ofNullable(slots.get(slot));
    }

    String shown(SessionId session) {
        return of(session).map(Printable::line).orElse("a session without a name") + " (" + session.shortened()
                + (session.equals(own) ? ", this device)" : ")");
    }

    String shown(SlotId slot) {
        return of(slot).map(name -> Printable.line(name) + " (" + slot.shortened() + ")")
                .orElse(slot.shortened());
    }
}
