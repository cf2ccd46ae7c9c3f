package dev.nescio.client;

import dev.nescio.protocol.ContainerId;

/// A chat in the list of chats. One that does not open does not hide the others.
public sealed interface ChatEntry {

    /// A title that this version does not understand is empty.
    record Opened(Chat chat) implements ChatEntry {}

    /// Its key or its metadata was not sealed for this chat by this account, or was changed.
    record Rejected(ContainerId id) implements ChatEntry {}
}
