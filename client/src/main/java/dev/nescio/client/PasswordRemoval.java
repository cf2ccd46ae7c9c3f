package dev.nescio.client;

/// What became of removing the password.
public sealed interface PasswordRemoval {

    /// Password, authenticator and backup codes open nothing any more.
    record Removed() implements PasswordRemoval {}

    /// They open nothing any more, but another device changed the directory at the same moment: it may
    /// have removed them, so whether other devices are signed out is not known here.
    record RemovedMeanwhile() implements PasswordRemoval {}

    /// The server asks for a credential to be proven first, with [Account#prove]; nothing was changed.
    record ProofRequired() implements PasswordRemoval {}

    /// No passkey would remain that opens the account here; nothing was changed. A recovery key is a way back, and no
    /// way in.
    record LastWayIn() implements PasswordRemoval {}

    /// The account has no password.
    record NotThere() implements PasswordRemoval {}
}
