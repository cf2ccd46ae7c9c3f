package dev.nescio.client;

import dev.nescio.keys.ChatKey;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Sync;
import dev.nescio.sealing.RejectedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The chats of an account. Safe for use by many threads.
public final class Chats implements AutoCloseable {

    private final Containers<ChatKey> containers;

    Chats(Containers<ChatKey> containers) {
        this.containers = containers;
    }

    /// Creates a chat under a key of its own and waits until it is stored.
    ///
    /// @throws IllegalArgumentException if the title holds an unpaired surrogate
    public Chat create(String title) {
        return new Chat(containers.create(ChatContent.title(title)), title);
    }

    /// All chats in order of creation, known to be all of them.
    ///
    /// @throws NescioException.Distrust if the server left one out, added one, or served an older list
    public List<ChatEntry> list() {
        List<ChatEntry> entries = new ArrayList<>();
        List<Sync.Container> served = containers.list();
        containers.together(() -> served.forEach(container -> entries.add(open(container))));
        return entries;
    }

    private ChatEntry open(Sync.Container served) {
        try {
            Container<ChatKey> container = containers.open(served);
            return ChatContent.title(container.openListed(served))
                    .<ChatEntry>map(title -> new ChatEntry.Opened(new Chat(container, title)))
                    .orElseGet(() -> new ChatEntry.Unreadable(new Chat(container, "")));
        } catch (RejectedException e) {
            return new ChatEntry.Rejected(served.id(), Finding.REJECTED);
        } catch (NescioException.Distrust e) {
            return new ChatEntry.Rejected(served.id(), e.finding());
        }
    }

    /// @return nothing if there is no such chat
    /// @throws NescioException.Distrust if it fails a check
    public Optional<Chat> find(ContainerId id) {
        for (ChatEntry entry : list()) {
            switch (entry) {
                case ChatEntry.Opened(Chat chat)
                when chat.id().equals(id) -> {
                    return Optional.of(chat);
                }
                case ChatEntry.Unreadable(Chat chat)
                when chat.id().equals(id) -> {
                    return Optional.of(chat);
                }
                case ChatEntry.Rejected(ContainerId rejected, Finding finding)
                when rejected.equals(id) -> throw new NescioException.Distrust(finding);
                default -> {
                    // Another chat.
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        containers.close();
    }
}
