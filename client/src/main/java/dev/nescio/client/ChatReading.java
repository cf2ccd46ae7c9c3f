package dev.nescio.client;

import dev.nescio.protocol.ItemId;
import java.util.List;

/// The messages of a chat, and whether they are all of them.
public sealed interface ChatReading {

    /// Exactly what the devices of this account wrote, in order; none of the entries is rejected.
    record Complete(List<Entry> entries) implements ChatReading {

        /// Those that this version can show.
        public List<Message> messages() {
            return entries.stream()
                    .filter(Entry.Opened.class::isInstance)
                    .map(entry -> ((Entry.Opened) entry).message())
                    .toList();
        }
    }

    /// The server's answer does not agree with the sealed manifest. What opens is here, but messages may be
    /// missing, out of order, or old.
    record Tampered(Finding finding, List<Entry> entries) implements ChatReading {}

    /// One item of a chat. One that cannot be shown does not hide the others.
    sealed interface Entry {

        record Opened(Message message) implements Entry {}

        /// A device of this account sealed it, in a way that this version does not understand. The server has
        /// nothing to do with it.
        record Unreadable(ItemId id) implements Entry {}

        /// It was not sealed for this place, or was changed.
        record Rejected(ItemId id) implements Entry {}
    }
}
