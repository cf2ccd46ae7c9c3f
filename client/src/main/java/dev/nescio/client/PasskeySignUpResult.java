package dev.nescio.client;

/// What a sign-up with a passkey led to. In all cases but the first there is no account, and what the
/// authenticator made opens nothing: the person removes it there.
public sealed interface PasskeySignUpResult {

    /// The account exists, and this device is signed in.
    record SignedUp(Account account) implements PasskeySignUpResult {}

    /// This address has an account.
    record AddressTaken() implements PasskeySignUpResult {}

    /// The server's operator lets nobody sign up.
    record Closed() implements PasskeySignUpResult {}

    /// The person declined.
    record Declined() implements PasskeySignUpResult {}

    /// It gives no PRF output; [PasskeyAuthenticator#UNSUITABLE] says what to do.
    record Unsuitable() implements PasskeySignUpResult {}

    /// The server does not accept the passkey: it took more than five minutes, or it is not as the server asks.
    record Refused() implements PasskeySignUpResult {}

    /// Mail is on, and the server wants a code that it has mailed: [Nescio#insecureSendAddress]. The
    /// address was not sent.
    record AddressUnconfirmed() implements PasskeySignUpResult {}

    /// The mailed code is wrong. After the last try another one has to be mailed.
    record WrongMailedCode(int triesLeft) implements PasskeySignUpResult {}

    /// The mailed code has expired, was used, or had too many wrong tries. Another one has to be mailed.
    record MailedCodeGone() implements PasskeySignUpResult {}
}
