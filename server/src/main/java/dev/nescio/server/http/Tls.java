package dev.nescio.server.http;

import dev.nescio.server.config.Settings.TlsFiles;
import dev.nescio.server.config.UnusableSetting;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The certificate that this server shows, from PEM files as ACME clients write them. A renewed one is taken without a
/// restart; connections that are open keep the old one. Used by one thread at a time.
final class Tls {

    private static final Logger LOG = LoggerFactory.getLogger(Tls.class);
    private static final char[] NO_PASSWORD = {};

    private final TlsFiles files;
    private final SslContextFactory.Server context = new SslContextFactory.Server();
    private List<FileTime> read;

    /// @throws UnusableSetting if the files cannot be used
    Tls(TlsFiles files) {
        this.files = files;
        try {
            read = modified();
            context.setKeyStore(load());
        } catch (IOException | GeneralSecurityException e) {
            throw new UnusableSetting(
                    "The TLS certificate " + files.certificate() + " with the key " + files.key() + " cannot be used: "
                            + e.getMessage() + ". Both must be PEM files that this user can read: the whole chain, this"
                            + " server's certificate first, and its private key without a password.",
                    e);
        }
        context.setKeyStorePassword("");
        context.setIncludeProtocols("TLSv1.3", "TLSv1.2");
    }

    SslContextFactory.Server context() {
        return context;
    }

    /// Takes the files anew if they were changed. Files that cannot be used, as between the writes of the one and the
    /// other, change nothing and are tried again.
    void renew() {
        try {
            List<FileTime> modified = modified();
            if (modified.equals(read)) {
                return;
            }
            KeyStore renewed = load();
            context.reload(same -> same.setKeyStore(renewed));
            read = modified;
            LOG.info("the renewed TLS certificate is in use");
        } catch (Exception e) { // What Jetty declares.
            LOG.warn("the changed TLS certificate cannot be used, the one before it stays: {}", e.getMessage());
        }
    }

    private List<FileTime> modified() throws IOException {
        return List.of(Files.getLastModifiedTime(files.certificate()), Files.getLastModifiedTime(files.key()));
    }

    private KeyStore load() throws IOException, GeneralSecurityException {
        Certificate[] chain = chain(files.certificate());
        PrivateKey key = key(files.key());
        requirePair(chain[0], key);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("nescio", key, NO_PASSWORD, chain);
        return store;
    }

    private static Certificate[] chain(Path file) throws IOException, GeneralSecurityException {
        try (var in = Files.newInputStream(file)) {
            Certificate[] chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(in)
                    .toArray(Certificate[]::new);
            if (chain.length == 0) {
                throw new GeneralSecurityException("it holds no certificate");
            }
            ((X509Certificate) chain[0]).checkValidity();
            return chain;
        }
    }

    private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
        try (Reader reader = Files.newBufferedReader(file);
                PEMParser parser = new PEMParser(reader)) {
            JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
            for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
                if (part instanceof PrivateKeyInfo key) {
                    return converter.getPrivateKey(key);
                }
                if (part instanceof PEMKeyPair pair) {
                    return converter.getPrivateKey(pair.getPrivateKeyInfo());
                }
            }
            throw new GeneralSecurityException("the key file holds no private key without a password");
        }
    }

    /// With another's key each handshake would fail.
    private static void requirePair(Certificate certificate, PrivateKey key) throws GeneralSecurityException {
        byte[] any = {1};
        Signature signature = Signature.getInstance(algorithm(key));
        signature.initSign(key);
        signature.update(any);
        byte[] signed = signature.sign();
        signature.initVerify(certificate);
        signature.update(any);
        if (!signature.verify(signed)) {
            throw new GeneralSecurityException("the key is not that of the certificate");
        }
    }

    private static String algorithm(PrivateKey key) throws GeneralSecurityException {
        return switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC", "ECDSA" -> "SHA256withECDSA";
            case "EdDSA", "Ed25519" -> "Ed25519";
            default ->
                throw new GeneralSecurityException("a key of the kind " + key.getAlgorithm() + " is not supported");
        };
    }
}
