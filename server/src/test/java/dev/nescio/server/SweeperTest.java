package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
            assertTrue(fourTimes.await(20, TimeUnit.SECONDS), sweeper::toString);
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
    void stopsWhenItIsClosed() throws InterruptedException {
        AtomicInteger times = new AtomicInteger();
        Semaphore swept = new Semaphore(0);
        try (Sweeper sweeper = Sweeper.start(PAUSE, () -> {
            times.incrementAndGet();
            swept.release();
        })) {
            assertTrue(swept.tryAcquire(20, TimeUnit.SECONDS), sweeper::toString);
        }
        Thread.sleep(100); // One that had begun may end.
        int then = times.get();
        Thread.sleep(200);
        assertEquals(then, times.get());
    }
}
