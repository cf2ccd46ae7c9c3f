package dev.nescio.keys;

import dev.nescio.protocol.Json;
import dev.nescio.protocol.Limits;
import dev.nescio.sealing.RejectedException;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// JSON inside an envelope. Its author held the key, but it may be a newer or a broken client: unknown
/// members are ignored, and whatever does not fit is rejected like any other damage.
final class SealedJson {

    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,16}");

    private SealedJson() {}

    static byte[] encode(Object value) {
        return Json.LENIENT.writeValueAsBytes(value);
    }

    static <T> T decode(byte[] content, Class<T> type) throws RejectedException {
        try {
            T value = Json.LENIENT.readValue(content, type);
            if (value != null && holdsIntegersOnly(content)) {
                return value;
            }
        } catch (JacksonException e) {
            // The cause would repeat decrypted content in its message, so it ends here.
        }
        throw new RejectedException(RejectedException.Reason.MALFORMED);
    }

    /// Members that are ignored count, too: readers differ on what else they take for a number (spec, section
    /// 1.1).
    private static boolean holdsIntegersOnly(byte[] content) {
        try (JsonParser in = Json.LENIENT.createParser(content)) {
            for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
                if (token.isNumeric() && !isInteger(in.getString())) {
                    return false;
                }
            }
            return true;
        }
    }

    /// @param number as JSON allows it, so without needless zeros in front
    private static boolean isInteger(String number) {
        return DIGITS.matcher(number).matches() && Long.parseLong(number) <= Limits.MAX_NUMBER;
    }
}
