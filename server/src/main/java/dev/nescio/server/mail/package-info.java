/// The port to mail, and the adapter that speaks SMTP (spec, section 10.19).
///
/// Data: none. A message is in memory from when it is handed over until it was sent or has failed.
///
/// Must never: log, store or count by an address, or try again later: whatever was tried again would
/// have to be kept.
package dev.nescio.server.mail;
