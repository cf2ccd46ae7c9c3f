package dev.nescio.keys;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.ItemId;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.v1.AssociatedData;
import dev.nescio.sealing.v1.SealingKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.random.RandomGenerator;

/// What the keys of containers do alike: seal metadata, items and the manifest of their container (spec,
/// section 8). After a rotation of the master key a container has a fresh key; the earlier ones open the
/// metadata and the items that were sealed before, and nothing else (8.6).
public abstract sealed class ContainerKey implements AutoCloseable
        permits ChatKey, CollectionKey, MailboxKey, EmbedKey {

    /// How many earlier keys a container can have.
    public static final int MOST_EARLIER = 128;

    private final AccountId account;
    private final Domain domain;
    private final ContainerId container;
    private final SealingKey key;
    private final List<SealingKey> earlier;

    /// @param keys the newest first; this one closes them
    ContainerKey(AccountId account, Domain domain, ContainerId container, List<SealingKey> keys) {
        this.account = account;
        this.domain = domain;
        this.container = container;
        this.key = keys.getFirst();
        this.earlier = List.copyOf(keys.subList(1, keys.size()));
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
        return openWithAny(metadataPlace(version), sealed.toArray());
    }

    public Bytes sealItem(ItemId item, long version, byte[] content, RandomGenerator random) {
        return Bytes.copyOf(key.seal(itemPlace(item, version), content, random));
    }

    public byte[] openItem(ItemId item, long version, Bytes sealed) throws RejectedException {
        return openWithAny(itemPlace(item, version), sealed.toArray());
    }

    /// The envelope says by its commitment which key it was sealed under; the manifest says whether it
    /// belongs here.
    private byte[] openWithAny(AssociatedData place, byte[] envelope) throws RejectedException {
        for (SealingKey other : earlier) {
            if (other.isCommittedToBy(envelope)) {
                return other.open(place, envelope);
            }
        }
        return key.open(place, envelope);
    }

    /// @return the earlier keys under this one, the newest first; null where there are none
    public Bytes sealEarlierKeys(RandomGenerator random) {
        if (earlier.isEmpty()) {
            return null;
        }
        byte[] content = encodeEarlierKeys(earlier);
        try {
            return Bytes.copyOf(key.seal(earlierKeysPlace(), content, random));
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    static byte[] encodeEarlierKeys(List<SealingKey> keys) {
        byte[] content = new byte[keys.size() * SealingKey.LENGTH];
        for (int i = 0; i < keys.size(); i++) {
            int at = i * SealingKey.LENGTH;
            try (SecretBytes secret = keys.get(i).insecureExport()) {
                secret.lend(bytes -> {
                    System.arraycopy(bytes, 0, content, at, bytes.length);
                    return content;
                });
            }
        }
        return content;
    }

    /// @return copies of this key and of the sealed ones
    List<SealingKey> withEarlierKeys(Bytes sealed) throws RejectedException {
        List<SealingKey> keys = new ArrayList<>(List.of(copy(key)));
        if (sealed == null) {
            return keys;
        }
        byte[] content = key.open(earlierKeysPlace(), sealed.toArray());
        try {
            keys.addAll(decodeEarlierKeys(content));
            return keys;
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    static List<SealingKey> decodeEarlierKeys(byte[] content) throws RejectedException {
        int count = content.length / SealingKey.LENGTH;
        if (count < 1 || count > MOST_EARLIER || content.length % SealingKey.LENGTH != 0) {
            throw new RejectedException(RejectedException.Reason.MALFORMED);
        }
        List<SealingKey> keys = new ArrayList<>(count);
        for (int at = 0; at < content.length; at += SealingKey.LENGTH) {
            keys.add(SealingKey.of(SecretBytes.taking(Arrays.copyOfRange(content, at, at + SealingKey.LENGTH))));
        }
        return keys;
    }

    /// Whether there is room for another key before it ([DomainKey#renew]).
    public boolean isRenewable() {
        return earlier.size() < MOST_EARLIER;
    }

    /// @return copies of this key, and of those earlier ones that any of the envelopes was sealed under
    List<SealingKey> keysFor(Collection<Bytes> envelopes) {
        List<SealingKey> unneeded = new ArrayList<>(earlier);
        for (Bytes envelope : envelopes) {
            byte[] octets = envelope.toArray();
            unneeded.removeIf(other -> other.isCommittedToBy(octets));
        }
        List<SealingKey> keys = new ArrayList<>(List.of(copy(key)));
        earlier.stream().filter(other -> !unneeded.contains(other)).forEach(other -> keys.add(copy(other)));
        return keys;
    }

    /// @return the fresh key, and copies of all that this container has
    List<SealingKey> keysUnder(SealingKey fresh) {
        if (!isRenewable()) {
            throw new IllegalArgumentException("a container has at most " + MOST_EARLIER + " earlier keys");
        }
        List<SealingKey> keys = new ArrayList<>(List.of(fresh, copy(key)));
        earlier.forEach(other -> keys.add(copy(other)));
        return keys;
    }

    private static SealingKey copy(SealingKey key) {
        return SealingKey.of(key.insecureExport());
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

    private AssociatedData earlierKeysPlace() {
        return new AssociatedData("earlier-keys", account, domain, container, null, "keys", 1);
    }

    @Override
    public void close() {
        key.close();
        earlier.forEach(SealingKey::close);
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "[redacted]";
    }
}
