package dev.nescio.client;

/// How a sign-up began.
public sealed interface SignUpResult {

    /// The server waits for the first code of the authenticator.
    record Started(PendingSignUp pending) implements SignUpResult {}

    /// This address has an account.
    record AddressTaken() implements SignUpResult {}

    /// The server's operator lets nobody sign up.
    record Closed() implements SignUpResult {}

    /// Mail is on, and the server wants a code that it has mailed: [Nescio#insecureSendAddress]. The
    /// address was not sent.
    record AddressUnconfirmed() implements SignUpResult {}

    /// The mailed code is wrong. After the last try another one has to be mailed.
    record WrongMailedCode(int triesLeft) implements SignUpResult {}

    /// The mailed code has expired, was used, or had too many wrong tries. Another one has to be mailed.
    record MailedCodeGone() implements SignUpResult {}
}
