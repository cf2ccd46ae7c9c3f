package dev.nescio.client;

import dev.nescio.keys.SealedJson;
import dev.nescio.protocol.ItemId;
import dev.nescio.sealing.RejectedException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/// What stands inside the envelopes of a chat (spec, section 8.1).
final class ChatContent {

    private static final String MESSAGE = "message";

    private record Metadata(String title) {}

    private record Item(String kind, String text, long sentAt) {}

    private ChatContent() {}

    static byte[] title(String title) {
        return SealedJson.encode(new Metadata(requireWhole(title)));
    }

    /// @return nothing if this version does not understand the metadata
    static Optional<String> title(byte[] content) {
        return read(content, Metadata.class).map(Metadata::title);
    }

    static byte[] message(String text, Instant sentAt) {
        return SealedJson.encode(new Item(MESSAGE, requireWhole(text), sentAt.toEpochMilli()));
    }

    /// @return nothing if this version does not understand the item
    static Optional<Message> message(ItemId id, byte[] content) {
        return read(content, Item.class)
                .filter(item -> MESSAGE.equals(item.kind) && item.text != null)
                .map(item -> new Message(id, item.text, Instant.ofEpochMilli(item.sentAt)));
    }

    /// No other device would read it.
    private static String requireWhole(String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException("This text holds half a character (an unpaired surrogate).");
        }
        return text;
    }

    private static <T> Optional<T> read(byte[] content, Class<T> type) {
        try {
            return Optional.of(SealedJson.decode(content, type));
        } catch (RejectedException e) {
            return Optional.empty();
        }
    }
}
