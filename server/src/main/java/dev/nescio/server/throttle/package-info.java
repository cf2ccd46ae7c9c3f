/// Limits on how often something may be tried.
///
/// Data: counters in the ephemeral store, under keyed hashes.
///
/// Must never: lock the right person out for longer than one window.
package dev.nescio.server.throttle;
