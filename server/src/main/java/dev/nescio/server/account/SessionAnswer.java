package dev.nescio.server.account;

import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SlotId;
import dev.nescio.server.credential.SlotSealing;
import dev.nescio.server.credential.StoredSlot;
import dev.nescio.server.http.Answer;
import dev.nescio.server.session.Sessions;
import java.util.List;

/// The answer to whoever has proven every factor: a session, and all that opens the account's keys (spec,
/// section 10.4).
public final class SessionAnswer {

    private SessionAnswer() {}

    /// @param slots all of the account
    /// @param used the one that was proven
    /// @param cookie whether the token travels in a cookie and not in the body
    /// @param resetCancelled whether this has cancelled a reset code
    public static Answer of(
            AccountState state,
            List<StoredSlot> slots,
            SlotId used,
            SlotSealing sealing,
            Sessions.Opened session,
            boolean cookie,
            boolean resetCancelled) {
        SignIn.SessionOpened body = new SignIn.SessionOpened(
                state.account(),
                session.session(),
                cookie ? null : session.token(),
                session.expiresAt(),
                slots.stream()
                        .map(slot -> slot.shown(sealing.openWrappedMasterKey(slot)))
                        .toList(),
                used,
                state.directory(),
                state.domainKeys(),
                state.keyPair(),
                state.profile(),
                resetCancelled ? true : null);
        return new Answer(body, cookie ? new Answer.SessionCookie(session.token(), session.life()) : null);
    }
}
