package dev.nescio.keys;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Domain;
import dev.nescio.sealing.v1.SealingKey;
import java.util.List;

/// The key of one embed.
public final class EmbedKey extends ContainerKey {

    EmbedKey(AccountId account, ContainerId container, List<SealingKey> keys) {
        super(account, Domain.EMBEDS, container, keys);
    }
}
