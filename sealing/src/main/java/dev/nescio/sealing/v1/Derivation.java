package dev.nescio.sealing.v1;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The one function that derives keys (spec, section 2): HKDF-SHA-256 (RFC 5869) with an empty salt and 32
/// octets of output.
///
/// Extraction happens once, in the constructor; each [#derive] is then a single HMAC block. That is why
/// this is written on `Mac` and not on `javax.crypto.KDF`, which extracts anew each time and takes four
/// times as long per envelope. Safe for use by many threads.
public final class Derivation {

    /// Octets of every derived value.
    public static final int LENGTH = 32;

    private static final String PREFIX = "nescio/v1/";
    private static final String HMAC = "HmacSHA256";

    private final Mac expanding;

    private Derivation(Mac expanding) {
        this.expanding = expanding;
    }

    /// @param key input keying material of any length; not kept
    public static Derivation from(byte[] key) {
        byte[] pseudorandomKey = hmac(new byte[LENGTH]).doFinal(key);
        try {
            return new Derivation(hmac(pseudorandomKey));
        } finally {
            java.util.Arrays.fill(pseudorandomKey, (byte) 0);
        }
    }

    /// @param label ASCII without a zero octet
    public byte[] derive(String label, byte... context) {
        return finish(fed(info(label)), context);
    }

    /// Derives under one label, for callers that do so often: the label is hashed once. Safe for use by many
    /// threads.
    Labelled labelled(String label) {
        Mac fed = fed(info(label));
        return context -> finish(copy(fed), context);
    }

    /// [#derive] with the label chosen.
    interface Labelled {
        byte[] derive(byte... context);
    }

    private Mac fed(byte[] info) {
        Mac mac = copy(expanding);
        mac.update(info);
        return mac;
    }

    private static byte[] finish(Mac mac, byte[] context) {
        mac.update(context);
        return mac.doFinal(FIRST_BLOCK);
    }

    private static byte[] info(String label) {
        if (label.indexOf('\0') >= 0 || !StandardCharsets.US_ASCII.newEncoder().canEncode(label)) {
            throw new IllegalArgumentException("a label is ASCII without a zero octet");
        }
        return (PREFIX + label + '\0').getBytes(StandardCharsets.US_ASCII);
    }

    private static final byte[] FIRST_BLOCK = {1};

    private static Mac copy(Mac mac) {
        try {
            return (Mac) mac.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's HMAC can be cloned", e);
        }
    }

    private static Mac hmac(byte[] key) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + HMAC, e);
        }
    }

    @Override
    public String toString() {
        return "Derivation[redacted]";
    }
}
