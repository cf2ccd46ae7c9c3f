package dev.nescio.client;

/// How a reset began.
public sealed interface ResetResult {

    /// The server waits for the first code of the new authenticator. Nothing was deleted yet.
    record Started(PendingSignUp pending) implements ResetResult {}

    /// Nothing was changed: the address has no account, or the code is wrong, of another address, was used, replaced or
    /// cancelled, or has expired. The server does not say which.
    record Failed() implements ResetResult {}
}
