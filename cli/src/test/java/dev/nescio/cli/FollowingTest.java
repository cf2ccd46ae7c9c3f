package dev.nescio.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.cli.Following.Event;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

class FollowingTest {

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>(List.of(Event.CHANGED, Event.REVOKED));

    @Test
    void takesTheEventsInTheirOrderUntilTheCheckIsDue() {
        assertEquals(Event.CHANGED, Following.take(events, Duration.ofMinutes(5)));
        assertEquals(Event.REVOKED, Following.take(events, Duration.ofMinutes(5)));
        assertEquals(Event.CHECK_DUE, Following.take(events, Duration.ofMillis(1)));
    }

    /// Else whoever writes all the time with a stolen session could keep its owner from being told of a reset code.
    @Test
    void eventsThatGoOnDoNotPutTheCheckOff() {
        assertEquals(Event.CHECK_DUE, Following.take(events, Duration.ZERO));
        assertEquals(Event.CHECK_DUE, Following.take(events, Duration.ofSeconds(-1)));
        assertEquals(Event.CHANGED, Following.take(events, Duration.ofMinutes(5)), "and lose nothing");
    }
}
