package dev.nescio.keys;

import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.Sha256;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/// The Merkle tree hash of RFC 9162, section 2.1.1, over pages of 64 entries (spec, section 8.3).
final class Merkle {

    static final int PAGE = 64;

    private static final byte[] LEAF = {0};
    private static final byte[] NODE = {1};

    private Merkle() {}

    /// @param entries encoded, in order of position
    static Bytes root(List<byte[]> entries) {
        List<byte[]> hashes = new ArrayList<>();
        for (int from = 0; from < entries.size(); from += PAGE) {
            ByteArrayOutputStream page = new ByteArrayOutputStream();
            entries.subList(from, Math.min(entries.size(), from + PAGE)).forEach(page::writeBytes);
            hashes.add(Sha256.of(LEAF, page.toByteArray()));
        }
        return Bytes.copyOf(hashes.isEmpty() ? Sha256.of() : tree(hashes));
    }

    private static byte[] tree(List<byte[]> hashes) {
        if (hashes.size() == 1) {
            return hashes.getFirst();
        }
        // The left side is the largest power of two below the number of leaves.
        int left = Integer.highestOneBit(hashes.size() - 1);
        return Sha256.of(NODE, tree(hashes.subList(0, left)), tree(hashes.subList(left, hashes.size())));
    }
}
