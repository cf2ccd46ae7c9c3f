package dev.nescio.server.throttle;

import java.time.Duration;

/// What is limited, how many times, and in which window.
public enum Limit {
    REQUEST_OF_SESSION(60_000, Duration.ofMinutes(1)),
    REQUEST_OF_NETWORK(6_000, Duration.ofMinutes(1)),
    LOOKUP(30, Duration.ofMinutes(1)),
    PASSKEY_CHALLENGE(30, Duration.ofMinutes(1)),
    FAILED_SIGN_IN(60, Duration.ofMinutes(15)),
    FAILED_SIGN_IN_OF_ADDRESS(10, Duration.ofMinutes(15)),
    SIGN_UP(20, Duration.ofHours(1)),
    MAIL(10, Duration.ofHours(1)),
    MAIL_FROM_SERVER(200, Duration.ofHours(1)),
    MAIL_TO_ADDRESS(3, Duration.ofHours(1)),
    MAIL_TO_ADDRESS_FROM_ANYWHERE(10, Duration.ofDays(1)),
    MAIL_ALERT(10, Duration.ofDays(1)),
    RESET(10, Duration.ofHours(1)),
    NEW_AUTHENTICATOR(10, Duration.ofHours(1)),
    PAIRING(30, Duration.ofMinutes(15)),
    FAILED_PROOF(20, Duration.ofDays(1)),
    HALF_RIGHT_SIGN_IN(20, Duration.ofDays(1));

    /// A block of IPv6 networks may do as much as so many networks.
    static final int NETWORKS_OF_A_BLOCK = 10;

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
