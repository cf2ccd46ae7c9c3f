/// The ceremonies of passkeys (spec, section 10.12): challenges, and the checks of what authenticators made, which
/// WebAuthn4J does.
///
/// Data: challenges that were used in the ephemeral store, as hashes. The passkeys themselves are in `credential`.
///
/// Must never: parse CBOR or client data itself; log or print what an authenticator or WebAuthn4J gave, as the
/// results of extensions may be in it; accept a challenge twice.
package dev.nescio.server.passkey;
