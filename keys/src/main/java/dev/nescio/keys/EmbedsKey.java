package dev.nescio.keys;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Domain;
import dev.nescio.sealing.v1.SealingKey;

/// The key of the domain `embeds`: wraps the keys of embeds.
public final class EmbedsKey extends DomainKey<EmbedKey> {

    EmbedsKey(AccountId account, SealingKey key) {
        super(account, Domain.EMBEDS, key);
    }

    @Override
    EmbedKey containerKey(AccountId account, ContainerId container, SealingKey containerKey) {
        return new EmbedKey(account, container, containerKey);
    }
}
