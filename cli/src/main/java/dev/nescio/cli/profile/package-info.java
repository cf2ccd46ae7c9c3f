/// What this device keeps between two commands: `profile.json`, the session that is signed in, and
/// `memory.json`, what lets it notice a server that shows an older state.
///
/// The folder is for its owner only. Every file replaces the one before it whole. `docs/local-profile.md`
/// gives the formats.
package dev.nescio.cli.profile;
