package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.nescio.server.config.PublicUrl;
import dev.nescio.server.config.Settings;
import dev.nescio.server.config.UnusableSetting;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaMiscPEMGenerator;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMEncryptorBuilder;
import org.bouncycastle.operator.OutputEncryptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// TLS by a certificate of the operator's own.
class TlsTest {

    private static final String TLS = "dev.nescio.server.http.Tls";
    private static final Duration SOME_SWEEPS = Duration.ofMillis(300);

    private final TestTime time = new TestTime();

    @TempDir
    Path folder;

    private Settings settings;
    private Server server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private void start(Settings.TlsFiles files) {
        start(files, TestServer.URL);
    }

    private void start(Settings.TlsFiles files, PublicUrl url) {
        Settings usual = TestServer.settings(folder, Backend.SQLITE.fresh(folder), false);
        settings = new Settings(
                folder,
                usual.host(),
                0,
                usual.database(),
                usual.keyring(),
                url,
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
                            .timeout(Duration.ofMinutes(1))
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

    /// Browsers keep to it for each port of the host, so that it would lock other servers there out.
    @ParameterizedTest
    @ValueSource(strings = {"https://localhost:8443", "http://localhost:8300"})
    void doesNotSaySoElsewhereThanOnTheUsualPort(String url) throws Exception {
        TlsIdentity identity = TlsIdentity.fresh();
        start(identity.write(folder), PublicUrl.parse(url));
        HttpResponse<String> answer = health(identity);
        assertEquals(200, answer.statusCode());
        assertEquals(Optional.empty(), answer.headers().firstValue("Strict-Transport-Security"));
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
        Patience.until(() -> trusts(renewed));
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
        TlsIdentity rsa = TlsIdentity.of("RSA", 2048, 3);
        assertRefused("is not that of the certificate", one.write(folder, pkcs8(other, null)));
        assertRefused("is not that of the certificate", one.write(folder, pkcs8(rsa, null)));
        assertRefused("holds no private key", one.write(folder, one.certificate()));
        assertRefused("which is not supported", one.write(folder, pkcs8(TlsIdentity.of("Ed448", 0, 4), null)));
        Settings.TlsFiles good = one.write(folder);
        assertRefused("are the two swapped?", new Settings.TlsFiles(good.key(), good.certificate()));
        assertRefused("are the two swapped?", new Settings.TlsFiles(good.key(), good.key()));
        assertRefused("is no PEM file", new Settings.TlsFiles(Files.createFile(folder.resolve("empty")), good.key()));
        assertRefused(
                "There is no file " + folder.resolve("missing"),
                new Settings.TlsFiles(folder.resolve("missing"), good.key()));
        assertRefused("There is no file", new Settings.TlsFiles(good.certificate(), folder.resolve("missing")));
        assertRefused("cannot be used", new Settings.TlsFiles(folder, good.key()));
        Files.writeString(good.certificate(), TlsIdentity.pem(one.certificate()).replaceFirst("M", "."));
        assertRefused("cannot be used", good);
    }

    @Test
    void filesInDerAreNamedAsSuch() throws Exception {
        TlsIdentity identity = TlsIdentity.fresh();
        Settings.TlsFiles good = identity.write(folder);
        Path certificate =
                Files.write(folder.resolve("chain.der"), identity.certificate().getEncoded());
        assertRefused("openssl x509 -inform DER -in " + certificate, new Settings.TlsFiles(certificate, good.key()));
        Files.write(good.key(), identity.keys().getPrivate().getEncoded());
        assertRefused("openssl pkey -inform DER -in " + good.key(), good);
    }

    @Test
    void aKeyWithAPasswordIsNamedAsSuch() throws Exception {
        TlsIdentity identity = TlsIdentity.fresh();
        BouncyCastleProvider provider = new BouncyCastleProvider();
        char[] password = "password".toCharArray();
        assertRefused(
                "has a password",
                identity.write(
                        folder,
                        pkcs8(
                                identity,
                                new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                                        .setProvider(provider)
                                        .setPassword(password)
                                        .build())));
        assertRefused(
                "has a password",
                identity.write(
                        folder,
                        new JcaMiscPEMGenerator(
                                identity.keys().getPrivate(),
                                new JcePEMEncryptorBuilder("AES-256-CBC")
                                        .setProvider(provider)
                                        .build(password))));
    }

    @Test
    void aKeyThatEverybodyCanReadIsRefused() throws Exception {
        TlsIdentity identity = TlsIdentity.fresh();
        Settings.TlsFiles files = identity.write(folder);
        Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString("rw----r--"));
        assertRefused("chmod o= " + files.key(), files);
        // ACME clients have a group for those that may.
        Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString("rw-r-----"));
        start(files);
        assertEquals(200, health(identity).statusCode());
    }

    @Test
    void filesThatThisUserMayNotReadAreNamed() throws Exception {
        Settings.TlsFiles files = TlsIdentity.fresh().write(folder);
        Files.setPosixFilePermissions(files.key(), Set.of());
        assumeFalse(Files.isReadable(files.key()), "root may read everything");
        assertRefused("This user may not read " + files.key(), files);
    }

    private static JcaPKCS8Generator pkcs8(TlsIdentity identity, OutputEncryptor encryptor) throws Exception {
        return new JcaPKCS8Generator(identity.keys().getPrivate(), encryptor);
    }

    private void assertRefused(String reason, Settings.TlsFiles files) {
        UnusableSetting refusal = assertThrows(UnusableSetting.class, () -> start(files));
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    }

    /// The clock of the server may be wrong: clients judge by theirs.
    @Test
    void aCertificateOutOfDateIsShownAndWarnedOfOnceADay() throws Exception {
        TlsIdentity ended = TlsIdentity.of("EC", 256, 1, time.instant().minus(Duration.ofDays(1)));
        try (LoggedLines lines = new LoggedLines(TLS)) {
            start(ended.write(folder));
            assertEquals(200, health(ended).statusCode());
            Thread.sleep(SOME_SWEEPS);
            assertEquals(1, lines.with("WARN The TLS certificate has ended at ").size());
            time.pass(Duration.ofHours(23));
            Thread.sleep(SOME_SWEEPS);
            assertEquals(1, lines.with("").size());
            time.pass(Duration.ofHours(2));
            Patience.until(() -> lines.with("has ended at").size() == 2);
        }
    }

    @Test
    void aCertificateThatIsNotValidYetIsWarnedOf() throws Exception {
        TlsIdentity early = TlsIdentity.of("EC", 256, 1, time.instant().plus(Duration.ofDays(100)));
        try (LoggedLines lines = new LoggedLines(TLS)) {
            start(early.write(folder));
            assertEquals(
                    1,
                    lines.with("WARN The TLS certificate is not valid before ").size());
        }
    }

    @Test
    void theEndOfACertificateIsWarnedOf14DaysBefore() throws Exception {
        Instant end = time.instant().plus(Duration.ofDays(14)).plus(Duration.ofHours(1));
        try (LoggedLines lines = new LoggedLines(TLS)) {
            start(TlsIdentity.of("EC", 256, 1, end).write(folder));
            Thread.sleep(SOME_SWEEPS);
            assertEquals(List.of(), lines.with(""));
            time.pass(Duration.ofHours(2));
            Patience.until(
                    () -> !lines.with("WARN The TLS certificate ends at ").isEmpty());
            TlsIdentity.of("EC", 256, 2, end.plus(Duration.ofDays(60))).write(folder);
            Patience.until(() ->
                    !lines.with("INFO the renewed TLS certificate is in use").isEmpty());
            time.pass(Duration.ofDays(2));
            Thread.sleep(SOME_SWEEPS);
            assertEquals(1, lines.with("ends at").size(), "it was renewed");
        }
    }

    @Test
    void theEndOfACertificateThatLivesSixDaysIsWarnedOfLater() throws Exception {
        Instant now = time.instant();
        try (LoggedLines lines = new LoggedLines(TLS)) {
            start(TlsIdentity.of("EC", 256, 1, now, now.plus(Duration.ofDays(6)))
                    .write(folder));
            time.pass(Duration.ofDays(4));
            Thread.sleep(SOME_SWEEPS);
            assertEquals(List.of(), lines.with(""));
            time.pass(Duration.ofDays(1));
            Patience.until(() -> !lines.with("ends at").isEmpty());
        }
    }

    @Test
    void aRenewedCertificateIsTakenWhileTheDatabaseIsAway() throws Exception {
        TlsIdentity old = TlsIdentity.of("EC", 256, 1);
        start(old.write(folder));
        try (Connection connection = Backend.connect(settings.database());
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE session RENAME TO away");
        }
        try (LoggedLines lines = new LoggedLines("dev.nescio.server.Sweeper")) {
            Patience.until(() -> !lines.with("sweeping failed").isEmpty());
        }
        TlsIdentity renewed = TlsIdentity.of("EC", 256, 2);
        renewed.write(folder);
        Patience.until(() -> trusts(renewed));
    }
}
