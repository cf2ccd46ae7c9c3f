package dev.nescio.bench.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// How often a second several workers, each in a thread of its own, get their work done.
final class Rate {

    private Rate() {}

    interface Work {
        /// @throws Exception if it was not done, which ends the measurement
        void run() throws Exception;
    }

    static double of(List<? extends Work> workers, Duration duration) throws InterruptedException, ExecutionException {
        try (ExecutorService threads = Executors.newFixedThreadPool(workers.size())) {
            long began = System.nanoTime();
            long end = began + duration.toNanos();
            List<Future<Long>> counts = new ArrayList<>();
            for (Work worker : workers) {
                counts.add(threads.submit(() -> {
                    long done = 0;
                    while (System.nanoTime() < end) {
                        worker.run();
                        done++;
                    }
                    return done;
                }));
            }
            long total = 0;
            for (Future<Long> count : counts) {
                total += count.get();
            }
            return total / ((System.nanoTime() - began) / 1e9);
        }
    }
}
