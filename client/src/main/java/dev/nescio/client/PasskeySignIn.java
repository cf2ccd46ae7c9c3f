package dev.nescio.client;

/// What an attempt to sign in with a passkey led to.
public sealed interface PasskeySignIn {

    /// This device is signed in.
    record SignedIn(Account account) implements PasskeySignIn {}

    /// The server does not accept it: it was removed, or a copy of its authenticator was used. It does not say which.
    record Failed() implements PasskeySignIn {}

    /// The person declined, or there is no passkey of this server.
    record Declined() implements PasskeySignIn {}

    /// It gives no PRF output; [PasskeyAuthenticator#UNSUITABLE] says what to do.
    record Unsuitable() implements PasskeySignIn {}
}
