package dev.nescio.server.throttle;

import java.time.Duration;

/// What is limited, how many times, and in which window.
public enum Limit {
    LOOKUP_BY_NETWORK(30, Duration.ofMinutes(1)),
    LOOKUP_BY_ADDRESS(10, Duration.ofMinutes(1)),
    FAILED_SIGN_IN_BY_NETWORK(60, Duration.ofMinutes(15)),
    FAILED_SIGN_IN_BY_ADDRESS(10, Duration.ofMinutes(15)),
    SIGN_UP_BY_NETWORK(20, Duration.ofHours(1));

    private final int most;
    private final Duration window;

    Limit(int most, Duration window) {
        this.most = most;
        this.window = window;
    }

    public int most() {
        return most;
    }

    public Duration window() {
        return window;
    }
}
