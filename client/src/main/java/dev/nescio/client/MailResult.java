package dev.nescio.client;

/// What became of a mail that was asked for.
public sealed interface MailResult {

    /// It is on its way, unless the address gets no mail: the server does not tell, nor whether there
    /// is an account.
    record Sent(MailedCode code) implements MailResult {}

    /// Mail is off on this server, although the address has been sent to it now.
    record Off() implements MailResult {}

    /// The server cannot send mail now.
    record Unavailable() implements MailResult {}

    /// The server's operator lets nobody sign up.
    record Closed() implements MailResult {}
}
