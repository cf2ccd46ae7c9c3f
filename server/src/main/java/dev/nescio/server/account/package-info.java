/// Accounts: signing up (spec, section 10.1), what an account's own sessions may see of it (10.8), and deleting it
/// (10.15).
///
/// Data: table `account`, a row each, with the keyed hash of the address, the sealed directory, profile and
/// domain keys, and the sequence that counts the account's commits. A sign-up, and a password that an account is
/// to get, wait in the ephemeral store, in the form in which the database would hold them, until their first code
/// was right; so does the keyed hash of a code that was mailed. Tables `reset_code` and
/// `mailed_reset_code`: the keyed hashes of the codes with which an account may be begun anew (10.18).
/// Table `alert_address`: where who has asked for it is mailed about sign-ins (10.21), sealed by the key service.
///
/// Must never: write anything before that code, or before a passkey was checked; write a password without its second
/// factor; remove the last way to sign in; keep an address but for one that is sealed, or open that without an
/// entry in the account's log; where mail is on, tell anybody but the
/// reader of its mail whether an address has an account.
package dev.nescio.server.account;
