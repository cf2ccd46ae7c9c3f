/// The log of an account (spec, sections 9.5 and 10.20): what has happened to its ways to sign in, its
/// sessions and its keys, as a chain of entries that clients verify.
///
/// Data: `log_entry`. Ids of sessions and slots; no name of a device, no time but the hour; a network
/// only as sealed to the account (9.6).
///
/// Must never: add an entry in another transaction than what it tells of; hold what a client has not to
/// see.
package dev.nescio.server.log;
