package dev.nescio.server.ephemeral;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.nescio.protocol.Bytes;
import java.time.Duration;
import java.util.Optional;

/// In this process's memory: for a server on its own.
public final class MemoryStore implements EphemeralStore {

    /// A counter takes about 200 octets; past this the oldest make way.
    private static final int MOST_COUNTERS = 200_000;

    private record Value(Bytes bytes, long expiresAt) {}

    private record Counter(long value, long expiresAt) {}

    private final Ticker ticker;
    private final int mostValues;
    private final Cache<Bytes, Value> values;
    private final Cache<Bytes, Counter> counters;

    /// @param ticker nanoseconds that only go forward
    /// @param mostValues how many values are kept at once
    public MemoryStore(Ticker ticker, int mostValues) {
        this.ticker = ticker;
        this.mostValues = mostValues;
        this.values = Caffeine.newBuilder()
                .ticker(ticker)
                .executor(Runnable::run)
                .expireAfter(Expiry.<Bytes, Value>writing((key, value) -> left(value.expiresAt())))
                .build();
        this.counters = Caffeine.newBuilder()
                .ticker(ticker)
                .executor(Runnable::run)
                .maximumSize(MOST_COUNTERS)
                .expireAfter(Expiry.<Bytes, Counter>writing((key, counter) -> left(counter.expiresAt())))
                .build();
    }

    /// One at a time, so that no more are kept than may be.
    @Override
    public synchronized boolean put(Bytes key, Bytes value, Duration life) {
        values.cleanUp();
        if (values.estimatedSize() >= mostValues) {
            return false;
        }
        return values.asMap().putIfAbsent(key, new Value(value, ticker.read() + life.toNanos())) == null;
    }

    @Override
    public boolean replace(Bytes key, Bytes before, Bytes after) {
        Value known = values.getIfPresent(key);
        return known != null
                && known.bytes().equals(before)
                && values.asMap().replace(key, known, new Value(after, known.expiresAt()));
    }

    @Override
    public Optional<Bytes> get(Bytes key) {
        return Optional.ofNullable(values.getIfPresent(key)).map(Value::bytes);
    }

    @Override
    public Optional<Bytes> take(Bytes key) {
        return Optional.ofNullable(values.asMap().remove(key)).map(Value::bytes);
    }

    @Override
    public Count add(Bytes key, int amount, Duration window) {
        Counter counter = counters.asMap().compute(key, (same, known) -> added(known, amount, window));
        return counter == null ? new Count(0, window) : new Count(counter.value(), left(counter.expiresAt()));
    }

    private Counter added(Counter known, int amount, Duration window) {
        if (known == null) {
            return amount > 0 ? new Counter(amount, ticker.read() + window.toNanos()) : null;
        }
        return new Counter(Math.max(0, known.value() + amount), known.expiresAt());
    }

    private Duration left(long expiresAt) {
        return Duration.ofNanos(Math.max(0, expiresAt - ticker.read()));
    }

    /// Lets go of what has expired. Without this it stays in memory until something else is kept.
    public void sweep() {
        values.cleanUp();
        counters.cleanUp();
    }

    /// How many values are in memory, those included that have expired and were not swept.
    public long size() {
        return values.estimatedSize();
    }
}
