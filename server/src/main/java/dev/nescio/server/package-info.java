/// The server, which stores what people write, send and make, and cannot read it. `Main` lists what plugs into what.
///
/// Each feature is a package below this one, with its routes, its SQL and its records together; the ports and their
/// adapters stand beside the features.
///
/// Never: `dev.nescio.keys` or `dev.nescio.client`. The build fails on either.
package dev.nescio.server;
