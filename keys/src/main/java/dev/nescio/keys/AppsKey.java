package dev.nescio.keys;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Domain;
import dev.nescio.sealing.v1.SealingKey;
import java.util.List;

/// The key of the domain `apps`: wraps the keys of collections.
public final class AppsKey extends DomainKey<CollectionKey> {

    AppsKey(AccountId account, SealingKey key) {
        super(account, Domain.APPS, key);
    }

    @Override
    CollectionKey containerKey(AccountId account, ContainerId container, List<SealingKey> containerKeys) {
        return new CollectionKey(account, container, containerKeys);
    }
}
