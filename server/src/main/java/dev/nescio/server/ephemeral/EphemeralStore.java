package dev.nescio.server.ephemeral;

import dev.nescio.protocol.Bytes;
import java.time.Duration;
import java.util.Optional;

/// What is needed for minutes and may be lost at a restart: sign-ups that wait for their first code,
/// mailed codes, pairings, and counters of rate limits. Safe for use by many threads.
///
/// Whatever secret is put here was sealed or hashed before, and no key tells whom it is about.
public interface EphemeralStore {

    /// Keeps a value until `life` has passed.
    ///
    /// @return false, with nothing changed, when there is a value, or the store holds as many as it may
    boolean put(Bytes key, Bytes value, Duration life);

    /// Puts another value in place of the one there, for what is left of its life.
    ///
    /// @return false, with nothing changed, unless `before` was there; of several concurrent callers one succeeds
    boolean replace(Bytes key, Bytes before, Bytes after);

    Optional<Bytes> get(Bytes key);

    /// Removes the value.
    ///
    /// @return what was there; of several concurrent callers one gets it
    Optional<Bytes> take(Bytes key);

    /// Adds to a counter, which starts at zero and is forgotten `window` after its first addition.
    ///
    /// @param amount may be negative, to give back
    Count add(Bytes counter, int amount, Duration window);

    /// @param value the counter after the addition
    /// @param left until the counter is forgotten
    record Count(long value, Duration left) {}
}
