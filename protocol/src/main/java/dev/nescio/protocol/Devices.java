package dev.nescio.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;

/// Messages about an account's sessions and the devices that use them (spec, section 10.10).
public final class Devices {

    private Devices() {}

    /// A live session as the server knows it. `createdAt` and `lastSeenAt` are full hours.
    ///
    /// @param current whether it is the one that asks
    /// @param accessKey the slot of the access key that opened it; null where none did
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Session(
            SessionId session, long createdAt, long lastSeenAt, long expiresAt, boolean current, SlotId accessKey) {

        /// One that no access key has opened.
        public Session(SessionId session, long createdAt, long lastSeenAt, long expiresAt, boolean current) {
            this(session, createdAt, lastSeenAt, expiresAt, current, null);
        }

        public Session {
            Check.present("session", session);
            Check.position("createdAt", createdAt);
            Check.position("lastSeenAt", lastSeenAt);
            Check.counter("expiresAt", expiresAt);
        }
    }

    /// `GET /v1/sessions`. `devices` is the sealed device list, null before there is one.
    public record Sessions(List<Session> sessions, Counted devices) {

        public Sessions {
            sessions = Check.items("sessions", sessions, 1, Integer.MAX_VALUE);
            if (sessions.stream().map(Session::session).distinct().count() != sessions.size()) {
                throw new InvalidField("sessions must not name a session twice");
            }
        }
    }

    /// Which sessions are to end.
    public enum Which {
        /// All but the one that asks.
        OTHERS,
        ALL;

        @JsonCreator
        public static Which parse(String text) {
            for (Which which : values()) {
                if (which.text().equals(text)) {
                    return which;
                }
            }
            throw new InvalidField("which must be others or all");
        }

        @JsonValue
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// `POST /v1/sessions/end`.
    public record End(Which which) {

        public End {
            Check.present("which", which);
        }
    }

    /// The answer to `POST /v1/session/renew`. `token` is absent when a cookie carries it.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Renewed(Bytes token, long expiresAt) {

        public Renewed {
            if (token != null) {
                Check.length("token", token, 32);
            }
            Check.counter("expiresAt", expiresAt);
        }

        @Override
        public String toString() {
            return "Renewed[redacted]";
        }
    }
}
