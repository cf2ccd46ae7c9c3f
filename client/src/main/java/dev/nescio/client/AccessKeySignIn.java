package dev.nescio.client;

/// What an attempt to sign in with an access key led to.
public sealed interface AccessKeySignIn {

    /// This program is signed in: to an [Account] by a key of the whole account, to a [ScopedAccount] by
    /// one of some domains.
    record SignedIn(OpenAccount account) implements AccessKeySignIn {}

    /// The key opens no account on this server: it was removed, or its time is over.
    record Failed() implements AccessKeySignIn {}
}
