package dev.nescio.server.ephemeral;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.Bytes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// What every adapter of the port has to do. An adapter that cannot be told the time may wait in [#pass]; no
/// test lets more than seconds pass.
abstract class EphemeralStoreContract {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration LIFE = Duration.ofSeconds(2);

    /// A fresh one.
    ///
    /// @param mostValues how many values it keeps at once
    abstract EphemeralStore store(int mostValues);

    abstract void pass(Duration time);

    private static Bytes bytes(String text) {
        return Bytes.copyOf(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void valueStaysForItsLife() {
        EphemeralStore store = store(10);
        assertEquals(Optional.empty(), store.get(bytes("key")));
        assertTrue(store.put(bytes("key"), bytes("value"), LIFE));
        pass(SECOND);
        assertEquals(Optional.of(bytes("value")), store.get(bytes("key")));
        assertEquals(Optional.of(bytes("value")), store.get(bytes("key")), "to look is not to take");
        assertEquals(Optional.empty(), store.get(bytes("another key")));
        pass(SECOND);
        assertEquals(Optional.empty(), store.get(bytes("key")));
        assertEquals(Optional.empty(), store.take(bytes("key")));
    }

    @Test
    void valueThatIsThereStays() {
        EphemeralStore store = store(10);
        assertTrue(store.put(bytes("key"), bytes("value"), LIFE));
        assertFalse(store.put(bytes("key"), bytes("another"), LIFE));
        assertEquals(Optional.of(bytes("value")), store.get(bytes("key")));
    }

    @Test
    void onlyTheExpectedValueIsReplacedAndNothingIsProlonged() {
        EphemeralStore store = store(10);
        assertFalse(store.replace(bytes("key"), bytes("value"), bytes("another")));
        store.put(bytes("key"), bytes("value"), LIFE);
        assertFalse(store.replace(bytes("key"), bytes("another"), bytes("value")));
        pass(SECOND);
        assertTrue(store.replace(bytes("key"), bytes("value"), bytes("another")));
        assertFalse(store.replace(bytes("key"), bytes("value"), bytes("another")));
        assertEquals(Optional.of(bytes("another")), store.get(bytes("key")));
        pass(SECOND);
        assertEquals(Optional.empty(), store.get(bytes("key")));
    }

    @Test
    void valueIsTakenOnce() {
        EphemeralStore store = store(10);
        store.put(bytes("key"), bytes("value"), LIFE);
        assertEquals(Optional.of(bytes("value")), store.take(bytes("key")));
        assertEquals(Optional.empty(), store.take(bytes("key")));
        assertEquals(Optional.empty(), store.get(bytes("key")));
    }

    @Test
    void ofManyWhoTakeAtOnceOneWins() throws Exception {
        EphemeralStore store = store(10);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 200; round++) {
                store.put(bytes("key"), bytes("value"), LIFE);
                Callable<Optional<Bytes>> take = () -> store.take(bytes("key"));
                int winners = 0;
                for (Future<Optional<Bytes>> one : threads.invokeAll(Collections.nCopies(8, take))) {
                    winners += one.get().isPresent() ? 1 : 0;
                }
                assertEquals(1, winners);
            }
        }
    }

    @Test
    void fullStoreRefusesAndKeepsWhatItHas() {
        EphemeralStore store = store(2);
        assertTrue(store.put(bytes("one"), bytes("1"), LIFE));
        pass(SECOND);
        assertTrue(store.put(bytes("two"), bytes("2"), LIFE));
        assertFalse(store.put(bytes("three"), bytes("3"), LIFE));
        assertEquals(Optional.empty(), store.get(bytes("three")));
        assertEquals(Optional.of(bytes("1")), store.get(bytes("one")));
        assertEquals(Optional.of(bytes("2")), store.get(bytes("two")));
        pass(SECOND);
        assertTrue(store.put(bytes("three"), bytes("3"), LIFE), "what has expired makes room");
        assertFalse(store.put(bytes("four"), bytes("4"), LIFE));
        store.take(bytes("two"));
        assertTrue(store.put(bytes("four"), bytes("4"), LIFE), "what was taken makes room");
    }

    @Test
    void countersTakeNoRoomOfValues() {
        EphemeralStore store = store(1);
        for (int i = 0; i < 100; i++) {
            store.add(bytes("counter " + i), 1, LIFE);
        }
        assertTrue(store.put(bytes("key"), bytes("value"), LIFE));
    }

    @Test
    void windowBeginsWithTheFirstAdditionAndIsNotProlonged() {
        EphemeralStore store = store(10);
        EphemeralStore.Count first = store.add(bytes("counter"), 1, LIFE);
        assertEquals(1, first.value());
        assertTrue(first.left().compareTo(SECOND) > 0 && first.left().compareTo(LIFE) <= 0, () -> "" + first.left());
        pass(SECOND);
        EphemeralStore.Count second = store.add(bytes("counter"), 1, LIFE);
        assertEquals(2, second.value());
        assertTrue(second.left().compareTo(SECOND) <= 0, () -> "" + second.left());
        pass(SECOND);
        assertEquals(1, store.add(bytes("counter"), 1, LIFE).value());
        assertEquals(1, store.add(bytes("another counter"), 1, LIFE).value());
    }

    @Test
    void givingBackNeverLeadsBelowZero() {
        EphemeralStore store = store(10);
        assertEquals(0, store.add(bytes("counter"), -1, LIFE).value());
        assertEquals(0, store.add(bytes("counter"), 0, LIFE).value());
        assertEquals(1, store.add(bytes("counter"), 1, LIFE).value());
        assertEquals(3, store.add(bytes("counter"), 2, LIFE).value());
        assertEquals(3, store.add(bytes("counter"), 0, LIFE).value(), "zero only looks");
        assertEquals(2, store.add(bytes("counter"), -1, LIFE).value());
        assertEquals(0, store.add(bytes("counter"), -5, LIFE).value());
        assertEquals(1, store.add(bytes("counter"), 1, LIFE).value());
    }

    @Test
    void noAdditionIsLostBetweenThreads() throws Exception {
        EphemeralStore store = store(10);
        Callable<Long> add =
                () -> store.add(bytes("counter"), 1, Duration.ofMinutes(1)).value();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Long>> all = threads.invokeAll(Collections.nCopies(500, add));
            assertEquals(500, all.stream().map(Future::resultNow).distinct().count(), "each sees its own value");
        }
        assertEquals(500, store.add(bytes("counter"), 0, Duration.ofMinutes(1)).value());
    }
}
