package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.server.config.Settings;
import dev.nescio.server.config.UnusableSetting;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
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

    private record Identity(X509Certificate certificate, KeyPair keys) {

        static Identity of(String algorithm, int size, long serial) throws Exception {
            return of(algorithm, size, serial, Instant.now().plus(Duration.ofDays(1)));
        }

        static Identity of(String algorithm, int size, long serial, Instant until) throws Exception {
            // Like openssl, and unlike the JDK, this provider writes the curve into a key.
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm, new BouncyCastleProvider());
            if (size > 0) {
                generator.initialize(size);
            }
            KeyPair keys = generator.generateKeyPair();
            X500Name name = new X500Name("CN=localhost");
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    name,
                    BigInteger.valueOf(serial),
                    Date.from(until.minus(Duration.ofDays(2))),
                    Date.from(until),
                    name,
                    keys.getPublic());
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, "localhost")));
            String signing = switch (algorithm) {
                case "RSA" -> "SHA256withRSA";
                case "EC" -> "SHA256withECDSA";
                default -> algorithm;
            };
            return new Identity(
                    new JcaX509CertificateConverter()
                            .getCertificate(
                                    builder.build(new JcaContentSignerBuilder(signing).build(keys.getPrivate()))),
                    keys);
        }
    }

    private static String pem(Object part) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(part);
        }
        return text.toString();
    }

    private Settings.TlsFiles write(Identity certificate, Object key) throws IOException {
        return new Settings.TlsFiles(
                Files.writeString(folder.resolve("chain.pem"), pem(certificate.certificate())),
                Files.writeString(folder.resolve("key.pem"), pem(key)));
    }

    private Settings.TlsFiles write(Identity identity) throws IOException {
        return write(identity, new JcaPKCS8Generator(identity.keys().getPrivate(), null));
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
    private HttpResponse<String> health(Identity trusted) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("server", trusted.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        try (HttpClient client = HttpClient.newBuilder().sslContext(context).build()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("https://localhost:" + server.port() + "/v1/health"))
                            .timeout(Duration.ofSeconds(20))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void servesHttpsAndSaysThatItStaysSo() throws Exception {
        Identity identity = Identity.of("EC", 256, 1);
        start(write(identity));
        HttpResponse<String> answer = health(identity);
        assertEquals(200, answer.statusCode());
        assertEquals(
                "max-age=31536000",
                answer.headers().firstValue("Strict-Transport-Security").orElseThrow());
    }

    @Test
    void takesKeysAsOpensslAndAcmeClientsWriteThem() throws Exception {
        Identity rsa = Identity.of("RSA", 2048, 1);
        start(write(rsa));
        assertEquals(200, health(rsa).statusCode());
        server.close();
        Identity older = Identity.of("EC", 256, 2);
        String traditional = pem(older.keys().getPrivate());
        assertTrue(
                traditional.contains("BEGIN EC PRIVATE KEY"),
                traditional.lines().findFirst()::toString);
        start(write(older, older.keys().getPrivate()));
        assertEquals(200, health(older).statusCode());
        server.close();
        Identity edwards = Identity.of("Ed25519", 0, 3);
        start(write(edwards));
        assertEquals(200, health(edwards).statusCode());
    }

    @Test
    void aRenewedCertificateIsTakenWithoutARestart() throws Exception {
        Identity old = Identity.of("EC", 256, 1);
        Identity renewed = Identity.of("EC", 256, 2);
        Settings.TlsFiles files = write(old);
        start(files);
        assertEquals(200, health(old).statusCode());

        Files.writeString(files.certificate(), pem(renewed.certificate()));
        Thread.sleep(300);
        assertEquals(200, health(old).statusCode(), "while the key is not there yet, the old one stays");

        Files.writeString(files.key(), pem(new JcaPKCS8Generator(renewed.keys().getPrivate(), null)));
        for (int i = 0; i < 200 && !trusts(renewed); i++) {
            Thread.sleep(50);
        }
        assertEquals(200, health(renewed).statusCode());
        assertThrows(SSLException.class, () -> health(old));
    }

    private boolean trusts(Identity identity) throws Exception {
        try {
            return health(identity).statusCode() == 200;
        } catch (SSLException e) {
            return false;
        }
    }

    @Test
    void whatCannotBeUsedIsRefusedAtTheStart() throws Exception {
        Identity one = Identity.of("EC", 256, 1);
        Identity other = Identity.of("EC", 256, 2);
        assertRefused(
                "not that of the certificate",
                write(one, new JcaPKCS8Generator(other.keys().getPrivate(), null)));
        assertRefused(
                "cannot be used",
                write(
                        one,
                        new JcaPKCS8Generator(Identity.of("RSA", 2048, 3).keys().getPrivate(), null)));
        assertRefused("no private key", write(one, one.certificate()));
        Settings.TlsFiles good = write(one);
        assertRefused("no certificate", new Settings.TlsFiles(Files.createFile(folder.resolve("empty")), good.key()));
        assertRefused("cannot be used", new Settings.TlsFiles(folder.resolve("missing"), good.key()));
        assertRefused("NotAfter", write(Identity.of("EC", 256, 4, Instant.now().minus(Duration.ofDays(1)))));
    }

    private void assertRefused(String reason, Settings.TlsFiles files) {
        UnusableSetting refusal = assertThrows(UnusableSetting.class, () -> start(files));
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("PEM files"), refusal.getMessage());
    }
}
