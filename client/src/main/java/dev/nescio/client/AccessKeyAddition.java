package dev.nescio.client;

/// What became of adding an access key.
public sealed interface AccessKeyAddition {

    /// It signs in.
    record Added() implements AccessKeyAddition {}

    /// The server asks for a credential to be proven first, with [Account#prove]; nothing was changed.
    record ProofRequired() implements AccessKeyAddition {}

    /// The server does not accept it: it has ended already, or the account has 32. Remove one that is
    /// not used.
    record Refused() implements AccessKeyAddition {}
}
