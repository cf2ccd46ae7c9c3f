package dev.nescio.server.http;

import java.util.concurrent.Semaphore;

/// How many octets of request bodies may be in memory at one time, of all requests together. Safe for use by
/// many threads.
///
/// Octets count as they arrive, not as they are announced: a body that never comes holds nothing.
final class BodyBudget {

    private final Semaphore octets;

    BodyBudget(int octets) {
        this.octets = new Semaphore(octets);
    }

    /// A sixteenth of the heap: reading, checking and parsing a body take several times its size.
    static BodyBudget ofHeap() {
        return new BodyBudget(
                (int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / 16));
    }

    Share share() {
        return new Share();
    }

    /// What one request has of the budget, until it is closed. For one thread.
    final class Share implements AutoCloseable {

        private int taken;

        /// @return whether that many more octets may be held
        boolean take(int more) {
            if (!octets.tryAcquire(more)) {
                return false;
            }
            taken += more;
            return true;
        }

        @Override
        public void close() {
            octets.release(taken);
            taken = 0;
        }
    }
}
