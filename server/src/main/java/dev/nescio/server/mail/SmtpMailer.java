package dev.nescio.server.mail;

import dev.nescio.server.config.SmtpSetting;
import dev.nescio.server.config.SmtpSetting.Security;
import dev.nescio.server.config.UnusableSetting;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Date;
import java.util.HexFormat;
import java.util.Properties;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// By SMTP, over Jakarta Mail. One connection a message; what a mail server says is never logged, since
/// it may repeat the address.
public final class SmtpMailer implements Mailer {

    private static final Logger LOG = LoggerFactory.getLogger(SmtpMailer.class);

    /// The library's own, which would print what is sent. Held here, so that the setting is not collected.
    private static final java.util.logging.Logger[] SILENCED = {
        java.util.logging.Logger.getLogger("jakarta.mail"), java.util.logging.Logger.getLogger("org.eclipse.angus.mail")
    };

    private static final String TIMEOUT = "10000";
    private static final int MOST_AT_ONCE = 8;
    private static final int PATIENCE_AT_CLOSE = 5;
    private static final int MESSAGE_ID = 16;

    /// Of one connection in all: a server that sends an octet now and then is within each timeout for ever.
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final SmtpSetting setting;
    private final SSLSocketFactory tls;
    private final Duration patience;
    private final Clock clock;
    private final RandomGenerator random;
    /// Whoever waits for one gets it before those who ask later.
    private final Semaphore places = new Semaphore(MOST_AT_ONCE, true);

    /// @throws UnusableSetting if the certificates to trust cannot be read
    public SmtpMailer(SmtpSetting setting, Clock clock, RandomGenerator random) {
        this(setting, clock, random, PATIENCE);
    }

    /// @param patience with one connection in all
    SmtpMailer(SmtpSetting setting, Clock clock, RandomGenerator random, Duration patience) {
        for (java.util.logging.Logger logger : SILENCED) {
            logger.setLevel(Level.OFF);
        }
        this.setting = setting;
        this.clock = clock;
        this.random = random;
        this.patience = patience;
        this.tls =
                setting.trust() == null ? (SSLSocketFactory) SSLSocketFactory.getDefault() : trusting(setting.trust());
    }

    private static Properties properties(SmtpSetting setting) {
        Properties properties = new Properties();
        properties.put("mail.smtp.connectiontimeout", TIMEOUT);
        properties.put("mail.smtp.timeout", TIMEOUT);
        properties.put("mail.smtp.writetimeout", TIMEOUT);
        properties.put("mail.smtp.ssl.enable", Boolean.toString(setting.security() == Security.TLS));
        properties.put("mail.smtp.starttls.enable", Boolean.toString(setting.security() == Security.STARTTLS));
        properties.put("mail.smtp.starttls.required", Boolean.toString(setting.security() == Security.STARTTLS));
        properties.put("mail.smtp.ssl.checkserveridentity", "true");
        properties.put("mail.smtp.ssl.protocols", "TLSv1.3 TLSv1.2");
        properties.put("mail.smtp.auth", Boolean.toString(setting.user() != null));
        properties.put("mail.smtp.auth.mechanisms", "PLAIN LOGIN");
        properties.put("mail.smtp.from", setting.from());
        properties.put("mail.smtp.localhost", domain(setting.from()));
        properties.put("mail.mime.allowutf8", "true");
        return properties;
    }

    private static String domain(String mailbox) {
        return mailbox.substring(mailbox.indexOf('@') + 1);
    }

    private static SSLSocketFactory trusting(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (certificates.isEmpty()) {
                throw new UnusableSetting("The file that --smtp says to trust holds no certificate: " + file);
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (Certificate certificate : certificates) {
                store.setCertificateEntry(Integer.toString(store.size()), certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (IOException | GeneralSecurityException e) {
            throw new UnusableSetting(
                    "The certificates that --smtp says to trust cannot be read: " + file + ". It must be PEM.", e);
        }
    }

    /// Says so in the log, if it cannot be reached now.
    public void greet() {
        try {
            ready().discard();
        } catch (MailUnavailableException e) {
            LOG.warn("Nobody can sign up until the mail server can be reached.");
        }
    }

    @Override
    public Ready ready() throws MailUnavailableException {
        return ready(Duration.ZERO);
    }

    @Override
    public Ready ready(Duration forAPlace) throws MailUnavailableException {
        if (!isPlaceTaken(forAPlace)) {
            throw new MailUnavailableException("as many messages are on their way as may be");
        }
        ConnectionGuard guard = null;
        boolean ready = false;
        try {
            guard = new ConnectionGuard(patience);
            Properties properties = properties(setting);
            guard.guard(properties, tls);
            Session session = Session.getInstance(properties);
            Transport transport = session.getTransport("smtp");
            transport.connect(setting.host(), setting.port(), setting.user(), setting.password());
            Connected connected = new Connected(session, transport, guard);
            ready = true;
            return connected;
        } catch (MessagingException | RuntimeException e) {
            LOG.warn("the mail server at {}:{} cannot be used: {}", setting.host(), setting.port(), reason(e));
            throw new MailUnavailableException("the mail server cannot be used");
        } finally {
            if (!ready) {
                places.release();
                if (guard != null) {
                    guard.close();
                }
            }
        }
    }

    private boolean isPlaceTaken(Duration forAPlace) {
        try {
            return places.tryAcquire(forAPlace.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private final class Connected implements Ready {

        private final Session session;
        private final Transport transport;
        private final ConnectionGuard guard;
        private final AtomicBoolean used = new AtomicBoolean();

        Connected(Session session, Transport transport, ConnectionGuard guard) {
            this.session = session;
            this.transport = transport;
            this.guard = guard;
        }

        @Override
        public void send(Message message) {
            once(() -> {
                try {
                    MimeMessage mail = mail(session, message);
                    transport.sendMessage(mail, mail.getAllRecipients());
                } catch (MessagingException | RuntimeException e) {
                    LOG.warn("a mail was not sent: {}", reason(e));
                } finally {
                    leave();
                }
            });
        }

        @Override
        public void discard() {
            once(this::leave);
        }

        private void once(Runnable work) {
            if (!used.compareAndSet(false, true)) {
                return;
            }
            boolean started = false;
            try {
                Thread.ofVirtual().name("mail").start(work);
                started = true;
            } finally {
                if (!started) {
                    leave();
                }
            }
        }

        private void leave() {
            try {
                transport.close();
            } catch (MessagingException | RuntimeException e) {
                LOG.debug("the mail server did not take leave: {}", reason(e));
            } finally {
                places.release();
                guard.close();
            }
        }
    }

    private MimeMessage mail(Session session, Message message) throws MessagingException {
        byte[] id = new byte[MESSAGE_ID];
        random.nextBytes(id);
        MimeMessage mail = new MimeMessage(session) {

            // The library's own would name this machine.
            @Override
            protected void updateMessageID() throws MessagingException {
                setHeader("Message-ID", "<" + HexFormat.of().formatHex(id) + "@" + domain(setting.from()) + ">");
            }
        };
        mail.setFrom(new InternetAddress(setting.from(), true));
        mail.setRecipient(RecipientType.TO, new InternetAddress(message.to(), true));
        mail.setSubject(message.subject(), StandardCharsets.UTF_8.name());
        mail.setHeader("Auto-Submitted", "auto-generated");
        mail.setSentDate(Date.from(clock.instant()));
        mail.setText(message.text(), StandardCharsets.UTF_8.name());
        mail.saveChanges();
        return mail;
    }

    /// What kind of failure it is, and the mail server's number for it; none of its words.
    private static String reason(Exception failure) {
        StringBuilder reason = new StringBuilder();
        Throwable cause = failure;
        while (cause != null && reason.length() < 200) {
            reason.append(reason.isEmpty() ? "" : ", ").append(cause.getClass().getSimpleName());
            int code = code(cause);
            if (code > 0) {
                reason.append(' ').append(code);
            }
            cause = cause instanceof MessagingException messaging && messaging.getNextException() != null
                    ? messaging.getNextException()
                    : cause.getCause();
        }
        return reason.toString();
    }

    private static int code(Throwable failure) {
        return switch (failure) {
            case SMTPAddressFailedException address -> address.getReturnCode();
            case SMTPSenderFailedException sender -> sender.getReturnCode();
            case SMTPSendFailedException send -> send.getReturnCode();
            default -> 0;
        };
    }

    @Override
    public void close() {
        try {
            places.tryAcquire(MOST_AT_ONCE, PATIENCE_AT_CLOSE, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
