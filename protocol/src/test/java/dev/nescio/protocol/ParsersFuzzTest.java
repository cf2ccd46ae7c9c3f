package dev.nescio.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Hostile bytes as each message of the protocol: only the documented failure escapes, and what is accepted is
/// the same when it is written and read again. `CONTRIBUTING.md` says how to let the fuzzer look for new inputs.
class ParsersFuzzTest {

    private static final List<Class<?>> REQUESTS = types(Samples.requests());
    private static final List<Class<?>> ANSWERS = types(Samples.answers());

    private static List<Class<?>> types(List<Object> samples) {
        return samples.stream().<Class<?>>map(Object::getClass).distinct().toList();
    }

    @FuzzTest(maxDuration = "30s")
    void requests(byte[] json) {
        REQUESTS.forEach(type -> read(Json.STRICT, json, type));
    }

    @FuzzTest(maxDuration = "30s")
    void answers(byte[] json) {
        Stream.concat(ANSWERS.stream(), Stream.of(Problem.class, Sync.Hint.class))
                .forEach(type -> read(Json.LENIENT, json, type));
    }

    private static void read(JsonMapper mapper, byte[] json, Class<?> type) {
        Object message;
        try {
            message = mapper.readValue(json, type);
        } catch (JacksonException e) {
            return;
        }
        if (message != null) {
            byte[] written = mapper.writeValueAsBytes(message);
            Object again = mapper.readValue(written, type);
            assertEquals(message, again);
            assertArrayEquals(written, mapper.writeValueAsBytes(again));
        }
    }

    @FuzzTest(maxDuration = "30s")
    void texts(byte[] octets) {
        String text = new String(octets, StandardCharsets.UTF_8);
        try {
            assertEquals(text, Bytes.parse(text).base64url());
        } catch (InvalidField e) {
            assertNotNull(e.getMessage());
        }
        try {
            assertEquals(text, ContainerId.parse(text).hex());
        } catch (InvalidField e) {
            assertNotNull(e.getMessage());
        }
        try {
            assertEquals(text, Domain.parse(text).text());
        } catch (InvalidField e) {
            assertNotNull(e.getMessage());
        }
    }
}
