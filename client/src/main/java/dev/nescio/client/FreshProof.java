package dev.nescio.client;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// Whether a credential was proven on this device just now (spec, section 10.9). This device knows that by itself: what
/// the server says of it may be a lie. Safe for use by many threads.
final class FreshProof {

    /// A minute less than at the server, so that what depends on it arrives in time.
    private static final Duration LASTS = Duration.ofMinutes(4);

    private final InstantSource clock;
    private volatile Instant proven = Instant.MIN;

    FreshProof(InstantSource clock) {
        this.clock = clock;
    }

    /// The server has accepted a credential.
    void note() {
        proven = clock.instant();
    }

    /// As old as that of the account before.
    void takeOver(FreshProof before) {
        proven = before.proven;
    }

    boolean isThere() {
        Instant now = clock.instant();
        return !now.isBefore(proven) && now.isBefore(proven.plus(LASTS));
    }
}
