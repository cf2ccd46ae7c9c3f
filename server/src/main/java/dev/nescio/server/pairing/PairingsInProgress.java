package dev.nescio.server.pairing;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.PairingId;
import dev.nescio.server.ephemeral.EphemeralStore;
import dev.nescio.server.http.ProblemType;
import dev.nescio.server.http.Refusal;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// The pairings that wait: outside the database, for two minutes, once.
///
/// Whatever does not fit is `not-found`, whether it has expired, never was, is somebody else's or another's turn.
final class PairingsInProgress {

    static final Duration LIFE = Duration.ofMinutes(2);

    private static final Duration TRY_AGAIN = Duration.ofMinutes(1);

    private final EphemeralStore store;

    PairingsInProgress(EphemeralStore store) {
        this.store = store;
    }

    /// Begins, or finds begun by the same request.
    ///
    /// @return the one that is there now
    PairingState start(PairingId pairing, PairingState started) {
        if (store.put(pairing.bytes(), started.stored(), LIFE)) {
            return started;
        }
        PairingState there = get(pairing).orElseThrow(() -> Refusal.unavailable(TRY_AGAIN));
        if (!there.beganAs(started)) {
            throw notFound();
        }
        return there;
    }

    PairingState find(PairingId pairing, Predicate<PairingState> fits) {
        return get(pairing).filter(fits).orElseThrow(PairingsInProgress::notFound);
    }

    boolean has(PairingId pairing, Predicate<PairingState> fits) {
        return get(pairing).filter(fits).isPresent();
    }

    private Optional<PairingState> get(PairingId pairing) {
        return store.get(pairing.bytes()).map(PairingState::parse);
    }

    /// Goes one step on. What was said before stays: who says the same again has said it, who says something else is
    /// refused.
    ///
    /// @param open whether the step was not made yet
    void step(
            PairingId pairing,
            Predicate<PairingState> fits,
            Predicate<PairingState> open,
            UnaryOperator<PairingState> next) {
        Bytes before = store.get(pairing.bytes()).orElseThrow(PairingsInProgress::notFound);
        PairingState state = PairingState.parse(before);
        if (!fits.test(state)) {
            throw notFound();
        }
        boolean made = open.test(state)
                ? store.replace(pairing.bytes(), before, next.apply(state).stored())
                : next.apply(state).stored().equals(before);
        if (!made) {
            throw notFound();
        }
    }

    /// Ends it.
    ///
    /// @return whether it was this caller who did; of several at the same moment one did
    boolean end(PairingId pairing) {
        return store.take(pairing.bytes()).isPresent();
    }

    static Refusal notFound() {
        return Refusal.of(ProblemType.NOT_FOUND);
    }
}
