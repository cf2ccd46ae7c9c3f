package dev.nescio.server.mail;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.nescio.server.MailServer;
import dev.nescio.server.Patience;
import dev.nescio.server.TlsIdentity;
import dev.nescio.server.config.SmtpSetting;
import dev.nescio.server.config.SmtpSetting.Security;
import dev.nescio.server.config.UnusableSetting;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/// Against a real mail server.
class SmtpMailerTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-01T12:00:00Z"), ZoneOffset.UTC);
    private static final Mailer.Message MESSAGE =
            new Mailer.Message("ada@example.org", "Signing up", "Ünïcode\nsecond line\n");

    /// Than the mailer takes on a machine that has much else to do.
    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    private static SmtpMailer mailer(SmtpSetting setting) {
        return new SmtpMailer(setting, CLOCK, new SecureRandom());
    }

    private MailServer start(Security security) throws Exception {
        return security == Security.NONE
                ? MailServer.start()
                : MailServer.start(security, TlsIdentity.fresh(), folder.resolve("trust.pem"));
    }

    @ParameterizedTest
    @EnumSource(Security.class)
    void sends(Security security) throws Exception {
        try (MailServer server = start(security);
                SmtpMailer mailer = mailer(server.setting())) {
            mailer.ready().send(MESSAGE);
            MailServer.Mail mail = server.take();
            assertEquals(MailServer.FROM, mail.from());
            assertEquals("ada@example.org", mail.to());
            assertTrue(mail.text().contains("\r\nTo: ada@example.org\r\n"), mail.text());
            assertTrue(mail.text().contains("From: nescio@mail.example.org\r\n"), mail.text());
            assertTrue(mail.text().contains("\r\nSubject: Signing up\r\n"), mail.text());
            assertTrue(mail.text().contains("\r\nAuto-Submitted: auto-generated\r\n"), mail.text());
            assertTrue(mail.text().matches("(?s).*Message-ID: <[0-9a-f]{32}@mail\\.example\\.org>.*"), mail.text());
            assertTrue(mail.text().contains("second line"), mail.text());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Security.class,
            names = {"TLS", "STARTTLS"})
    void sendsNothingToAServerWithAnotherCertificate(Security security) throws Exception {
        Path other = Files.writeString(folder.resolve("other.pem"), pem(TlsIdentity.fresh()));
        try (MailServer server = start(security)) {
            for (Path trusted : new Path[] {other, null}) {
                SmtpSetting setting =
                        server.setting("localhost", trusted, server.setting().password());
                try (SmtpMailer mailer = mailer(setting)) {
                    assertThrows(MailUnavailableException.class, mailer::ready);
                }
            }
            assertTrue(server.isEmpty());
        }
    }

    private static String pem(TlsIdentity identity) throws Exception {
        return "-----BEGIN CERTIFICATE-----\n"
                + java.util.Base64.getMimeEncoder()
                        .encodeToString(identity.certificate().getEncoded())
                + "\n-----END CERTIFICATE-----\n";
    }

    /// The certificate is for localhost.
    @ParameterizedTest
    @EnumSource(
            value = Security.class,
            names = {"TLS", "STARTTLS"})
    void sendsNothingToAServerOfAnotherName(Security security) throws Exception {
        try (MailServer server = start(security);
                SmtpMailer mailer = mailer(server.setting(
                        "127.0.0.1", server.setting().trust(), server.setting().password()))) {
            assertThrows(MailUnavailableException.class, mailer::ready);
        }
    }

    /// Somebody on the way takes STARTTLS out of the greeting.
    @Test
    void sendsNothingInClearWhereTlsWasToBe() throws Exception {
        try (MailServer plain = MailServer.start()) {
            SmtpSetting setting = new SmtpSetting(
                    "localhost", plain.setting().port(), Security.STARTTLS, null, null, MailServer.FROM, null);
            try (SmtpMailer mailer = mailer(setting)) {
                assertThrows(MailUnavailableException.class, mailer::ready);
            }
        }
    }

    @Test
    void isUnavailableWithAWrongPassword() throws Exception {
        try (MailServer server = start(Security.TLS);
                SmtpMailer mailer =
                        mailer(server.setting("localhost", server.setting().trust(), "wrong"))) {
            assertThrows(MailUnavailableException.class, mailer::ready);
        }
    }

    @Test
    void isUnavailableWhereNoServerIs() throws Exception {
        try (Socket taken = portThatRefuses();
                SmtpMailer mailer = mailer(inClear(taken.getLocalPort()))) {
            for (int i = 0; i < 20; i++) {
                assertThrows(MailUnavailableException.class, mailer::ready, "each failure gives its place back");
            }
        }
    }

    @Test
    void boundsHowManyAreOnTheirWay() throws Exception {
        try (MailServer server = MailServer.start();
                SmtpMailer mailer = mailer(server.setting())) {
            List<Mailer.Ready> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(mailer.ready());
            }
            assertThrows(MailUnavailableException.class, mailer::ready);
            all.forEach(Mailer.Ready::discard);
            readySoon(mailer).send(MESSAGE);
            assertEquals("ada@example.org", server.take().to());
        }
    }

    @Test
    void waitsForAPlaceWhereItIsToldTo() throws Exception {
        try (MailServer server = MailServer.start();
                SmtpMailer mailer = mailer(server.setting())) {
            List<Mailer.Ready> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(mailer.ready());
            }
            assertThrows(MailUnavailableException.class, () -> mailer.ready(Duration.ofMillis(20)));
            FutureTask<Void> waiting = new FutureTask<>(() -> {
                mailer.ready(Duration.ofSeconds(30)).send(MESSAGE);
                return null;
            });
            Thread thread = Thread.ofPlatform().start(waiting);
            while (!waiting.isDone() && thread.getState() != Thread.State.TIMED_WAITING) {
                Thread.sleep(5);
            }
            all.forEach(Mailer.Ready::discard);
            waiting.get();
            assertEquals("ada@example.org", server.take().to());
        }
    }

    /// Else many who ask again and again could keep somebody who waits from ever getting one.
    @Test
    void thePlaceThatIsFreeIsOfWhoeverWaits() throws Exception {
        try (MailServer server = MailServer.start();
                SmtpMailer mailer = mailer(server.setting())) {
            List<Mailer.Ready> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(mailer.ready());
            }
            for (int i = 0; i < 20; i++) {
                FutureTask<Mailer.Ready> waiting = new FutureTask<>(() -> mailer.ready(Duration.ofMinutes(1)));
                Thread thread = Thread.ofPlatform().start(waiting);
                Patience.until(() -> thread.getState() == Thread.State.TIMED_WAITING);
                all.removeFirst().discard();
                while (!waiting.isDone()) {
                    assertThrows(MailUnavailableException.class, mailer::ready);
                }
                all.add(waiting.get());
            }
            all.forEach(Mailer.Ready::discard);
        }
    }

    /// Taking leave goes on after [Mailer.Ready#discard] has returned.
    private static Mailer.Ready readySoon(SmtpMailer mailer) throws Exception {
        AtomicReference<Mailer.Ready> found = new AtomicReference<>();
        Patience.until(() -> {
            try {
                found.set(mailer.ready());
                return true;
            } catch (MailUnavailableException e) {
                return false;
            }
        });
        return found.get();
    }

    @Test
    void aPlaceIsGivenBackOnce() throws Exception {
        try (MailServer server = MailServer.start();
                SmtpMailer mailer = mailer(server.setting())) {
            Mailer.Ready ready = mailer.ready();
            ready.send(MESSAGE);
            ready.discard();
            ready.discard();
            server.take();
            List<Mailer.Ready> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(readySoon(mailer));
            }
            assertThrows(MailUnavailableException.class, mailer::ready);
            all.forEach(Mailer.Ready::discard);
        }
    }

    /// A mail server, or somebody on the way to it, who answers as no mail server does.
    private static final class Hostile implements AutoCloseable {

        private final ServerSocket listening;

        /// @param line is sent again and again
        /// @param pause before each octet, in milliseconds; 0 for none, and whole lines
        Hostile(String first, String line, long pause) throws IOException {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Thread.ofVirtual().start(() -> {
                while (!listening.isClosed()) {
                    try {
                        Socket socket = listening.accept();
                        Thread.ofVirtual().start(() -> answer(socket, first, line, pause));
                    } catch (IOException _) {
                        return;
                    }
                }
            });
        }

        private void answer(Socket socket, String first, String line, long pause) {
            try (socket) {
                OutputStream out = socket.getOutputStream();
                out.write(first.getBytes(StandardCharsets.US_ASCII));
                byte[] octets = line.repeat(pause == 0 ? 100 : 1).getBytes(StandardCharsets.US_ASCII);
                while (true) {
                    if (pause == 0) {
                        out.write(octets);
                    } else {
                        for (byte octet : octets) {
                            Thread.sleep(pause);
                            out.write(octet);
                        }
                    }
                }
            } catch (IOException | InterruptedException _) {
                // The mailer has gone.
            }
        }

        SmtpSetting setting(Security security) {
            return new SmtpSetting("localhost", listening.getLocalPort(), security, null, null, MailServer.FROM, null);
        }

        @Override
        public void close() throws IOException {
            listening.close();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Security.class,
            names = {"NONE", "STARTTLS"})
    void anAnswerWithoutEndIsCutOff(Security security) throws Exception {
        try (Hostile server = new Hostile("220 localhost\r\n", "250-x\r\n", 0);
                SmtpMailer mailer = mailer(server.setting(security))) {
            for (int i = 0; i < 10; i++) {
                assertTimeoutPreemptively(LONG, () -> assertThrows(MailUnavailableException.class, mailer::ready));
            }
        }
    }

    @Test
    void aLineWithoutEndIsCutOff() throws Exception {
        try (Hostile server = new Hostile("220 ", "x", 0);
                SmtpMailer mailer = mailer(server.setting(Security.NONE))) {
            assertTimeoutPreemptively(LONG, () -> assertThrows(MailUnavailableException.class, mailer::ready));
        }
    }

    /// Each octet is within the time that a read may take.
    @ParameterizedTest
    @EnumSource(Security.class)
    void aServerThatDripsIsCutOff(Security security) throws Exception {
        try (Hostile server = new Hostile("", "220-x\r\n", 50);
                SmtpMailer mailer =
                        new SmtpMailer(server.setting(security), CLOCK, new SecureRandom(), Duration.ofMillis(500))) {
            for (int i = 0; i < 10; i++) {
                assertTimeoutPreemptively(LONG, () -> assertThrows(MailUnavailableException.class, mailer::ready));
            }
        }
    }

    /// What a mail server answers to an address often repeats it.
    @Test
    void aRefusedMailIsLoggedWithoutTheAddress() throws Exception {
        Logger root = (Logger) LoggerFactory.getLogger("dev.nescio");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Level before = root.getLevel();
        root.setLevel(Level.TRACE);
        root.addAppender(lines);
        try (MailServer server = MailServer.start()) {
            try (SmtpMailer mailer = mailer(server.setting())) {
                mailer.ready().send(new Mailer.Message(MailServer.UNKNOWN, "Signing up", "text"));
            }
            String logged = lines.list.stream()
                    .map(ILoggingEvent::getFormattedMessage)
                    .toList()
                    .toString();
            assertTrue(
                    logged.contains("a mail was not sent: SendFailedException, SMTPAddressFailedException 55"), logged);
            assertFalse(logged.contains("nobody"), logged);
            assertTrue(lines.list.stream().allMatch(line -> line.getThrowableProxy() == null));
            assertTrue(server.isEmpty());
        } finally {
            root.detachAppender(lines);
            root.setLevel(before);
        }
    }

    @Test
    void refusesToTrustWhatIsNoCertificate() throws Exception {
        try (MailServer server = start(Security.TLS)) {
            Path file = Files.writeString(folder.resolve("empty.pem"), "");
            SmtpSetting setting = server.setting("localhost", file, "x");
            assertThrows(UnusableSetting.class, () -> mailer(setting).close());
            SmtpSetting missing = server.setting("localhost", folder.resolve("missing.pem"), "x");
            assertThrows(UnusableSetting.class, () -> mailer(missing).close());
        }
    }

    @Test
    void greetingAServerThatIsAwayFailsNothing() throws IOException {
        try (Socket taken = portThatRefuses();
                SmtpMailer mailer = mailer(inClear(taken.getLocalPort()))) {
            assertDoesNotThrow(mailer::greet);
        }
    }

    /// It is bound, so that nobody else gets the port, and does not listen.
    private static Socket portThatRefuses() throws IOException {
        Socket taken = new Socket();
        taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return taken;
    }

    private static SmtpSetting inClear(int port) {
        return new SmtpSetting("localhost", port, Security.NONE, null, null, MailServer.FROM, null);
    }
}
