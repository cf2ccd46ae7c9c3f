package dev.nescio.keys;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.Versioned;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.Sha256;
import java.nio.ByteBuffer;
import java.util.List;

/// What a container holds, sealed with its key at each commit (spec, section 8.3).
///
/// @param counter 1 at creation, one more with each commit
/// @param previous SHA-256 of the manifest's envelope before this one, zeros for the first
/// @param root Merkle tree hash over the entries of all items
/// @param metadataHash SHA-256 of the metadata's envelope
public record Manifest(
        long counter, long itemCount, Bytes previous, Bytes root, long metadataVersion, Bytes metadataHash) {

    private static final int LENGTH = 121;
    private static final byte LIVE = 0;

    /// An item as the manifest counts it.
    ///
    /// @param hash SHA-256 of the item's envelope
    public record Entry(ItemId id, long version, Bytes hash) {

        public static Entry of(ItemId id, long version, Bytes envelope) {
            return new Entry(id, version, Bytes.copyOf(Sha256.of(envelope.toArray())));
        }

        byte[] encode() {
            return ByteBuffer.allocate(57)
                    .put(id.toArray())
                    .putLong(version)
                    .put(LIVE)
                    .put(hash.toArray())
                    .array();
        }
    }

    /// The manifest of a new, empty container.
    public static Manifest first(Versioned metadata) {
        return new Manifest(
                1, 0, Predecessor.NONE, Merkle.root(List.of()), metadata.version(), hash(metadata.sealed()));
    }

    /// The manifest of the next commit.
    ///
    /// @param previous this manifest's envelope, as the server holds it
    /// @param entries of all items, in order of position
    /// @param metadata as it is after the commit
    public Manifest next(Bytes previous, List<Entry> entries, Versioned metadata) {
        return new Manifest(
                counter + 1,
                entries.size(),
                hash(previous),
                root(entries),
                metadata.version(),
                hash(metadata.sealed()));
    }

    /// @return whether these are all items, in this order and each once, and this is the metadata
    public boolean covers(List<Entry> entries, Versioned metadata) {
        return itemCount == entries.size()
                && entries.stream().map(Entry::id).distinct().count() == entries.size()
                && root.equals(root(entries))
                && describes(metadata);
    }

    /// @return whether this is the metadata
    public boolean describes(Versioned metadata) {
        return metadataVersion == metadata.version() && metadataHash.equals(hash(metadata.sealed()));
    }

    private static Bytes root(List<Entry> entries) {
        return Merkle.root(entries.stream().map(Entry::encode).toList());
    }

    private static Bytes hash(Bytes envelope) {
        return Bytes.copyOf(Sha256.of(envelope.toArray()));
    }

    byte[] encode() {
        return ByteBuffer.allocate(LENGTH)
                .put(RecordReader.VERSION)
                .putLong(counter)
                .putLong(itemCount)
                .put(previous.toArray())
                .put(root.toArray())
                .putLong(metadataVersion)
                .put(metadataHash.toArray())
                .array();
    }

    static Manifest decode(long counter, byte[] content) throws RejectedException {
        RecordReader in = new RecordReader(content, LENGTH);
        Manifest manifest = new Manifest(in.counter(), in.count(), in.hash(), in.hash(), in.counter(), in.hash());
        if (manifest.counter != counter || !Predecessor.fits(manifest.counter, manifest.previous)) {
            throw new RejectedException(RejectedException.Reason.MALFORMED);
        }
        return manifest;
    }
}
