package dev.nescio.client;

import java.time.Instant;

/// What became of a reset code that was asked for by mail.
public sealed interface ResetMailResult {

    /// A mail is on its way, unless the address gets no more of them today. It holds a code where the address has an
    /// account that no device has used for three days, and says so where it does not; the server tells nobody else.
    ///
    /// @param expiresAt until when a code begins a reset
    record Sent(Instant expiresAt) implements ResetMailResult {}

    /// Mail is off on this server, although the address has been sent to it now.
    record Off() implements ResetMailResult {}

    /// The server cannot send mail now.
    record Unavailable() implements ResetMailResult {}
}
