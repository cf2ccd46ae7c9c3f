package dev.nescio.client;

/// What became of adding a passkey.
public sealed interface PasskeyAddition {

    /// It opens the account.
    record Added() implements PasskeyAddition {}

    /// The server asks for a credential to be proven first, with [Account#prove]; nothing was changed.
    record ProofRequired() implements PasskeyAddition {}

    /// The server does not accept it: it was made more than five minutes ago, the account has 32, or it is not as the
    /// server asks. Remove it from the authenticator and make another.
    record Refused() implements PasskeyAddition {}
}
