package dev.nescio.keys;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Domain;
import dev.nescio.sealing.v1.SealingKey;
import java.util.List;

/// The key of one chat.
public final class ChatKey extends ContainerKey {

    ChatKey(AccountId account, ContainerId container, List<SealingKey> keys) {
        super(account, Domain.CHATS, container, keys);
    }
}
