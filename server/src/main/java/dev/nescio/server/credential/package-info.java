/// What an account proves itself with: its password and second factor, its backup codes, its recovery
/// key, its passkeys and its access keys (spec, sections 3.5 to 3.9, 3.11, 3.12 and 12).
///
/// Data: table `password_slot`, one row for a password *and* its second factor, no column of either nullable;
/// table `backup_code`, a row for each unused code; tables `recovery_slot`, `passkey_slot` and
/// `access_slot`. All of it hashed under the pepper or sealed by the key service, but for what a
/// passkey's authenticator says of it, and for an access key's scope, end and days.
///
/// Must never: take the key service's layer off a wrapped master key for anybody who has not proven every
/// factor.
package dev.nescio.server.credential;
