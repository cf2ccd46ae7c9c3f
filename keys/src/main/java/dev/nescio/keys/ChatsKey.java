package dev.nescio.keys;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Domain;
import dev.nescio.sealing.v1.SealingKey;

/// The key of the domain `chats`: wraps the keys of chats.
public final class ChatsKey extends DomainKey<ChatKey> {

    ChatsKey(AccountId account, SealingKey key) {
        super(account, Domain.CHATS, key);
    }

    @Override
    ChatKey containerKey(AccountId account, ContainerId container, SealingKey containerKey) {
        return new ChatKey(account, container, containerKey);
    }
}
