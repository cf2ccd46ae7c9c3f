package dev.nescio.client;

/// What a code of the new authenticator led to.
public sealed interface AuthenticatorChange {

    /// The new authenticator is in place, and the old one's codes are refused.
    record Changed() implements AuthenticatorChange {}

    /// The code was wrong, and the old authenticator is still in place. After the last try the new one is gone.
    record WrongCode(int triesLeft) implements AuthenticatorChange {}

    /// The new authenticator has expired, was cancelled, or had too many wrong codes. The old one is still in place.
    record Gone() implements AuthenticatorChange {}

    /// The server asks for a credential to be proven first, with [Account#prove]; the old authenticator is still in
    /// place, and the new one waits on.
    record ProofRequired() implements AuthenticatorChange {}
}
