package dev.nescio.server.mail;

/// No mail can be sent now.
public final class MailUnavailableException extends Exception {

    private static final long serialVersionUID = 1L;

    MailUnavailableException(String message) {
        super(message);
    }
}
