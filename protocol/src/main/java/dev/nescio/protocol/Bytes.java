package dev.nescio.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;

/// An immutable byte string. In JSON it is base64url without padding, in one spelling only (spec, section
/// 1.4).
///
/// Not for secrets: nothing wipes it. Equality takes the same time wherever two values of one length
/// differ.
public final class Bytes {

    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

    private final byte[] bytes;

    private Bytes(byte[] bytes) {
        this.bytes = bytes;
    }

    public static Bytes copyOf(byte[] bytes) {
        return new Bytes(bytes.clone());
    }

    /// @throws InvalidField unless the text is unpadded base64url whose unused trailing bits are zero
    @JsonCreator
    public static Bytes parse(String base64url) {
        byte[] decoded;
        try {
            decoded = DECODER.decode(base64url);
        } catch (IllegalArgumentException e) {
            throw new InvalidField("bytes must be base64url without padding", e);
        }
        // The decoder ignores padding and loose trailing bits; encoding again shows either.
        if (!ENCODER.encodeToString(decoded).equals(base64url)) {
            throw new InvalidField("bytes must be base64url without padding, with unused bits zero");
        }
        return new Bytes(decoded);
    }

    public static Bytes parseHex(String hex) {
        return new Bytes(HexFormat.of().parseHex(hex));
    }

    public byte[] toArray() {
        return bytes.clone();
    }

    public int length() {
        return bytes.length;
    }

    @JsonValue
    public String base64url() {
        return ENCODER.encodeToString(bytes);
    }

    public String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && MessageDigest.isEqual(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return java.util.Arrays.hashCode(bytes);
    }

    /// The length only: what is carried here is often a token, a hash or a ciphertext, and none belongs in
    /// a log.
    @Override
    public String toString() {
        return "Bytes[" + bytes.length + "]";
    }
}
