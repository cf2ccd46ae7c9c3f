package dev.nescio.client;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FreshProofTest {

    private Instant now = Instant.parse("2026-11-01T12:00:00Z");
    private final FreshProof proof = new FreshProof(() -> now);

    @Test
    void isNotThereBeforeACredentialWasProven() {
        assertFalse(proof.isThere());
    }

    @Test
    void isThereForFourMinutes() {
        proof.note();
        assertTrue(proof.isThere());
        now = now.plus(Duration.ofMinutes(4)).minusMillis(1);
        assertTrue(proof.isThere());
        now = now.plusMillis(1);
        assertFalse(proof.isThere());
        proof.note();
        assertTrue(proof.isThere());
    }

    /// How long ago it was cannot be known then.
    @Test
    void isNotThereWhenTheClockWasPutBack() {
        proof.note();
        now = now.minusSeconds(1);
        assertFalse(proof.isThere());
    }
}
