package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.server.config.Settings;
import dev.nescio.server.config.UnusableSetting;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// TLS by a certificate of the operator's own.
class TlsTest {

    private final TestTime time = new TestTime();

    @TempDir
    Path folder;

    private Server server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private void start(Settings.TlsFiles files) {
        Settings usual = TestServer.settings(folder, Backend.SQLITE.fresh(folder), false);
        Settings settings = new Settings(
                folder,
                usual.host(),
                0,
                usual.database(),
                usual.keyring(),
                usual.publicUrl(),
                false,
                files,
                Set.of(),
                usual.signUpOpen());
        server = Server.start(settings, time, time.ticker(), Duration.ofMillis(50));
    }

    /// @param trusted the only certificate that the client believes
    private HttpResponse<String> health(TlsIdentity trusted) throws Exception {
        try (HttpClient client =
                HttpClient.newBuilder().sslContext(trusted.trusting()).build()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("https://localhost:" + server.port() + "/v1/health"))
                            .timeout(Duration.ofSeconds(20))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void servesHttpsAndSaysThatItStaysSo() throws Exception {
        TlsIdentity identity = TlsIdentity.of("EC", 256, 1);
        start(identity.write(folder));
        HttpResponse<String> answer = health(identity);
        assertEquals(200, answer.statusCode());
        assertEquals(
                "max-age=31536000",
                answer.headers().firstValue("Strict-Transport-Security").orElseThrow());
    }

    @Test
    void takesKeysAsOpensslAndAcmeClientsWriteThem() throws Exception {
        TlsIdentity rsa = TlsIdentity.of("RSA", 2048, 1);
        start(rsa.write(folder));
        assertEquals(200, health(rsa).statusCode());
        server.close();
        TlsIdentity older = TlsIdentity.of("EC", 256, 2);
        String traditional = TlsIdentity.pem(older.keys().getPrivate());
        assertTrue(
                traditional.contains("BEGIN EC PRIVATE KEY"),
                traditional.lines().findFirst()::toString);
        start(older.write(folder, older.keys().getPrivate()));
        assertEquals(200, health(older).statusCode());
        server.close();
        TlsIdentity edwards = TlsIdentity.of("Ed25519", 0, 3);
        start(edwards.write(folder));
        assertEquals(200, health(edwards).statusCode());
    }

    @Test
    void aRenewedCertificateIsTakenWithoutARestart() throws Exception {
        TlsIdentity old = TlsIdentity.of("EC", 256, 1);
        TlsIdentity renewed = TlsIdentity.of("EC", 256, 2);
        Settings.TlsFiles files = old.write(folder);
        start(files);
        assertEquals(200, health(old).statusCode());

        Files.writeString(files.certificate(), TlsIdentity.pem(renewed.certificate()));
        Thread.sleep(300);
        assertEquals(200, health(old).statusCode(), "while the key is not there yet, the old one stays");

        Files.writeString(
                files.key(),
                TlsIdentity.pem(new JcaPKCS8Generator(renewed.keys().getPrivate(), null)));
        for (int i = 0; i < 200 && !trusts(renewed); i++) {
            Thread.sleep(50);
        }
        assertEquals(200, health(renewed).statusCode());
        assertThrows(SSLException.class, () -> health(old));
    }

    private boolean trusts(TlsIdentity identity) throws Exception {
        try {
            return health(identity).statusCode() == 200;
        } catch (SSLException e) {
            return false;
        }
    }

    @Test
    void whatCannotBeUsedIsRefusedAtTheStart() throws Exception {
        TlsIdentity one = TlsIdentity.of("EC", 256, 1);
        TlsIdentity other = TlsIdentity.of("EC", 256, 2);
        assertRefused(
                "not that of the certificate",
                one.write(folder, new JcaPKCS8Generator(other.keys().getPrivate(), null)));
        assertRefused(
                "cannot be used",
                one.write(
                        folder,
                        new JcaPKCS8Generator(
                                TlsIdentity.of("RSA", 2048, 3).keys().getPrivate(), null)));
        assertRefused("no private key", one.write(folder, one.certificate()));
        Settings.TlsFiles good = one.write(folder);
        assertRefused("no certificate", new Settings.TlsFiles(Files.createFile(folder.resolve("empty")), good.key()));
        assertRefused("cannot be used", new Settings.TlsFiles(folder.resolve("missing"), good.key()));
        assertRefused(
                "NotAfter",
                TlsIdentity.of("EC", 256, 4, Instant.now().minus(Duration.ofDays(1)))
                        .write(folder));
    }

    private void assertRefused(String reason, Settings.TlsFiles files) {
        UnusableSetting refusal = assertThrows(UnusableSetting.class, () -> start(files));
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("PEM files"), refusal.getMessage());
    }
}
