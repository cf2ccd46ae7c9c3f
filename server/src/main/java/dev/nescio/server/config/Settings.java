package dev.nescio.server.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Set;

/// What an operator decides.
///
/// @param data the folder that the server keeps everything in that is not elsewhere
/// @param port 0 for any that is free
/// @param publicUrl where browsers find this server
/// @param rateLimits whether requests are limited; off only for load tests
/// @param tls null for plain HTTP
/// @param proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` count
/// @param signUpOpen whether anybody can sign up
/// @param smtp the mail server; null where mail is off
public record Settings(
        Path data,
        String host,
        int port,
        DatabaseSetting database,
        Path keyring,
        PublicUrl publicUrl,
        boolean rateLimits,
        TlsFiles tls,
        Set<InetAddress> proxies,
        boolean signUpOpen,
        SmtpSetting smtp) {

    /// With mail off.
    public Settings(
            Path data,
            String host,
            int port,
            DatabaseSetting database,
            Path keyring,
            PublicUrl publicUrl,
            boolean rateLimits,
            TlsFiles tls,
            Set<InetAddress> proxies,
            boolean signUpOpen) {
        this(data, host, port, database, keyring, publicUrl, rateLimits, tls, proxies, signUpOpen, null);
    }

    /// PEM files that another program renews.
    public record TlsFiles(Path certificate, Path key) {}
}
