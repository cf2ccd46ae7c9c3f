package dev.nescio.client;

/// How a sign-up began.
public sealed interface SignUpResult {

    /// The server waits for the first code of the authenticator.
    record Started(PendingSignUp pending) implements SignUpResult {}

    /// This address has an account.
    record AddressTaken() implements SignUpResult {}

    /// The server's operator lets nobody sign up.
    record Closed() implements SignUpResult {}
}
