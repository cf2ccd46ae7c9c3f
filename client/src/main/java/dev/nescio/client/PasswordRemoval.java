package dev.nescio.client;

/// What became of removing the password.
public sealed interface PasswordRemoval {

    /// Password, authenticator and backup codes open nothing any more.
    record Removed() implements PasswordRemoval {}

    /// The server asks for a credential to be proven first, with [Account#prove]; nothing was changed.
    record ProofRequired() implements PasswordRemoval {}

    /// No passkey would remain that opens the account here; nothing was changed. A recovery key is a way back, and no
    /// way in.
    record LastWayIn() implements PasswordRemoval {}

    /// The account has no password.
    record NotThere() implements PasswordRemoval {}
}
