/// Sessions: opening, finding, ending and sweeping them (spec, section 10.4).
///
/// Data: table `session`, a row each, with SHA-256 of its token.
///
/// Must never: store or log a token.
package dev.nescio.server.session;
