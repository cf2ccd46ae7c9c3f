package dev.nescio.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.protocol.ItemId;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What this version makes of what another version of a client sealed (spec, section 8.1).
class ChatContentTest {

    private static final ItemId ID = ItemId.generate(new SecureRandom());

    private static Optional<Message> message(String json) {
        return ChatContent.message(ID, json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void ignoresMembersThatANewerVersionAdds() {
        assertEquals(
                Optional.of(new Message(ID, "hi", Instant.ofEpochMilli(7))),
                message("{\"kind\":\"message\",\"text\":\"hi\",\"sentAt\":7,\"mood\":{\"of\":[\"day\"]}}"));
        assertEquals(
                Optional.of("T"), ChatContent.title("{\"title\":\"T\",\"colour\":1}".getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"kind\":\"drawing\",\"text\":\"hi\",\"sentAt\":7}",
                "{\"kind\":\"message\",\"text\":null,\"sentAt\":7}",
                "{\"kind\":\"message\",\"text\":\"hi\"}",
                "{\"kind\":\"message\",\"text\":\"hi\",\"sentAt\":-5}",
                "{\"kind\":\"message\",\"text\":\"hi\",\"sentAt\":1.5}",
                "{\"kind\":\"message\",\"text\":\"a\",\"text\":\"b\",\"sentAt\":7}",
                "{\"kind\":\"message\",\"text\":\"hi\",\"sentAt\":9007199254740992}",
                "null",
                "[]",
                "no JSON",
                ""
            })
    void whatItDoesNotUnderstandIsUnreadableAndNoAttack(String json) {
        assertEquals(Optional.empty(), message(json));
    }
}
