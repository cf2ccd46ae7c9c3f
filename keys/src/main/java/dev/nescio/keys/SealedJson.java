package dev.nescio.keys;

import dev.nescio.protocol.Json;
import dev.nescio.protocol.Limits;
import dev.nescio.sealing.RejectedException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// JSON inside an envelope (spec, section 9.2). Its author held the key, but it may be a newer or a broken
/// client: unknown members are ignored, and whatever does not fit is rejected like any other damage.
public final class SealedJson {

    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,16}");

    private SealedJson() {}

    public static byte[] encode(Object value) {
        return Json.LENIENT.writeValueAsBytes(value);
    }

    /// @throws RejectedException without a cause, which would repeat decrypted content in its message
    public static <T> T decode(byte[] content, Class<T> type) throws RejectedException {
        try {
            // Jackson alone lets overlong forms and surrogates pass.
            String json = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
            T value = Json.LENIENT.readValue(json, type);
            if (value != null && isReadAlikeByAll(json)) {
                return value;
            }
        } catch (JacksonException | CharacterCodingException e) {
            // The one error below stands for this, too.
        }
        throw new RejectedException(RejectedException.Reason.MALFORMED);
    }

    /// Members that are ignored count, too: readers differ on what else they take for a number or for text (spec,
    /// sections 1.1 and 9.2).
    private static boolean isReadAlikeByAll(String json) {
        try (JsonParser in = Json.LENIENT.createParser(json)) {
            for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
                boolean text = token == JsonToken.PROPERTY_NAME || token == JsonToken.VALUE_STRING;
                if ((token.isNumeric() && !isInteger(in.getString()))
                        || (text && !StandardCharsets.UTF_8.newEncoder().canEncode(in.getString()))) {
                    return false;
                }
            }
            return true;
        }
    }

    /// For what a person calls something (spec, sections 9.2 and 9.4).
    ///
    /// @param longest in code points
    static void requireText(String text, int longest) {
        int length = text.codePointCount(0, text.length());
        boolean unpaired = text.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE);
        if (length < 1 || length > longest || unpaired) {
            throw new IllegalArgumentException("here 1 to " + longest + " characters are expected");
        }
    }

    /// @param number as JSON allows it, so without needless zeros in front
    private static boolean isInteger(String number) {
        return DIGITS.matcher(number).matches() && Long.parseLong(number) <= Limits.MAX_NUMBER;
    }
}
