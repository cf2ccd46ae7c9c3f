package dev.nescio.sealing.v1;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.AccountLog;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Id;
import dev.nescio.sealing.Sha256;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The hash by which an entry of an account's log is chained to the next one (spec, section 9.5). This
/// class is the only place that encodes an entry.
public final class LogEntryHash {

    private static final byte[] PREFIX = "nescio/v1/log-entry".getBytes(StandardCharsets.US_ASCII);

    /// What the first entry has in place of a hash.
    public static final Bytes NONE = Bytes.copyOf(new byte[Sha256.LENGTH]);

    private final ByteArrayOutputStream encoded = new ByteArrayOutputStream();

    private LogEntryHash() {
        encoded.writeBytes(PREFIX);
    }

    public static Bytes of(AccountId account, AccountLog.Entry entry) {
        return new LogEntryHash()
                .part(account)
                .part(entry.number())
                .part(entry.previous().toArray())
                .part(entry.time())
                .part(entry.kind().getBytes(StandardCharsets.US_ASCII))
                .part(entry.session())
                .part(entry.other())
                .part(entry.slot())
                .end();
    }

    /// @param id null where it does not apply
    private LogEntryHash part(Id id) {
        return part(id == null ? new byte[0] : id.toArray());
    }

    private LogEntryHash part(long number) {
        return part(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
    }

    private LogEntryHash part(byte[] octets) {
        encoded.writeBytes(
                ByteBuffer.allocate(Integer.BYTES).putInt(octets.length).array());
        encoded.writeBytes(octets);
        return this;
    }

    private Bytes end() {
        return Bytes.copyOf(Sha256.of(encoded.toByteArray()));
    }
}
