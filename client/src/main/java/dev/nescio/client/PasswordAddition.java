package dev.nescio.client;

/// What a code of the authenticator of an added password led to.
public sealed interface PasswordAddition {

    /// The password opens the account, with a code of its authenticator or a backup code.
    record Added() implements PasswordAddition {}

    /// The code was wrong, and nothing was added. After the last try nothing of the password is left.
    record WrongCode(int triesLeft) implements PasswordAddition {}

    /// It has expired, was cancelled, or had too many wrong codes. Nothing was added; begin again.
    record Gone() implements PasswordAddition {}

    /// The server asks for a credential to be proven first, with [Account#proveWithPasskey] or
    /// [Account#proveWithRecoveryKey]; nothing was added, and the password waits on.
    record ProofRequired() implements PasswordAddition {}

    /// Another device has added another password meanwhile; this one was not added.
    record AlreadyThere() implements PasswordAddition {}
}
