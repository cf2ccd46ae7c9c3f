package dev.nescio.keys;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.Sha256;
import java.nio.ByteBuffer;
import java.util.List;

/// Which containers a domain has, sealed with the domain's key, so that a missing or an invented one shows
/// (spec, section 8.4).
///
/// @param counter 1 with the first container, one more with each change
/// @param previous SHA-256 of the list's envelope before this one, zeros for the first
/// @param root Merkle tree hash over the containers' entries, in order of creation
public record ContainerList(long counter, long containerCount, Bytes previous, Bytes root) {

    private static final int LENGTH = 81;
    private static final byte LIVE = 0;

    public static ContainerList first(List<ContainerId> containers) {
        return new ContainerList(1, containers.size(), Predecessor.NONE, root(containers));
    }

    /// The list after a change.
    ///
    /// @param previous this list's envelope, as the server holds it
    /// @param containers all of them, in order of creation
    public ContainerList next(Bytes previous, List<ContainerId> containers) {
        return after(counter, previous, containers);
    }

    /// The list that follows on one which may not open.
    ///
    /// @param counter the one that the server has for it
    /// @param previous its envelope, as the server holds it
    /// @param containers all of them, in order of creation
    public static ContainerList after(long counter, Bytes previous, List<ContainerId> containers) {
        return new ContainerList(
                counter + 1, containers.size(), Bytes.copyOf(Sha256.of(previous.toArray())), root(containers));
    }

    /// @return whether these are all containers, in this order and each once
    public boolean covers(List<ContainerId> containers) {
        return containerCount == containers.size()
                && containers.stream().distinct().count() == containers.size()
                && root.equals(root(containers));
    }

    private static Bytes root(List<ContainerId> containers) {
        return Merkle.root(containers.stream()
                .map(id -> ByteBuffer.allocate(17).put(id.toArray()).put(LIVE).array())
                .toList());
    }

    byte[] encode() {
        return ByteBuffer.allocate(LENGTH)
                .put(RecordReader.VERSION)
                .putLong(counter)
                .putLong(containerCount)
                .put(previous.toArray())
                .put(root.toArray())
                .array();
    }

    static ContainerList decode(long counter, byte[] content) throws RejectedException {
        RecordReader in = new RecordReader(content, LENGTH);
        ContainerList list = new ContainerList(in.counter(), in.count(), in.hash(), in.hash());
        if (list.counter != counter || !Predecessor.fits(list.counter, list.previous)) {
            throw new RejectedException(RejectedException.Reason.MALFORMED);
        }
        return list;
    }
}
