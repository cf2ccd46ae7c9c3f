package dev.nescio.sealing.v1;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.RejectedException.Reason;
import dev.nescio.sealing.SecretBytes;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// From which network a session was opened, as the server says (spec, section 9.6). It seals this to
/// the account and keeps nothing else of it.
///
/// @param prefix the first three octets of an IPv4 address, the first six of an IPv6 address, or none
/// where the server does not know
public record OriginNote(Bytes prefix) {

    private static final byte VERSION = 1;
    private static final int IPV4 = 3;
    private static final int IPV6 = 6;
    private static final int LENGTH = 2 + IPV6;

    public OriginNote {
        if (prefix.length() != 0 && prefix.length() != IPV4 && prefix.length() != IPV6) {
            throw new IllegalArgumentException("a prefix is of 24 or 48 bits");
        }
    }

    /// @param number of the log's entry
    public Bytes seal(Bytes publicKey, AccountId account, long number) {
        return PublicKeySeal.seal(publicKey, place(account, number), encode());
    }

    /// @throws RejectedException if it is not for this account and this entry, or was changed
    public static OriginNote open(SecretBytes privateKey, AccountId account, long number, Bytes sealed)
            throws RejectedException {
        if (sealed.length() != PublicKeySeal.OVERHEAD + LENGTH) {
            throw new RejectedException(Reason.MALFORMED);
        }
        return decode(PublicKeySeal.open(privateKey, place(account, number), sealed));
    }

    private static AssociatedData place(AccountId account, long number) {
        return new AssociatedData("log-note", account, null, null, null, "origin", number);
    }

    /// Of one length, whatever it says.
    byte[] encode() {
        byte[] encoded = new byte[LENGTH];
        encoded[0] = VERSION;
        encoded[1] = (byte) prefix.length();
        System.arraycopy(prefix.toArray(), 0, encoded, 2, prefix.length());
        return encoded;
    }

    static OriginNote decode(byte[] encoded) throws RejectedException {
        if (encoded.length != LENGTH) {
            throw new RejectedException(Reason.MALFORMED);
        }
        if (encoded[0] != VERSION) {
            throw new RejectedException(Reason.UNSUPPORTED_VERSION);
        }
        int length = encoded[1];
        if (length != 0 && length != IPV4 && length != IPV6) {
            throw new RejectedException(Reason.MALFORMED);
        }
        OriginNote note = new OriginNote(Bytes.copyOf(Arrays.copyOfRange(encoded, 2, 2 + length)));
        if (!Arrays.equals(encoded, note.encode())) {
            throw new RejectedException(Reason.MALFORMED);
        }
        return note;
    }

    /// Such as `203.0.113.0/24`, or `2001:db8:12::/48`, or `unknown`.
    public String text() {
        byte[] octets = prefix.toArray();
        return switch (octets.length) {
            case IPV4 ->
                IntStream.range(0, IPV4)
                        .mapToObj(i -> Integer.toString(Byte.toUnsignedInt(octets[i])))
                        .collect(Collectors.joining(".", "", ".0/24"));
            case IPV6 ->
                IntStream.range(0, IPV6 / 2)
                        .mapToObj(i -> Integer.toHexString(
                                HexFormat.fromHexDigits(HexFormat.of().formatHex(octets, 2 * i, 2 * i + 2))))
                        .collect(Collectors.joining(":", "", "::/48"));
            default -> "unknown";
        };
    }
}
