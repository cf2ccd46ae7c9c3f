package dev.nescio.client;

import dev.nescio.protocol.ContainerId;

/// A chat in the list of chats. One that fails a check does not hide the others.
public sealed interface ChatEntry {

    record Opened(Chat chat) implements ChatEntry {}

    /// A device of this account sealed its metadata in a way that this version does not understand, so its title is
    /// empty. The server has nothing to do with it.
    record Unreadable(Chat chat) implements ChatEntry {}

    /// It was not sealed for this place, was changed, or is older than what this device has seen.
    record Rejected(ContainerId id, Finding finding) implements ChatEntry {}
}
