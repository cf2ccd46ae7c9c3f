package dev.nescio.client;

/// What asking an authenticator for a new passkey led to.
public sealed interface PasskeyStart {

    /// It was made, and opens nothing yet.
    record Made(NewPasskey passkey) implements PasskeyStart {}

    /// The person declined, or the authenticator holds a passkey of the account already. Some ask twice; who declines
    /// the second time finds a passkey there that opens nothing, and removes it there.
    record Declined() implements PasskeyStart {}

    /// It gives no PRF output; [PasskeyAuthenticator#UNSUITABLE] says what to do.
    record Unsuitable() implements PasskeyStart {}
}
