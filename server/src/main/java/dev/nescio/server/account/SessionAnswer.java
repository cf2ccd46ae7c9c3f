package dev.nescio.server.account;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.SignIn;
import dev.nescio.server.credential.PasswordSlot;
import dev.nescio.server.http.Answer;
import dev.nescio.server.session.Sessions;
import java.util.List;

/// The answer to whoever has proven every factor: a session, and all that opens the account's keys (spec,
/// section 10.4).
public final class SessionAnswer {

    private SessionAnswer() {}

    /// @param wrappedMasterKey as the client made it
    /// @param cookie whether the token travels in a cookie and not in the body
    public static Answer of(
            AccountState state, PasswordSlot slot, Bytes wrappedMasterKey, Sessions.Opened session, boolean cookie) {
        SignIn.SessionOpened body = new SignIn.SessionOpened(
                state.account(),
                session.session(),
                cookie ? null : session.token(),
                session.expiresAt(),
                List.of(slot.shown(wrappedMasterKey)),
                slot.slot(),
                state.directory(),
                state.domainKeys(),
                state.profile());
        return new Answer(body, cookie ? new Answer.SessionCookie(session.token(), session.life()) : null);
    }
}
