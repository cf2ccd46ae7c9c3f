package dev.nescio.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// What this version makes of what another version of a client sealed (spec, section 8.1).
class ChatContentTest {

    private static final ItemId ID = ItemId.generate(new SecureRandom());

    /// Any other device would find it unreadable.
    @Test
    void refusesToWriteHalfACharacter() {
        assertThrows(IllegalArgumentException.class, () -> ChatContent.title("\ud800"));
        assertThrows(IllegalArgumentException.class, () -> ChatContent.message("a\udc00", Instant.EPOCH));
        assertEquals(Optional.of("\ud83d\ude00"), ChatContent.title(ChatContent.title("\ud83d\ude00")));
    }

    static Stream<Arguments> vectors() throws IOException {
        Path file = Path.of(System.getProperty("nescio.spec"), "vectors", "chat-content.json");
        return Json.LENIENT
                .readTree(Files.readAllBytes(file))
                .get("cases")
                .valueStream()
                .map(vector -> Arguments.of(vector.get("name").stringValue(), vector));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("vectors")
    void readsTheVectors(String name, JsonNode vector) {
        byte[] content = Bytes.parseHex(vector.get("content").stringValue()).toArray();
        boolean readable = !vector.has("error");
        if (vector.get("part").stringValue().equals("metadata")) {
            Optional<String> title = readable ? Optional.of(vector.get("title").stringValue()) : Optional.empty();
            assertEquals(title, ChatContent.title(content));
        } else {
            Optional<Message> message = readable
                    ? Optional.of(new Message(
                            ID,
                            vector.get("text").stringValue(),
                            Instant.ofEpochMilli(vector.get("sentAt").longValue())))
                    : Optional.empty();
            assertEquals(message, ChatContent.message(ID, content));
        }
    }
}
