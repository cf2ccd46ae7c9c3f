package dev.nescio.server.http;

import dev.nescio.server.config.OwnerOnly;
import dev.nescio.server.config.Settings.TlsFiles;
import dev.nescio.server.config.UnusableSetting;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The certificate that this server shows, from PEM files as ACME clients write them. A renewed one is taken without a
/// restart; connections that are open keep the old one. One that is out of date is shown, and warned of: the clock may
/// be wrong, and clients judge by theirs. Used by one thread at a time.
final class Tls {

    private static final Logger LOG = LoggerFactory.getLogger(Tls.class);
    private static final char[] NO_PASSWORD = {};
    private static final Duration SOON = Duration.ofDays(14);
    private static final Duration WARN_AGAIN = Duration.ofDays(1);

    private final TlsFiles files;
    private final Clock clock;
    private final SslContextFactory.Server context;
    private Loaded current;
    private Instant warned = Instant.MIN;

    private record Loaded(List<FileTime> modified, KeyStore store, X509Certificate certificate) {}

    /// @throws UnusableSetting if the files cannot be used
    Tls(TlsFiles files, Clock clock) {
        this.files = files;
        this.clock = clock;
        try {
            current = load();
        } catch (Exception e) { // What Jetty declares.
            throw inWords(e);
        }
        context = context(current.store());
        warnOfValidity();
    }

    SslContextFactory.Server context() {
        return context;
    }

    /// Takes the files anew if they were changed. Files that cannot be used, as between the writes of the one and the
    /// other, change nothing and are tried again.
    void renew() {
        try {
            if (!modified().equals(current.modified())) {
                Loaded renewed = load();
                context.reload(same -> same.setKeyStore(renewed.store()));
                current = renewed;
                warned = Instant.MIN;
                LOG.info("the renewed TLS certificate is in use");
            }
        } catch (Exception e) { // What Jetty declares.
            LOG.warn(
                    "the changed TLS certificate cannot be used, the one before it stays. {}",
                    inWords(e).getMessage());
        }
        warnOfValidity();
    }

    /// From 14 days before its end on; a certificate that lives shorter is renewed later.
    private void warnOfValidity() {
        Instant now = clock.instant();
        if (now.isBefore(warned.plus(WARN_AGAIN))) {
            return;
        }
        Instant begin = current.certificate().getNotBefore().toInstant();
        Instant end = current.certificate().getNotAfter().toInstant();
        Duration quarter = Duration.between(begin, end).dividedBy(4);
        Instant soon = end.minus(quarter.compareTo(SOON) < 0 ? quarter : SOON);
        if (now.isBefore(begin)) {
            LOG.warn("The TLS certificate is not valid before {}: is the clock of this machine right?", begin);
        } else if (now.isAfter(end)) {
            LOG.warn(
                    "The TLS certificate has ended at {}, clients refuse it. Renew it, or set the clock of this machine.",
                    end);
        } else if (now.isAfter(soon)) {
            LOG.warn("The TLS certificate ends at {} and was not renewed yet. Look at what should renew it.", end);
        } else {
            return;
        }
        warned = now;
    }

    private List<FileTime> modified() throws IOException {
        return List.of(Files.getLastModifiedTime(files.certificate()), Files.getLastModifiedTime(files.key()));
    }

    private Loaded load() throws Exception {
        List<FileTime> modified = modified();
        Certificate[] chain = chain(files.certificate());
        PrivateKey key = key(files.key());
        if (OwnerOnly.isOpenToEverybody(files.key())) {
            throw new UnusableSetting("Everybody on this machine can get at the TLS key " + files.key()
                    + ". Allow only its owner and its group:  chmod o= " + files.key());
        }
        requirePair(chain[0], key);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("nescio", key, NO_PASSWORD, chain);
        // One that is in use would be left without any certificate.
        SslContextFactory.Server trial = context(store);
        trial.start();
        trial.stop();
        return new Loaded(modified, store, (X509Certificate) chain[0]);
    }

    private static SslContextFactory.Server context(KeyStore store) {
        SslContextFactory.Server context = new SslContextFactory.Server();
        context.setKeyStore(store);
        context.setKeyStorePassword("");
        context.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        context.setRenegotiationAllowed(false);
        return context;
    }

    private static Certificate[] chain(Path file) throws IOException, GeneralSecurityException {
        String text = pem(file, "x509");
        if (!text.contains("CERTIFICATE-----")) {
            throw new UnusableSetting(
                    "The file " + file + " holds no certificate. Give --tls-certificate the whole chain,"
                            + " this server's own first, and --tls-key the key: are the two swapped?");
        }
        return CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)))
                .toArray(Certificate[]::new);
    }

    private static PrivateKey key(Path file) throws IOException {
        try (PEMParser parser = new PEMParser(new StringReader(pem(file, "pkey")))) {
            JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
            for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
                switch (part) {
                    case PrivateKeyInfo key -> {
                        return converter.getPrivateKey(key);
                    }
                    case PEMKeyPair pair -> {
                        return converter.getPrivateKey(pair.getPrivateKeyInfo());
                    }
                    case PKCS8EncryptedPrivateKeyInfo sealed -> throw hasPassword(file);
                    case PEMEncryptedKeyPair sealed -> throw hasPassword(file);
                    default -> {}
                }
            }
            throw new UnusableSetting("The file " + file + " holds no private key. Give --tls-key the certificate's own"
                    + " key, and --tls-certificate the chain: are the two swapped?");
        }
    }

    private static UnusableSetting hasPassword(Path file) {
        return new UnusableSetting(
                "The TLS key " + file + " has a password, which nobody could type at a start. Take it"
                        + " off:  openssl pkey -in " + file + " -out key.pem");
    }

    private static String pem(Path file, String kind) throws IOException {
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        if (!text.contains("-----BEGIN ")) {
            throw new UnusableSetting(
                    "The file " + file + " is no PEM file. If it is in DER, have it written as PEM:  openssl " + kind
                            + " -inform DER -in " + file + " -out FILE.pem");
        }
        return text;
    }

    /// With another's key each handshake would fail.
    private void requirePair(Certificate certificate, PrivateKey key) throws GeneralSecurityException {
        byte[] any = {1};
        Signature signature = Signature.getInstance(algorithm(key));
        try {
            signature.initSign(key);
        } catch (InvalidKeyException e) {
            throw notSupported(key, e);
        }
        signature.update(any);
        byte[] signed = signature.sign();
        if (!verifies(signature, certificate, any, signed)) {
            throw new UnusableSetting("The TLS key " + files.key() + " is not that of the certificate "
                    + files.certificate() + ". Give the two that were made together; the server's own certificate comes"
                    + " first in its file.");
        }
    }

    private static boolean verifies(Signature signature, Certificate certificate, byte[] any, byte[] signed)
            throws SignatureException {
        try {
            signature.initVerify(certificate);
        } catch (InvalidKeyException e) {
            return false;
        }
        signature.update(any);
        return signature.verify(signed);
    }

    private String algorithm(PrivateKey key) {
        return switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC", "ECDSA" -> "SHA256withECDSA";
            case "EdDSA", "Ed25519" -> "Ed25519";
            default -> throw notSupported(key, null);
        };
    }

    private UnusableSetting notSupported(PrivateKey key, InvalidKeyException cause) {
        return new UnusableSetting(
                "The TLS key " + files.key() + " is of the kind " + key.getAlgorithm()
                        + ", which is not supported. Have a certificate made with an EC or RSA key.",
                cause);
    }

    private UnusableSetting inWords(Exception failure) {
        return switch (failure) {
            case UnusableSetting said -> said;
            case NoSuchFileException missing ->
                new UnusableSetting(
                        "There is no file " + missing.getFile()
                                + ". Give --tls-certificate and --tls-key the files that your ACME client writes.",
                        missing);
            case AccessDeniedException denied ->
                new UnusableSetting(
                        "This user may not read " + denied.getFile()
                                + ". Have it copied for this user whenever it is renewed (docs/operations.md, TLS).",
                        denied);
            default ->
                new UnusableSetting(
                        "The TLS certificate " + files.certificate() + " with the key " + files.key()
                                + " cannot be used: " + failure.getMessage()
                                + ". Copy both anew, or have them made anew.",
                        failure);
        };
    }
}
