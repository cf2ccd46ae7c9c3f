/// A real server under load, beside the same work on its database without it.
///
/// Never: a server without its limits other than those on the rate of requests, or a database that does not
/// flush.
package dev.nescio.bench.server;
