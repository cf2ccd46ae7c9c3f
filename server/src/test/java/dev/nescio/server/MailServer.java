package dev.nescio.server;

import dev.nescio.server.config.SmtpSetting;
import dev.nescio.server.config.SmtpSetting.Security;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.subethamail.smtp.auth.EasyAuthenticationHandlerFactory;
import org.subethamail.smtp.auth.LoginFailedException;
import org.subethamail.smtp.helper.SimpleMessageListener;
import org.subethamail.smtp.server.SMTPServer;

/// A real mail server on a port of its own, which keeps what it is given.
public final class MailServer implements AutoCloseable {

    public static final String FROM = "nescio@mail.example.org";

    /// Mail to it is refused.
    public static final String UNKNOWN = "nobody@example.org";

    private static final String USER = "nescio";
    private static final String PASSWORD = "a\\long=password";

    /// A message as it arrived, header and body.
    public record Mail(String from, String to, String text) {

        /// The code in it.
        public String code() {
            return text.replaceAll("(?s).*The code is  ([0-9A-Z]{4})-([0-9A-Z]{4}).*", "$1$2");
        }

        /// The reset code in it.
        public String resetCode() {
            return text.replaceAll("(?s).*The reset code is  ([0-9A-Z-]+).*", "$1");
        }

        public boolean hasResetCode() {
            return text.contains("RESE-T1");
        }

        public boolean hasCode() {
            return text.contains("The code is");
        }
    }

    private final BlockingQueue<Mail> mails = new LinkedBlockingQueue<>();
    private final SMTPServer server;
    private final Security security;
    private final Path trust;

    private MailServer(Security security, int port, Path trust, SSLContext tls) {
        this.security = security;
        this.trust = trust;
        SMTPServer.Builder builder = new SMTPServer.Builder()
                .bindAddress(InetAddress.getLoopbackAddress())
                .hostName("localhost")
                .port(port)
                .simpleMessageListener(new Inbox(mails));
        switch (security) {
            case NONE -> {}
            case TLS -> builder.serverSocketFactory(tls);
            case STARTTLS -> builder.enableTLS().requireTLS().startTlsSocketFactory(tls);
        }
        if (security != Security.NONE) {
            builder.requireAuth()
                    .authenticationHandlerFactory(new EasyAuthenticationHandlerFactory((user, password, context) -> {
                        if (!user.equals(USER) || !password.equals(PASSWORD)) {
                            throw new LoginFailedException("no");
                        }
                    }));
        }
        this.server = builder.build();
        server.start();
    }

    private record Inbox(BlockingQueue<Mail> mails) implements SimpleMessageListener {

        @Override
        public boolean accept(String from, String recipient) {
            return !recipient.equals(UNKNOWN);
        }

        @Override
        public void deliver(String from, String recipient, InputStream data) throws IOException {
            mails.add(new Mail(from, recipient, new String(data.readAllBytes(), StandardCharsets.UTF_8)));
        }
    }

    /// In clear, on this machine.
    public static MailServer start() {
        return startAt(0);
    }

    /// @param port 0 for any
    static MailServer startAt(int port) {
        return new MailServer(Security.NONE, port, null, null);
    }

    /// That asks for user and password.
    ///
    /// @param trust where the certificate is put that its clients have to trust
    public static MailServer start(Security security, TlsIdentity identity, Path trust) throws Exception {
        java.nio.file.Files.writeString(trust, TlsIdentity.pem(identity.certificate()));
        return new MailServer(security, 0, trust, context(identity));
    }

    private static SSLContext context(TlsIdentity identity) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "server", identity.keys().getPrivate(), new char[0], new Certificate[] {identity.certificate()});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    public SmtpSetting setting() {
        return setting("localhost", trust, PASSWORD);
    }

    /// @param trusted null to trust what the JDK does
    public SmtpSetting setting(String host, Path trusted, String password) {
        boolean asked = security != Security.NONE;
        return new SmtpSetting(
                host, server.getPortAllocated(), security, asked ? USER : null, asked ? password : null, FROM, trusted);
    }

    /// The next message, once it is there.
    public Mail take() throws InterruptedException {
        Mail mail = mails.poll(1, TimeUnit.MINUTES);
        if (mail == null) {
            throw new AssertionError("no mail came");
        }
        return mail;
    }

    /// Whether none came that was not taken.
    public boolean isEmpty() {
        return mails.isEmpty();
    }

    @Override
    public void close() {
        server.stop();
    }
}
