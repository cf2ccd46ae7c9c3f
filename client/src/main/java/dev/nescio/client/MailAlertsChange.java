package dev.nescio.client;

/// What became of turning mails about sign-ins on or off.
public sealed interface MailAlertsChange {

    /// It is in force, as the server says.
    record Changed() implements MailAlertsChange {}

    /// The server asks for a credential to be proven first, with [Account#prove]; nothing was changed.
    record ProofRequired() implements MailAlertsChange {}

    /// Mail is off on this server.
    ///
    /// @param addressSent whether it has the address now, as it said before that mail is on
    record MailOff(boolean addressSent) implements MailAlertsChange {}

    /// They were off already, as the server says.
    record AlreadyOff() implements MailAlertsChange {}
}
