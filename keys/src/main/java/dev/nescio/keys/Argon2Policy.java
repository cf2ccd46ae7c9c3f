package dev.nescio.keys;

import dev.nescio.protocol.Argon2Parameters;
import java.util.Optional;

/// Which Argon2id parameters a client accepts from a server (spec, section 3.4), decided before anything is
/// computed or sent.
public final class Argon2Policy {

    private static final int LEAST_MEMORY = 65536;
    private static final int MOST_MEMORY = 1048576;
    private static final int LEAST_PASSES = 3;
    private static final int MOST_PASSES = 16;

    /// The server offered parameters that are too weak, or so strong that they would exhaust the device. An
    /// attack, or a server that is not one.
    public static final class RefusedException extends Exception {

        private static final long serialVersionUID = 1L;

        RefusedException() {
            super("the server's parameters for Argon2id are refused");
        }
    }

    private Argon2Policy() {}

    /// @param pinned what this device has used for this address before
    public static void check(Argon2Parameters offered, Optional<Argon2Parameters> pinned) throws RefusedException {
        boolean tooWeak = offered.memoryKiB() < LEAST_MEMORY || offered.passes() < LEAST_PASSES || offered.lanes() != 1;
        boolean exhausting = offered.memoryKiB() > MOST_MEMORY || offered.passes() > MOST_PASSES;
        boolean weakerThanPinned = pinned.isPresent()
                && (offered.memoryKiB() < pinned.get().memoryKiB()
                        || offered.passes() < pinned.get().passes());
        if (tooWeak || exhausting || weakerThanPinned) {
            throw new RefusedException();
        }
    }
}
