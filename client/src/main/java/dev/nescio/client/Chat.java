package dev.nescio.client;

import dev.nescio.keys.ChatKey;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.Sync;
import dev.nescio.sealing.RejectedException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/// A chat that this device holds the key of. Safe for use by many threads.
public final class Chat {

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Container<ChatKey> container;
    private volatile String title;

    Chat(Container<ChatKey> container, String title) {
        this.container = container;
        this.title = title;
    }

    public ContainerId id() {
        return container.key().container();
    }

    /// As it was when the chat was listed or read last. Empty if this version does not understand it.
    public String title() {
        return title;
    }

    /// Seals a message and waits until the server has stored it durably.
    ///
    /// @throws IllegalArgumentException if it is empty, holds an unpaired surrogate, or is longer than
    ///     256 KiB when sealed
    /// @throws NescioException.TitleChanged if the title is not [#title] any more; nothing is sent then
    public Message send(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("A message is not empty.");
        }
        ItemId id = ItemId.generate(RANDOM);
        Instant sentAt = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        container.append(id, ChatContent.message(text, sentAt), this::requireSameTitle);
        return new Message(id, text, sentAt);
    }

    /// A list that is old, but that this device has nothing to compare with, shows this chat under the title of
    /// another (spec, section 8.5).
    private void requireSameTitle(byte[] metadata) {
        String loaded = titleOf(metadata);
        if (!loaded.equals(title)) {
            title = loaded;
            throw new NescioException.TitleChanged();
        }
    }

    private static String titleOf(byte[] metadata) {
        return ChatContent.title(metadata).orElse("");
    }

    /// Fetches what is new and returns all messages in order, known to be all of them. Items of a kind that this
    /// version does not know are left out; [#read] shows where they are.
    ///
    /// @throws NescioException.Distrust if the server left one out, changed one, or served an older state;
    /// [#read]
    ///     then shows what is still readable
    public List<Message> messages() {
        return switch (read()) {
            case ChatReading.Complete complete -> complete.messages();
            case ChatReading.Tampered(Finding finding, List<ChatReading.Entry> entries) ->
                throw new NescioException.Distrust(finding);
        };
    }

    /// As [#messages], and for a chat that was tampered with, whatever still opens.
    public ChatReading read() {
        Optional<Finding> finding = container.load();
        List<ChatReading.Entry> entries =
                container.items().stream().map(this::open).toList();
        boolean rejected = entries.stream().anyMatch(ChatReading.Entry.Rejected.class::isInstance);
        if (finding.isEmpty()) {
            title = titleOf(container.metadata());
        }
        if (finding.isEmpty() && !rejected) {
            return new ChatReading.Complete(entries);
        }
        return new ChatReading.Tampered(finding.orElse(Finding.REJECTED), entries);
    }

    private ChatReading.Entry open(Sync.Item item) {
        try {
            byte[] content = container.key().openItem(item.id(), item.version(), item.sealed());
            return ChatContent.message(item.id(), content)
                    .<ChatReading.Entry>map(ChatReading.Entry.Opened::new)
                    .orElseGet(() -> new ChatReading.Entry.Unreadable(item.id()));
        } catch (RejectedException e) {
            return new ChatReading.Entry.Rejected(item.id());
        }
    }

    @Override
    public String toString() {
        return "Chat[" + id().shortened() + "…]";
    }
}
