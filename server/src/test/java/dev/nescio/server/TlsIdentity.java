package dev.nescio.server;

import dev.nescio.server.config.Settings;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.net.ssl.SSLContext;
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

/// A certificate for localhost, with its key.
public record TlsIdentity(X509Certificate certificate, KeyPair keys) {

    public static TlsIdentity fresh() throws Exception {
        return of("EC", 256, 1);
    }

    static TlsIdentity of(String algorithm, int size, long serial) throws Exception {
        return of(algorithm, size, serial, Instant.now().plus(Duration.ofDays(90)));
    }

    static TlsIdentity of(String algorithm, int size, long serial, Instant until) throws Exception {
        return of(algorithm, size, serial, until.minus(Duration.ofDays(91)), until);
    }

    static TlsIdentity of(String algorithm, int size, long serial, Instant from, Instant until) throws Exception {
        // Like openssl, and unlike the JDK, this provider writes the curve into a key.
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm, new BouncyCastleProvider());
        if (size > 0) {
            generator.initialize(size);
        }
        KeyPair keys = generator.generateKeyPair();
        X500Name name = new X500Name("CN=localhost");
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name, BigInteger.valueOf(serial), Date.from(from), Date.from(until), name, keys.getPublic());
        builder.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(GeneralName.dNSName, "localhost")));
        String signing = switch (algorithm) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> algorithm;
        };
        return new TlsIdentity(
                new JcaX509CertificateConverter()
                        .getCertificate(builder.build(new JcaContentSignerBuilder(signing).build(keys.getPrivate()))),
                keys);
    }

    public Settings.TlsFiles write(Path folder) throws IOException {
        return write(folder, new JcaPKCS8Generator(keys.getPrivate(), null));
    }

    /// @param key what stands in the key's file
    Settings.TlsFiles write(Path folder, Object key) throws IOException {
        Path file = Files.writeString(folder.resolve("key.pem"), pem(key));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return new Settings.TlsFiles(Files.writeString(folder.resolve("chain.pem"), pem(certificate)), file);
    }

    static String pem(Object part) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(part);
        }
        return text.toString();
    }

    /// For a client that believes nothing but this certificate.
    public SSLContext trusting() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("server", certificate);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
