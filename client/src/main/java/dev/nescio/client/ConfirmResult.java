package dev.nescio.client;

/// What the first code of the authenticator led to.
public sealed interface ConfirmResult {

    /// The account exists, and this device is signed in.
    record Confirmed(Account account) implements ConfirmResult {}

    /// The code was wrong. After the last try the sign-up is gone and nothing was kept.
    record WrongCode(int triesLeft) implements ConfirmResult {}

    /// The sign-up has expired, was cancelled, or had too many wrong codes. Start again.
    record Gone() implements ConfirmResult {}

    /// Of a reset: its code was used, replaced or cancelled, or has expired, in the meantime. Nothing was deleted.
    record ResetFailed() implements ConfirmResult {}

    /// Somebody else took the address in the meantime.
    record AddressTaken() implements ConfirmResult {}
}
