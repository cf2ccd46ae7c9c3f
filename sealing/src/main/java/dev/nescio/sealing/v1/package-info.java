/// Format version 1 (spec, sections 2 and 4.1 to 7): derivation, associated data, padding, envelopes and
/// streams, and what a server seals to an account.
///
/// Must never: use a nonce twice under one key, or release a byte whose tag was not verified.
package dev.nescio.sealing.v1;
