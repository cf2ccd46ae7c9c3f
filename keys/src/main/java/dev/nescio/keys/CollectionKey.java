package dev.nescio.keys;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Domain;
import dev.nescio.sealing.v1.SealingKey;
import java.util.List;

/// The key of one collection of records.
public final class CollectionKey extends ContainerKey {

    CollectionKey(AccountId account, ContainerId container, List<SealingKey> keys) {
        super(account, Domain.APPS, container, keys);
    }
}
