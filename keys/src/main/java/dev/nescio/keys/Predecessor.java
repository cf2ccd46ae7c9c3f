package dev.nescio.keys;

import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.Sha256;

/// The envelope that a manifest, a list or a directory names as the one before it (spec, section 8.3).
final class Predecessor {

    /// What the first names.
    static final Bytes NONE = Bytes.copyOf(new byte[Sha256.LENGTH]);

    private Predecessor() {}

    /// @return whether what has this counter may name this predecessor
    static boolean fits(long counter, Bytes previous) {
        return counter > 1 || previous.equals(NONE);
    }
}
