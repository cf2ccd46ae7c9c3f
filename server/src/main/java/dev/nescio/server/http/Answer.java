package dev.nescio.server.http;

import dev.nescio.protocol.Bytes;
import java.time.Duration;

/// What a handler answers with. The status is the endpoint's.
///
/// @param body null for none
/// @param cookie null to leave the browser's cookie as it is
public record Answer(Object body, SessionCookie cookie) {

    public static final Answer EMPTY = new Answer(null, null);

    /// A session's token for the browser to keep.
    ///
    /// @param token null to have the browser forget its token
    public record SessionCookie(Bytes token, Duration life) {

        public static final SessionCookie FORGET = new SessionCookie(null, Duration.ZERO);
    }

    public static Answer of(Object body) {
        return new Answer(body, null);
    }
}
