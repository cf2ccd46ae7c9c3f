package dev.nescio.sealing.v1;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.Id;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// Where a sealed value belongs: purpose, account, domain, container, item, field and version (spec,
/// section 4.1).
///
/// This class is the only place that encodes them. A part that does not apply is null (version: always
/// present).
///
/// @param item the item, or the key slot where the purpose is about a slot
public record AssociatedData(
        String purpose, AccountId account, Domain domain, ContainerId container, Id item, String field, long version) {

    private static final byte[] PREFIX = "nescio/v1/ad".getBytes(StandardCharsets.US_ASCII);

    public AssociatedData {
        requireAscii(purpose);
        Objects.requireNonNull(account, "account");
        requireAscii(field);
        if (version < 0) {
            throw new IllegalArgumentException("a version is not negative");
        }
    }

    public byte[] encode() {
        byte[][] parts = {
            ascii(purpose),
            account.toArray(),
            domain == null ? EMPTY : ascii(domain.text()),
            container == null ? EMPTY : container.toArray(),
            item == null ? EMPTY : item.toArray(),
            ascii(field)
        };
        int length = PREFIX.length + (parts.length + 1) * Integer.BYTES + Long.BYTES;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteBuffer out = ByteBuffer.allocate(length).put(PREFIX);
        for (byte[] part : parts) {
            out.putInt(part.length).put(part);
        }
        return out.putInt(Long.BYTES).putLong(version).array();
    }

    private static final byte[] EMPTY = {};

    /// Encoding would turn anything else into a question mark, and two places into one.
    private static void requireAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7f) {
                throw new IllegalArgumentException("purpose and field are ASCII");
            }
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
