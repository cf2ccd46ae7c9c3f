package dev.nescio.keys;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Domain;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.v1.AssociatedData;
import dev.nescio.sealing.v1.SealingKey;
import java.util.Collection;
import java.util.List;
import java.util.random.RandomGenerator;

/// What the keys of the four domains do alike: wrap the keys of their containers, and seal the list of
/// them.
///
/// @param <K> the key of the domain's containers
public abstract sealed class DomainKey<K extends ContainerKey> implements AutoCloseable
        permits ChatsKey, AppsKey, EmailsKey, EmbedsKey {

    private final AccountId account;
    private final Domain domain;
    private final SealingKey key;

    DomainKey(AccountId account, Domain domain, SealingKey key) {
        this.account = account;
        this.domain = domain;
        this.key = key;
    }

    /// @param containerKeys the newest first
    abstract K containerKey(AccountId account, ContainerId container, List<SealingKey> containerKeys);

    public Domain domain() {
        return domain;
    }

    SealingKey key() {
        return key;
    }

    /// A fresh key for a new container.
    public K generate(ContainerId container, RandomGenerator random) {
        return containerKey(account, container, List.of(SealingKey.generate(random)));
    }

    /// A fresh key for a container that is there (spec, section 8.6). It opens what the present key
    /// opens, and nothing is sealed under that any more. The caller closes both.
    ///
    /// @throws IllegalArgumentException if it has [ContainerKey#MOST_EARLIER] keys before the present one
    public K renew(K present, RandomGenerator random) {
        return containerKey(account, present.container(), present.keysUnder(SealingKey.generate(random)));
    }

    /// A container's key without those earlier ones that nothing in it needs any more. The caller closes
    /// both.
    ///
    /// @param envelopes all that the container has sealed under its keys, but for its manifest
    public K withoutUnneeded(K present, Collection<Bytes> envelopes) {
        return containerKey(account, present.container(), present.keysFor(envelopes));
    }

    public Bytes wrap(K containerKey, RandomGenerator random) {
        return Bytes.copyOf(key.wrap(place(containerKey.container()), containerKey.key(), random));
    }

    /// @param earlierKeys as [ContainerKey#sealEarlierKeys] gave them, null where there are none
    public K unwrap(ContainerId container, Bytes wrapped, Bytes earlierKeys) throws RejectedException {
        SealingKey containerKey = key.unwrap(place(container), wrapped.toArray());
        try (K alone = containerKey(account, container, List.of(containerKey))) {
            return containerKey(account, container, alone.withEarlierKeys(earlierKeys));
        }
    }

    private AssociatedData place(ContainerId container) {
        return new AssociatedData("container-key", account, domain, container, null, "key", 1);
    }

    public Bytes seal(ContainerList list, RandomGenerator random) {
        return Bytes.copyOf(key.seal(listPlace(list.counter()), list.encode(), random));
    }

    public ContainerList openList(long counter, Bytes sealed) throws RejectedException {
        return ContainerList.decode(counter, key.open(listPlace(counter), sealed.toArray()));
    }

    private AssociatedData listPlace(long counter) {
        return new AssociatedData("container-list", account, domain, null, null, "list", counter);
    }

    @Override
    public void close() {
        key.close();
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "[redacted]";
    }
}
