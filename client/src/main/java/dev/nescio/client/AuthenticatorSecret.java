package dev.nescio.client;

import dev.nescio.keys.Address;
import dev.nescio.protocol.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// What an authenticator is set up with (spec, section 3.6).
record AuthenticatorSecret(Address address, Bytes secret) {

    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    String base32() {
        byte[] octets = secret.toArray();
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < 8 * octets.length; at += 5) {
            int value = 0;
            for (int bit = at; bit < at + 5; bit++) {
                value = 2 * value + ((octets[bit / 8] >> (7 - bit % 8)) & 1);
            }
            text.append(BASE32.charAt(value));
        }
        return text.toString();
    }

    /// To be shown as a QR code. The server never sees it.
    String uri() {
        return "otpauth://totp/Nescio:" + percentEncoded(address.normalised()) + "?secret=" + base32()
                + "&issuer=Nescio&algorithm=SHA1&digits=6&period=30";
    }

    /// Leaves the unreserved characters of RFC 3986 as they are, and no other.
    private static String percentEncoded(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            if (UNRESERVED.indexOf(octet) >= 0) {
                encoded.append((char) octet);
            } else {
                encoded.append(String.format(Locale.ROOT, "%%%02X", octet));
            }
        }
        return encoded.toString();
    }

    @Override
    public String toString() {
        return "AuthenticatorSecret[redacted]";
    }
}
