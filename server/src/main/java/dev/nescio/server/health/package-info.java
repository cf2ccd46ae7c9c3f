/// Whether this server works, for whatever watches it. It has no data.
///
/// Must never: tell more than that.
package dev.nescio.server.health;
