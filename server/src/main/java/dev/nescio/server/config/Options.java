package dev.nescio.server.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The options of the command line, with the environment behind them.
public final class Options {

    private static final Set<String> NAMES = Set.of(
            "--data",
            "--host",
            "--port",
            "--database",
            "--keyring",
            "--tls-certificate",
            "--tls-key",
            "--public-url",
            "--rate-limits",
            "--behind-proxy",
            "--sign-up",
            "--smtp");

    private final Map<String, String> given;
    private final Map<String, String> environment;

    private Options(Map<String, String> given, Map<String, String> environment) {
        this.given = given;
        this.environment = environment;
    }

    /// @throws UnusableSetting at an option that does not exist or has no value
    public static Options parse(List<String> arguments, Map<String, String> environment) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            String[] parts = arguments.get(i).split("=", 2);
            if (!NAMES.contains(parts[0])) {
                throw new UnusableSetting("There is no option " + parts[0] + ". See --help for those that there are.");
            }
            if (parts.length == 1 && ++i == arguments.size()) {
                throw new UnusableSetting(parts[0] + " needs a value. See --help.");
            }
            given.put(parts[0], parts.length == 2 ? parts[1] : arguments.get(i));
        }
        return new Options(given, environment);
    }

    public Settings settings() {
        Path data = Path.of(given.getOrDefault("--data", "nescio-data"));
        return new Settings(
                data,
                given.getOrDefault("--host", "127.0.0.1"),
                port(),
                database(data),
                Path.of(given.getOrDefault("--keyring", data.resolve("keyring").toString())),
                PublicUrl.parse(given.getOrDefault("--public-url", "http://localhost:" + port())),
                choice("--rate-limits", "normal", "off").equals("normal"),
                tls(),
                proxies(),
                choice("--sign-up", "open", "closed").equals("open"),
                smtp());
    }

    private int port() {
        String port = given.getOrDefault("--port", "8300");
        if (port.matches("[0-9]{1,5}") && Integer.parseInt(port) <= 65535) {
            return Integer.parseInt(port);
        }
        throw new UnusableSetting("--port must be a number from 0 to 65535.");
    }

    private Settings.TlsFiles tls() {
        String certificate = given.get("--tls-certificate");
        String key = given.get("--tls-key");
        if ((certificate == null) != (key == null)) {
            throw new UnusableSetting("--tls-certificate and --tls-key belong together: give both, or none.");
        }
        return certificate == null ? null : new Settings.TlsFiles(Path.of(certificate), Path.of(key));
    }

    private SmtpSetting smtp() {
        String file = given.getOrDefault("--smtp", "off");
        return file.equals("off") ? null : SmtpSetting.read(Path.of(file));
    }

    private Set<InetAddress> proxies() {
        String value = given.getOrDefault("--behind-proxy", "no");
        Set<InetAddress> proxies = new HashSet<>();
        for (String address : value.equals("no") ? new String[0] : value.split(",", -1)) {
            proxies.add(proxy(address.strip()));
        }
        return proxies;
    }

    /// Short forms such as 127.1 are refused: whoever meant something else would believe a stranger.
    private static InetAddress proxy(String text) {
        if (text.contains(":") || text.matches("(0|[1-9][0-9]{0,2})([.](0|[1-9][0-9]{0,2})){3}")) {
            try {
                InetAddress address = InetAddress.ofLiteral(text);
                if (!address.isAnyLocalAddress()) {
                    return address;
                }
            } catch (IllegalArgumentException e) {
                // Refused below.
            }
        }
        throw new UnusableSetting("--behind-proxy cannot be " + text + ": it must be no, or the whole address that the"
                + " proxy connects from, like 127.0.0.1 or 192.0.2.1,2001:db8::1. It takes no host names, no networks,"
                + " and not 0.0.0.0 or ::, which no proxy connects from. What such a proxy says of its clients is"
                + " believed.");
    }

    /// Where browsers find this server, if that was said.
    public Optional<PublicUrl> givenPublicUrl() {
        return Optional.ofNullable(given.get("--public-url")).map(PublicUrl::parse);
    }

    private String choice(String option, String usual, String other) {
        String value = given.getOrDefault(option, usual);
        if (value.equals(usual) || value.equals(other)) {
            return value;
        }
        throw new UnusableSetting(option + " must be " + usual + " or " + other + ".");
    }

    private DatabaseSetting database(Path data) {
        String value = given.getOrDefault("--database", environment.getOrDefault("NESCIO_DATABASE", "sqlite"));
        if (value.equals("sqlite")) {
            return new DatabaseSetting.Sqlite(data.resolve("nescio.db"));
        }
        if (value.startsWith("jdbc:postgresql:")) {
            return new DatabaseSetting.Postgres(
                    value, environment.get("NESCIO_DATABASE_USER"), environment.get("NESCIO_DATABASE_PASSWORD"));
        }
        throw new UnusableSetting("--database must be sqlite, or a URL like jdbc:postgresql://localhost/nescio.");
    }
}
