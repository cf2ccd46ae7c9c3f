/// Tests of the whole: a real server with real clients, a hostile server, the breach drill, and the rules between
/// modules.
///
/// The server runs from its own distribution, as it does for its users.
///
/// Never: a test that one module could hold alone.
package dev.nescio.systemtests;
