package dev.nescio.server.passkey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.nescio.protocol.Bytes;
import dev.nescio.server.ephemeral.MemoryStore;
import dev.nescio.server.http.Refusal;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ChallengesTest {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000_000_000L);
    private final Ticker ticker = nanos::get;
    private final MemoryStore used = new MemoryStore(ticker, 2);
    private final Challenges challenges = new Challenges(used, new SecureRandom(), ticker);

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void thoseHandedOutTakeNoPlace() {
        Set<Bytes> drawn = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            drawn.add(challenges.draw());
        }
        assertEquals(1000, drawn.size());
        assertTrue(drawn.stream().allMatch(challenges::isValid));
        assertEquals(0, used.size());
    }

    @Test
    void eachWorksOnce() {
        Bytes one = challenges.draw();
        Bytes other = challenges.draw();
        assertTrue(challenges.use(one));
        assertFalse(challenges.isValid(one));
        assertFalse(challenges.use(one));
        assertTrue(challenges.isValid(other));
    }

    @Test
    void eachWorksForFiveMinutes() {
        Bytes challenge = challenges.draw();
        pass(Challenges.LIFE.minusNanos(1));
        assertTrue(challenges.isValid(challenge));
        pass(Duration.ofNanos(1));
        assertFalse(challenges.isValid(challenge));
    }

    @Test
    void oneThatWasUsedIsRememberedForAsLongAsItWouldBeInTime() {
        Bytes challenge = challenges.draw();
        pass(Challenges.LIFE.minusSeconds(1));
        assertTrue(challenges.use(challenge));
        assertFalse(challenges.isValid(challenge));
        pass(Duration.ofSeconds(1));
        assertFalse(challenges.isValid(challenge));
        pass(Challenges.LIFE);
        used.sweep();
        assertEquals(0, used.size());
    }

    @Test
    void noneIsMadeByAnybodyElse() {
        byte[] challenge = challenges.draw().toArray();
        assertEquals(32, challenge.length);
        for (int bit = 0; bit < 8 * challenge.length; bit++) {
            byte[] changed = challenge.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertFalse(challenges.isValid(Bytes.copyOf(changed)), "bit " + bit);
        }
        Challenges afterARestart = new Challenges(used, new SecureRandom(), ticker);
        assertFalse(afterARestart.isValid(Bytes.copyOf(challenge)));
        assertTrue(challenges.isValid(Bytes.copyOf(challenge)));
    }

    @Test
    void whatCannotBeRememberedIsNotAccepted() {
        Bytes known = challenges.draw();
        assertTrue(challenges.use(known));
        assertTrue(challenges.use(challenges.draw()));
        assertThrows(Refusal.class, () -> challenges.use(challenges.draw()));
        assertFalse(challenges.use(known));
    }
}
