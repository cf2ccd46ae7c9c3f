package dev.nescio.client;

import dev.nescio.client.Api.ProblemException;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.MailAlerts;
import dev.nescio.protocol.MailedCodes;
import dev.nescio.protocol.ServerInfo;

/// Mails that tell the account's owner of each new sign-in (spec, section 10.21). No device can check that
/// a server sends them, or that it deletes the address.
public final class AccountMailAlerts {

    private static final String PATH = "/v1/account/alerts";

    private final Api api;
    private final Token token;
    private final String address;
    private final LogChain log;

    /// @param address normalised
    AccountMailAlerts(Api api, Token token, String address, LogChain log) {
        this.api = api;
        this.token = token;
        this.address = address;
        this.log = log;
    }

    /// Whether they are on, as the server says.
    public boolean areOn() {
        try {
            return api.get(PATH, token, MailAlerts.State.class).on();
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    /// Sends the account's address to the server **in clear**, which keeps it sealed under a key of its own
    /// and reads it for each mail. Ask the person before: whoever runs the server, or has broken into it,
    /// learns whose account it is. A hostile server says that mail is on to learn addresses.
    ///
    /// @throws IllegalArgumentException with words for the person, if no mail can be sent to the address;
    /// nothing was sent then
    public MailAlertsChange insecureTurnOn() {
        if (!MailedCodes.isMailbox(address)) {
            throw new IllegalArgumentException("Nothing can be mailed to an address with these characters.");
        }
        long before = log.known();
        boolean sent = false;
        try {
            if (!api.get("/v1/server", null, ServerInfo.class).mail()) {
                return new MailAlertsChange.MailOff(false);
            }
            sent = true;
            api.putRepeatedly(PATH, token, new MailAlerts.TurnOn(address));
        } catch (ProblemException e) {
            if (e.is("proof-required")) {
                return new MailAlertsChange.ProofRequired();
            }
            if (e.is("not-found")) {
                return new MailAlertsChange.MailOff(sent);
            }
            throw e.unexpected();
        }
        log.done(LogKind.MAIL_ALERTS_ON, before);
        return new MailAlertsChange.Changed();
    }

    /// Has the server delete the address that it keeps for them.
    public MailAlertsChange turnOff() {
        long before = log.known();
        try {
            api.delete(PATH, token);
        } catch (ProblemException e) {
            if (e.is("proof-required")) {
                return new MailAlertsChange.ProofRequired();
            }
            if (e.is("not-found")) {
                return new MailAlertsChange.AlreadyOff();
            }
            throw e.unexpected();
        }
        log.done(LogKind.MAIL_ALERTS_OFF, before);
        return new MailAlertsChange.Changed();
    }
}
