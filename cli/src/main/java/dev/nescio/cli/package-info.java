/// The `nescio` command: one class a command, over the SDK in `dev.nescio.client`.
///
/// The server is started as a process, from its own distribution.
///
/// Never: the server's classes on this class path, or a secret in an argument, a message or a log line.
package dev.nescio.cli;
