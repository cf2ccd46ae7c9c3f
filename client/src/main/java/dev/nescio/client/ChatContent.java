package dev.nescio.client;

import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.Limits;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/// What stands inside the envelopes of a chat (spec, section 8.1).
final class ChatContent {

    private static final String MESSAGE = "message";

    private record Metadata(String title) {}

    private record Item(String kind, String text, long sentAt) {}

    private ChatContent() {}

    static byte[] title(String title) {
        return Json.LENIENT.writeValueAsBytes(new Metadata(title));
    }

    /// @return nothing if this version does not understand the metadata
    static Optional<String> title(byte[] content) {
        return read(content, Metadata.class).map(Metadata::title);
    }

    static byte[] message(String text, Instant sentAt) {
        return Json.LENIENT.writeValueAsBytes(new Item(MESSAGE, text, sentAt.toEpochMilli()));
    }

    /// @return nothing if this version does not understand the item
    static Optional<Message> message(ItemId id, byte[] content) {
        return read(content, Item.class)
                .filter(item -> MESSAGE.equals(item.kind) && item.text != null)
                .filter(item -> item.sentAt >= 0 && item.sentAt <= Limits.MAX_NUMBER)
                .map(item -> new Message(id, item.text, Instant.ofEpochMilli(item.sentAt)));
    }

    private static <T> Optional<T> read(byte[] content, Class<T> type) {
        try {
            return Optional.ofNullable(Json.LENIENT.readValue(content, type));
        } catch (JacksonException e) {
            // The cause would repeat decrypted content in its message, so it ends here.
            return Optional.empty();
        }
    }
}
