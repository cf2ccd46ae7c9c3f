package dev.nescio.server;

import java.time.Duration;

/// Waits for what happens by itself, for as long as a machine may need that has much else to do.
public final class Patience {

    private static final Duration MOST = Duration.ofMinutes(1);
    private static final int TRIES = 5;

    private Patience() {}

    public interface Check {
        boolean holds() throws Exception;
    }

    public interface Attempt {

        /// @param factor how many times as long as in the first try everything may take
        void run(int factor) throws Exception;
    }

    /// Returns as soon as it holds.
    ///
    /// @throws AssertionError if it does not in a minute
    public static void until(Check check) throws Exception {
        long began = System.nanoTime();
        while (!check.holds()) {
            if (System.nanoTime() - began > MOST.toNanos()) {
                throw new AssertionError("it did not happen within " + MOST.toSeconds() + " s");
            }
            Thread.sleep(10);
        }
    }

    /// For what is about real time, such as a connection that is closed when nothing is said on it for so
    /// long: a machine that pauses at the wrong moment spoils a try. Each one has twice the time of the one
    /// before it, so that there is one that is long enough. What never holds fails all of them.
    ///
    /// @param attempt begins from the beginning each time, and closes what it opens
    public static void inOneOfSomeTries(Attempt attempt) throws Exception {
        for (int left = TRIES - 1; ; left--) {
            try {
                attempt.run(1 << (TRIES - 1 - left));
                return;
            } catch (Exception | AssertionError e) {
                if (left == 0) {
                    throw e;
                }
            }
        }
    }
}
