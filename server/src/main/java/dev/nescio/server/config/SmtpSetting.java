package dev.nescio.server.config;

import dev.nescio.protocol.MailedCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The mail server to send by, and how: a file of its own, because a password stands in it.
///
/// @param user null where the mail server asks for none; so for the password
/// @param from the mailbox that mail comes from
/// @param trust certificates in PEM to believe in place of those that the JDK trusts; null for the latter
public record SmtpSetting(
        String host, int port, Security security, String user, String password, String from, Path trust) {

    /// What protects the connection.
    public enum Security {
        /// TLS from the first octet on.
        TLS("tls", 465),

        /// TLS after a greeting in clear; nothing is sent without it.
        STARTTLS("starttls", 587),

        /// Nothing: for a mail server on this machine alone.
        NONE("none", 25);

        private final String text;
        private final int usualPort;

        Security(String text, int usualPort) {
            this.text = text;
            this.usualPort = usualPort;
        }
    }

    private static final Set<String> KEYS = Set.of("host", "port", "security", "user", "password", "from", "trust");
    private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "::1");

    /// Reads lines such as `host = mail.example.org`; those that begin with # are comments.
    ///
    /// @throws UnusableSetting with what is wrong; it repeats no value
    public static SmtpSetting read(Path file) {
        Map<String, String> given = new TreeMap<>();
        for (String line : lines(file)) {
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            int equals = text.indexOf('=');
            String key = equals < 0 ? "" : text.substring(0, equals).strip();
            if (!KEYS.contains(key)) {
                throw wrong(
                        file,
                        "each line must be one of host, port, security, user, password, from and trust,"
                                + " followed by = and its value");
            }
            if (given.put(key, text.substring(equals + 1).strip()) != null) {
                throw wrong(file, key + " stands there twice");
            }
        }
        return of(file, given);
    }

    private static List<String> lines(Path file) {
        try {
            if (OwnerOnly.isOpenToEverybody(file)) {
                throw wrong(file, "everybody on this machine may read it, and it holds a password. Run: chmod o= FILE");
            }
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UnusableSetting("The file of --smtp cannot be read: " + file, e);
        }
    }

    private static SmtpSetting of(Path file, Map<String, String> given) {
        String host = present(file, given, "host");
        if (!host.matches("[A-Za-z0-9.:-]{1,253}")) {
            throw wrong(file, "host must be a host name or an address");
        }
        Security security = security(file, given.getOrDefault("security", "tls"));
        if (security == Security.NONE && !LOCAL.contains(host)) {
            throw wrong(
                    file,
                    "security = none is for a mail server on this machine: host = localhost. To any other,"
                            + " addresses and codes would travel in clear");
        }
        String port = given.getOrDefault("port", Integer.toString(security.usualPort));
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65535) {
            throw wrong(file, "port must be a number from 1 to 65535");
        }
        if (given.containsKey("user") != given.containsKey("password")) {
            throw wrong(file, "user and password belong together: give both, or none");
        }
        String from = present(file, given, "from");
        if (!MailedCodes.isMailbox(from)) {
            throw wrong(file, "from must be one plain address like nescio@example.org, in lower case");
        }
        Path trust = given.containsKey("trust") ? file.resolveSibling(given.get("trust")) : null;
        return new SmtpSetting(
                host, Integer.parseInt(port), security, given.get("user"), given.get("password"), from, trust);
    }

    private static String present(Path file, Map<String, String> given, String key) {
        if (given.getOrDefault(key, "").isEmpty()) {
            throw wrong(file, key + " is missing");
        }
        return given.get(key);
    }

    private static Security security(Path file, String text) {
        for (Security security : Security.values()) {
            if (security.text.equals(text)) {
                return security;
            }
        }
        throw wrong(file, "security must be tls, starttls or none");
    }

    private static UnusableSetting wrong(Path file, String what) {
        return new UnusableSetting("The file of --smtp, " + file + ", cannot be used: " + what + ".");
    }

    @Override
    public String toString() {
        return "SmtpSetting[redacted]";
    }
}
