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
    private static final int PARTS = 7;

    public AssociatedData {
        requireAscii(purpose);
        Objects.requireNonNull(account, "account");
        requireAscii(field);
        if (version < 0) {
            throw new IllegalArgumentException("a version is not negative");
        }
    }

    public byte[] encode() {
        String domainText = domain == null ? "" : domain.text();
        int length = PREFIX.length + PARTS * Integer.BYTES + Long.BYTES;
        length += purpose.length() + length(account) + domainText.length() + length(container) + length(item);
        ByteBuffer out = ByteBuffer.allocate(length + field.length()).put(PREFIX);
        put(out, purpose);
        put(out, account);
        put(out, domainText);
        put(out, container);
        put(out, item);
        put(out, field);
        return out.putInt(Long.BYTES).putLong(version).array();
    }

    private static int length(Id id) {
        return id == null ? 0 : Id.LENGTH;
    }

    private static void put(ByteBuffer out, Id id) {
        out.putInt(length(id));
        if (id != null) {
            out.put(id.toArray());
        }
    }

    private static void put(ByteBuffer out, String ascii) {
        out.putInt(ascii.length());
        for (int i = 0; i < ascii.length(); i++) {
            out.put((byte) ascii.charAt(i));
        }
    }

    /// Encoding would turn anything else into a question mark, and two places into one.
    private static void requireAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7f) {
                throw new IllegalArgumentException("purpose and field are ASCII");
            }
        }
    }
}
