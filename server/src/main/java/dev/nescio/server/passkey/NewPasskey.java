package dev.nescio.server.passkey;

import dev.nescio.protocol.Bytes;

/// A passkey whose creation was checked.
///
/// @param attestedCredential credential id and public key, as WebAuthn encodes them
/// @param signCount what its authenticator has counted so far
/// @param rpId what it is bound to
public record NewPasskey(Bytes attestedCredential, long signCount, String rpId) {}
