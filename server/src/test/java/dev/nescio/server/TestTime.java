package dev.nescio.server;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/// Time that passes when a test says so.
final class TestTime extends Clock {

    private volatile Instant now = Instant.parse("2026-11-01T12:00:00Z");

    void pass(Duration duration) {
        now = now.plus(duration);
    }

    Ticker ticker() {
        return () -> Duration.between(Instant.EPOCH, now).toNanos();
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
