/// Pairing a new device with one that is signed in (spec, section 10.11): passes on what the two tell each other, and
/// opens a session for the new one when the other has approved it.
///
/// Data: none in the database. What waits is in the ephemeral store for two minutes: public keys, nonces, hashes, and a
/// grant that only the new device opens.
///
/// Must never: open a session before the grant is there; change what one side has said once.
package dev.nescio.server.pairing;
