package dev.nescio.client;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.SlotId;
import java.time.Instant;
import java.util.Optional;

/// A passkey of an account.
///
/// @param name what the account's devices call it; the server does not know it
/// @param copyRefusedAt when the server last refused a copy of its authenticator, as the server says. Then somebody
///     else may have the passkey: remove it. Two sign-ins at one moment that arrive in the other order look the same
public record PasskeyEntry(SlotId id, String name, Bytes credentialId, Optional<Instant> copyRefusedAt) {}
