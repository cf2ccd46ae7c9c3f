package dev.nescio.client;

import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.SlotId;
import java.time.Instant;

/// A session of the account, as far as the server's list and the devices' own list agree on it (spec, section 9.4).
/// The server says the times, to the hour, but for `since`.
public sealed interface SessionEntry {

    SessionId id();

    /// Both lists have it.
    ///
    /// @param kind what runs there, such as `cli` or `sdk`
    /// @param since when the device signed in, as it says itself
    /// @param current whether it is this device's own
    record Known(
            SessionId id,
            String name,
            String kind,
            Instant since,
            Instant lastSeenAt,
            Instant expiresAt,
            boolean current)
            implements SessionEntry {}

    /// No device of the account has said that this session is its own: it is just signing in, it could not say so, or
    /// it is none of the account's devices.
    ///
    /// @param current whether it is this device's own
    record Unknown(SessionId id, Instant createdAt, Instant lastSeenAt, Instant expiresAt, boolean current)
            implements SessionEntry {}

    /// An access key of the account has opened it, as the server says; the devices' sealed list of ways
    /// to sign in has the key.
    ///
    /// @param accessKey the slot of the key
    /// @param name what the account's devices call the key
    /// @param current whether it is this program's own
    record ByAccessKey(
            SessionId id,
            SlotId accessKey,
            String name,
            Instant createdAt,
            Instant lastSeenAt,
            Instant expiresAt,
            boolean current)
            implements SessionEntry {}

    /// A device has said that this session is its own, and the server does not list it: it has ended, or the server
    /// hides it.
    record Hidden(SessionId id, String name, String kind, Instant since) implements SessionEntry {}
}
