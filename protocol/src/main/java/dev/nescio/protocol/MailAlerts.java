package dev.nescio.protocol;

/// Messages about mails that tell of new sign-ins (spec, section 10.21).
public final class MailAlerts {

    private MailAlerts() {}

    /// `PUT /v1/account/alerts`: it holds the account's own address in clear.
    ///
    /// @param address normalised
    public record TurnOn(String address) {

        public TurnOn {
            if (!MailedCodes.isMailbox(Check.present("address", address))) {
                throw new InvalidField("address must be one plain mailbox");
            }
        }

        @Override
        public String toString() {
            return "TurnOn[redacted]";
        }
    }

    /// The answer to `GET /v1/account/alerts`.
    ///
    /// @param on whether the server holds an address for them
    public record State(boolean on) {}
}
