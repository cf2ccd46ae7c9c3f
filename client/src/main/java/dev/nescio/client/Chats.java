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
    public Chat create(String title) {
        return new Chat(containers.create(ChatContent.title(title)), title);
    }

    /// All chats in order of creation, known to be all of them.
    ///
    /// @throws NescioException.Distrust if the server left one out, added one, or served an older list
    public List<ChatEntry> list() {
        List<ChatEntry> entries = new ArrayList<>();
        for (Sync.Container served : containers.list()) {
            entries.add(open(served));
        }
        return entries;
    }

    private ChatEntry open(Sync.Container served) {
        try {
            Container<ChatKey> container = containers.open(served);
            byte[] metadata = container
                    .key()
                    .openMetadata(served.metadata().version(), served.metadata().sealed());
            return new ChatEntry.Opened(
                    new Chat(container, ChatContent.title(metadata).orElse("")));
        } catch (RejectedException e) {
            return new ChatEntry.Rejected(served.id());
        }
    }

    /// @return nothing if there is no such chat, or it does not open
    public Optional<Chat> find(ContainerId id) {
        for (ChatEntry entry : list()) {
            if (entry instanceof ChatEntry.Opened(Chat chat) && chat.id().equals(id)) {
                return Optional.of(chat);
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        containers.close();
    }
}
