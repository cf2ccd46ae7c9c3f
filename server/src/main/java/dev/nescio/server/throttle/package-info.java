/// Limits on how often something may be tried.
///
/// Data: counters in the ephemeral store, under keyed hashes.
///
/// Must never: let somebody on another network, who knows neither factor, keep a person out of their
/// account; tell by a limit whether an address has an account, or whether somebody on another network has
/// asked for a mail to it.
package dev.nescio.server.throttle;
