package dev.nescio.server.mail;

import java.time.Duration;

/// Sends mail. Safe for use by many threads.
public interface Mailer extends AutoCloseable {

    /// What is sent to one plain mailbox.
    record Message(String to, String subject, String text) {

        @Override
        public String toString() {
            return "Message[redacted]";
        }
    }

    /// A mail server that is ready for one message.
    interface Ready {

        /// Hands the message over and returns at once: how long sending takes tells the caller nothing.
        /// It is tried once.
        void send(Message message);

        /// No message comes. It returns at once, and does nothing once a message was handed over.
        void discard();
    }

    /// Reaches the mail server before anything is known of the message, so that whether it can be reached
    /// depends on no address.
    ///
    /// @throws MailUnavailableException if it cannot be reached now, or too many messages are on their way
    Ready ready() throws MailUnavailableException;

    /// As above, for whoever can wait: while too many messages are on their way, it waits for one to have gone.
    Ready ready(Duration patience) throws MailUnavailableException;

    /// Waits a while for what is on its way.
    @Override
    void close();
}
