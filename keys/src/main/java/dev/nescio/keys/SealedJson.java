package dev.nescio.keys;

import dev.nescio.protocol.Json;
import dev.nescio.sealing.RejectedException;
import tools.jackson.core.JacksonException;

/// JSON inside an envelope. Its author held the key, but it may be a newer or a broken client: unknown
/// members are ignored, and whatever does not fit is rejected like any other damage.
final class SealedJson {

    private SealedJson() {}

    static byte[] encode(Object value) {
        return Json.LENIENT.writeValueAsBytes(value);
    }

    static <T> T decode(byte[] content, Class<T> type) throws RejectedException {
        try {
            T value = Json.LENIENT.readValue(content, type);
            if (value != null) {
                return value;
            }
        } catch (JacksonException e) {
            // The cause would repeat decrypted content in its message, so it ends here.
        }
        throw new RejectedException(RejectedException.Reason.MALFORMED);
    }
}
