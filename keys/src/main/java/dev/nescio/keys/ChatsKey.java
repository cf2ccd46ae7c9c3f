package dev.nescio.keys;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Domain;
import dev.nescio.sealing.v1.SealingKey;
import java.util.List;

/// The key of the domain `chats`: wraps the keys of chats.
public final class ChatsKey extends DomainKey<ChatKey> {

    ChatsKey(AccountId account, SealingKey key) {
        super(account, Domain.CHATS, key);
    }

    @Override
    ChatKey containerKey(AccountId account, ContainerId container, List<SealingKey> containerKeys) {
        return new ChatKey(account, container, containerKeys);
    }
}
