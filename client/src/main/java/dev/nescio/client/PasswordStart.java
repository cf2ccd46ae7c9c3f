package dev.nescio.client;

/// What became of beginning to add a password.
public sealed interface PasswordStart {

    /// It waits for the first code of its authenticator, and opens nothing until then.
    record Started(AddedPassword password) implements PasswordStart {}

    /// The server asks for a credential to be proven first, with [Account#proveWithPasskey] or
    /// [Account#proveWithRecoveryKey].
    record ProofRequired() implements PasswordStart {}

    /// The account has a password: [Account#changePassword].
    record AlreadyThere() implements PasswordStart {}
}
