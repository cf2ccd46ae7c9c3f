package dev.nescio.client;

import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.SlotId;
import java.time.Instant;
import java.util.Optional;

/// Something that has happened to the account's ways to sign in, its sessions or its keys, as the
/// server says (spec, section 9.5).
///
/// @param number 1, 2, 3 … in the order in which it happened
/// @param time the hour in which it happened
/// @param kind what happened; empty for a kind that this version does not know
/// @param kindText the same, as the server says it
/// @param session which did it, or was opened by it
/// @param other the session that it was done to
/// @param slot the way to sign in that it is about
/// @param origin the network from which the session was opened, such as `203.0.113.0/24`; empty where
/// none was opened, or the keys were rotated since
public record LogEvent(
        long number,
        Instant time,
        Optional<LogKind> kind,
        String kindText,
        Optional<SessionId> session,
        Optional<SessionId> other,
        Optional<SlotId> slot,
        Optional<FromServer> origin) {}
