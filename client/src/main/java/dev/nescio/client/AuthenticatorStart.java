package dev.nescio.client;

/// What became of beginning to set up another authenticator.
public sealed interface AuthenticatorStart {

    /// It waits for its first code. The old one works until then.
    record Started(NewAuthenticator authenticator) implements AuthenticatorStart {}

    /// The server asks for a credential to be proven first, with [Account#prove].
    record ProofRequired() implements AuthenticatorStart {}
}
