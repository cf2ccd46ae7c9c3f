/// The port to what lives for minutes, and the adapter that keeps it in memory.
///
/// Must never: hold a secret that was not hashed or sealed before, or a key that tells whom it is about.
package dev.nescio.server.ephemeral;
