/// Whether this server works, for whatever watches it, and whether it confirms addresses by mail. It
/// has no data.
///
/// Must never: tell more than that.
package dev.nescio.server.health;
