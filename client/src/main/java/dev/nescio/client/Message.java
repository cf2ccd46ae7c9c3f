package dev.nescio.client;

import dev.nescio.protocol.ItemId;
import java.time.Instant;

/// A message of a chat, opened.
///
/// @param sentAt by the sender's clock
public record Message(ItemId id, String text, Instant sentAt) {

    @Override
    public String toString() {
        return "Message[" + id.shortened() + "…]";
    }
}
