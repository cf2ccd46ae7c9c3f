package dev.nescio.server.ephemeral;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.protocol.Bytes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MemoryStoreTest extends EphemeralStoreContract {

    private final AtomicLong nanos = new AtomicLong();

    @Override
    MemoryStore store(int mostValues) {
        return new MemoryStore(nanos::get, mostValues);
    }

    @Override
    void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    /// A clock that takes its time lets all of them look before one of them puts.
    @Test
    void noMoreAreKeptThanFitHoweverManyPutAtOnce() throws Exception {
        MemoryStore store = new MemoryStore(
                () -> {
                    LockSupport.parkNanos(20_000_000);
                    return 0;
                },
                3);
        List<Callable<Boolean>> puts = IntStream.range(0, 8)
                .<Callable<Boolean>>mapToObj(i -> () -> {
                    Bytes key = Bytes.copyOf(new byte[] {(byte) i});
                    return store.put(key, key, Duration.ofHours(1));
                })
                .toList();
        int kept = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (Future<Boolean> one : threads.invokeAll(puts)) {
                kept += one.get() ? 1 : 0;
            }
        }
        assertEquals(3, kept);
    }
}
