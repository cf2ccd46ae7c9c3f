package dev.nescio.client;

/// What an attempt to sign in led to.
public sealed interface SignInResult {

    /// This device is signed in.
    record SignedIn(Account account) implements SignInResult {}

    /// Address, password or code is wrong; the server does not say which.
    record Failed() implements SignInResult {}
}
