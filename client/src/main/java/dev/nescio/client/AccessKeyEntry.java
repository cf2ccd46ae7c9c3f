package dev.nescio.client;

import dev.nescio.protocol.Scope;
import dev.nescio.protocol.SlotId;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;

/// An access key of an account, as its devices sealed it, but for the days, which the server says.
///
/// @param name what the account's devices call it; the server does not know it
/// @param expiresAt when it ends; empty where it does not
/// @param createdOn the day on which it was made, in UTC
/// @param usedOn the day on which somebody last signed in with it, in UTC; empty where nobody has
public record AccessKeyEntry(
        SlotId id,
        String name,
        Scope scope,
        Optional<Instant> expiresAt,
        Optional<LocalDate> createdOn,
        Optional<LocalDate> usedOn) {}
