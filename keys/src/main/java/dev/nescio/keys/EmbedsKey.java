package dev.nescio.keys;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Domain;
import dev.nescio.sealing.v1.SealingKey;
import java.util.List;

/// The key of the domain `embeds`: wraps the keys of embeds.
public final class EmbedsKey extends DomainKey<EmbedKey> {

    EmbedsKey(AccountId account, SealingKey key) {
        super(account, Domain.EMBEDS, key);
    }

    @Override
    EmbedKey containerKey(AccountId account, ContainerId container, List<SealingKey> containerKeys) {
        return new EmbedKey(account, container, containerKeys);
    }
}
