/// Looking up and signing in (spec, sections 10.2 and 10.3). It has no data of its own.
///
/// Must never: answer, or work, differently for an address that has an account and one that has none; use
/// up a code unless both factors are right.
package dev.nescio.server.signin;
