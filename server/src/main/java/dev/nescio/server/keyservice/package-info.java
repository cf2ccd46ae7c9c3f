/// The port to the server's own keys (spec, section 12), and the adapter that keeps them in a keyring file.
///
/// Data: the keyring file, `0600`, three random keys of 32 bytes: pepper, decoy, seal.
///
/// Must never: hand a key out, write one into the database, or draw new ones while accounts depend on the
/// old ones.
package dev.nescio.server.keyservice;
