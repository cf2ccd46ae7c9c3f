/// What the demo and the breach drill both need to prove something: the authenticator of a person who is played,
/// and the reading of what the server's `dump` prints.
///
/// Never: a secret in what is printed, or anything that the commands of a real account use.
package dev.nescio.cli.proof;
