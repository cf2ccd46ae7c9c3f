package dev.nescio.keys;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.ItemId;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.v1.AssociatedData;
import dev.nescio.sealing.v1.SealingKey;
import java.util.random.RandomGenerator;

/// What the keys of containers do alike: seal metadata, items and the manifest of their container (spec,
/// section 8).
public abstract sealed class ContainerKey implements AutoCloseable
        permits ChatKey, CollectionKey, MailboxKey, EmbedKey {

    private final AccountId account;
    private final Domain domain;
    private final ContainerId container;
    private final SealingKey key;

    ContainerKey(AccountId account, Domain domain, ContainerId container, SealingKey key) {
        this.account = account;
        this.domain = domain;
        this.container = container;
        this.key = key;
    }

    public ContainerId container() {
        return container;
    }

    public Domain domain() {
        return domain;
    }

    SealingKey key() {
        return key;
    }

    public Bytes sealMetadata(long version, byte[] content, RandomGenerator random) {
        return Bytes.copyOf(key.seal(metadataPlace(version), content, random));
    }

    public byte[] openMetadata(long version, Bytes sealed) throws RejectedException {
        return key.open(metadataPlace(version), sealed.toArray());
    }

    public Bytes sealItem(ItemId item, long version, byte[] content, RandomGenerator random) {
        return Bytes.copyOf(key.seal(itemPlace(item, version), content, random));
    }

    public byte[] openItem(ItemId item, long version, Bytes sealed) throws RejectedException {
        return key.open(itemPlace(item, version), sealed.toArray());
    }

    public Bytes seal(Manifest manifest, RandomGenerator random) {
        return Bytes.copyOf(key.seal(manifestPlace(manifest.counter()), manifest.encode(), random));
    }

    /// @param counter the one that the server claims; it must be inside as well
    public Manifest openManifest(long counter, Bytes sealed) throws RejectedException {
        return Manifest.decode(counter, key.open(manifestPlace(counter), sealed.toArray()));
    }

    private AssociatedData metadataPlace(long version) {
        return new AssociatedData("metadata", account, domain, container, null, "metadata", version);
    }

    private AssociatedData itemPlace(ItemId item, long version) {
        return new AssociatedData("item", account, domain, container, item, "content", version);
    }

    private AssociatedData manifestPlace(long counter) {
        return new AssociatedData("manifest", account, domain, container, null, "manifest", counter);
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
