package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SweeperTest {

    private static final Duration PAUSE = Duration.ofMillis(5);

    @Test
    void goesOnAfterAFailure() throws InterruptedException {
        CountDownLatch fourTimes = new CountDownLatch(4);
        try (Sweeper sweeper = Sweeper.start(PAUSE, () -> {
            fourTimes.countDown();
            throw new IllegalStateException("this time it did not work");
        })) {
            assertTrue(fourTimes.await(1, TimeUnit.MINUTES), sweeper::toString);
        }
    }

    @Test
    void waitsBeforeTheFirstTime() throws InterruptedException {
        Semaphore swept = new Semaphore(0);
        try (Sweeper sweeper = Sweeper.start(Duration.ofHours(1), swept::release)) {
            assertTrue(!swept.tryAcquire(200, TimeUnit.MILLISECONDS), sweeper::toString);
        }
    }

    @Test
    void stopsWhenItIsClosed() throws Exception {
        AtomicInteger times = new AtomicInteger();
        Semaphore swept = new Semaphore(0);
        try (Sweeper sweeper = Sweeper.start(PAUSE, () -> {
            times.incrementAndGet();
            swept.release();
        })) {
            assertTrue(swept.tryAcquire(1, TimeUnit.MINUTES), sweeper::toString);
        }
        // One that had begun may end.
        Patience.until(() -> {
            int then = times.get();
            Thread.sleep(PAUSE.multipliedBy(40));
            return then == times.get();
        });
    }
}
