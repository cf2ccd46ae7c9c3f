package dev.nescio.server.config;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;

/// Where browsers find this server. Passkeys are bound to its host, their relying-party id (spec, section 10.12).
///
/// @param origin as browsers write it: without a default port, without a slash at the end
/// @param rpId the host
public record PublicUrl(String origin, String rpId) {

    private static final String RULE =
            "--public-url must be like https://nescio.example.org: https, or http on localhost"
                    + " or 127.0.0.1, with a host name of a-z, 0-9, hyphens and dots, and without a path. Browsers"
                    + " make no passkeys for another address of digits, nor for a name with a dot at its end.";

    /// A last label that is a number makes an address of it.
    private static final Pattern NAME = Pattern.compile("([a-z0-9-]{1,63}\\.)*[a-z][a-z0-9-]{0,62}");

    /// @throws UnusableSetting unless browsers would take it for passkeys
    public static PublicUrl parse(String text) {
        URI url;
        try {
            url = URI.create(text.toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new UnusableSetting(RULE, e);
        }
        String host = url.getHost();
        boolean local = "localhost".equals(host) || "127.0.0.1".equals(host);
        boolean bare = url.getRawUserInfo() == null
                && url.getRawQuery() == null
                && url.getRawFragment() == null
                && ("".equals(url.getRawPath()) || "/".equals(url.getRawPath()));
        boolean safe = "https".equals(url.getScheme()) || (local && "http".equals(url.getScheme()));
        boolean usable = local
                || (host != null && host.length() <= 253 && NAME.matcher(host).matches());
        if (!usable || !bare || !safe || url.getPort() > 65535) {
            throw new UnusableSetting(RULE);
        }
        int usual = url.getScheme().equals("https") ? 443 : 80;
        String port = url.getPort() < 0 || url.getPort() == usual ? "" : ":" + url.getPort();
        return new PublicUrl(url.getScheme() + "://" + host + port, host);
    }

    /// Whether it is https at port 443: only then may browsers be told to stay with https (HSTS), which they do on all
    /// ports of the host.
    public boolean isHttpsAtUsualPort() {
        return origin.equals("https://" + rpId);
    }
}
