package dev.nescio.keys.vectors;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Id;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.SlotId;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import tools.jackson.databind.node.ObjectNode;

/// Vectors of section 9.5: the entries of an account's log.
final class LogVectors {

    private static final long HOUR = 1_767_225_600_000L;
    private static final Bytes NONE = Bytes.copyOf(new byte[32]);

    private LogVectors() {}

    static VectorFile logEntry() {
        VectorFile file = new VectorFile("log-entry");
        SessionId a = Fixed.session("a");
        SessionId b = Fixed.session("b");
        SlotId slot = Fixed.slot("password");
        Bytes first = entry(file, "the first", 1, NONE, HOUR, text(LogKind.SIGNED_UP), a, null, slot);
        Bytes second = entry(file, "the second", 2, first, HOUR + 3_600_000, text(LogKind.PAIRED), a, b, null);
        entry(file, "of nothing but a kind", 3, second, HOUR, text(LogKind.ALL_ENDED), null, null, null);
        entry(file, "a session, done to", 3, second, HOUR, text(LogKind.SESSION_ENDED), null, a, null);
        entry(file, "the same session, doing", 3, second, HOUR, text(LogKind.SESSION_ENDED), a, null, null);
        entry(file, "of a kind that is not known", 3, second, HOUR, "z".repeat(64), a, b, slot);
        long most = (1L << 53) - 1;
        entry(file, "greatest numbers", most, second, most, "a", null, null, slot);
        entry(file, "since 1970", 1, NONE, 0, "-", null, null, null);
        return file;
    }

    private static String text(LogKind kind) {
        return kind.text();
    }

    private static Bytes entry(
            VectorFile file,
            String name,
            long number,
            Bytes previous,
            long time,
            String kind,
            SessionId session,
            SessionId other,
            SlotId slot) {
        Bytes encoded = encoded(
                Fixed.account("a").bytes(),
                u64(number),
                previous,
                u64(time),
                Bytes.copyOf(kind.getBytes(US_ASCII)),
                bytes(session),
                bytes(other),
                bytes(slot));
        Bytes hash = Bytes.copyOf(Fixed.sha256(encoded.toArray()));
        ObjectNode vector = file.add(name)
                .put("account", Fixed.account("a").hex())
                .put("number", number)
                .put("previous", previous.hex())
                .put("time", time)
                .put("kind", kind);
        vector.put("session", session == null ? null : session.hex())
                .put("other", other == null ? null : other.hex())
                .put("slot", slot == null ? null : slot.hex())
                .put("encoded", encoded.hex())
                .put("hash", hash.hex());
        return hash;
    }

    /// As the specification says it, and not by the class that is tested with it.
    private static Bytes encoded(Bytes... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("nescio/v1/log-entry".getBytes(US_ASCII));
        for (Bytes part : parts) {
            out.writeBytes(ByteBuffer.allocate(4).putInt(part.length()).array());
            out.writeBytes(part.toArray());
        }
        return Bytes.copyOf(out.toByteArray());
    }

    private static Bytes u64(long number) {
        return Bytes.copyOf(ByteBuffer.allocate(8).putLong(number).array());
    }

    private static Bytes bytes(Id id) {
        return id == null ? Bytes.copyOf(new byte[0]) : id.bytes();
    }
}
