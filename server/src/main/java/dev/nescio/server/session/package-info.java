/// Sessions: opening, finding, renewing, listing, ending and sweeping them (spec, sections 10.4 and 10.10).
///
/// Data: table `session`, a row each, with SHA-256 of its token and of the next one; table `spent_token`, SHA-256 of
/// the tokens that a live session had before, or was to have next until another renewal; table `device_list`, what
/// the devices of an account say of themselves, sealed by them.
///
/// Must never: store or log a token.
package dev.nescio.server.session;
