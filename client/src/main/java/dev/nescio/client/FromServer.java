package dev.nescio.client;

/// What the server says, sealed to the account's public key so that nobody else reads it where it is
/// stored (spec, section 9.6). Anybody can seal to a public key, so nothing of it is authenticated: a
/// server can have made it up. It is to be shown as the server's word, and as nothing else.
public sealed interface FromServer {

    record Said(String text) implements FromServer {}

    /// It was not sealed for this place and this account, or it was changed.
    record Unreadable() implements FromServer {}
}
