package dev.nescio.server.credential;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.protocol.Bytes;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Codes are those of RFC 6238, whatever the library beside this makes of them.
class TotpTest {

    private static final Bytes SECRET = Bytes.copyOf("12345678901234567890".getBytes(StandardCharsets.US_ASCII));

    /// Appendix B, SHA-1: the last six of its eight digits.
    @ParameterizedTest
    @CsvSource({
        "59, 287082",
        "1111111109, 081804",
        "1111111111, 050471",
        "1234567890, 005924",
        "2000000000, 279037",
        "20000000000, 353130"
    })
    void codesAreThoseOfTheRfc(long seconds, String code) {
        assertEquals(OptionalLong.of(seconds / 30), at(seconds).stepOf(SECRET, code));
    }

    @Test
    void aCodeIsAcceptedOneStepEarlyAndOneStepLate() {
        assertEquals(OptionalLong.of(1), at(0).stepOf(SECRET, "287082"));
        assertEquals(OptionalLong.of(1), at(89).stepOf(SECRET, "287082"));
        assertEquals(OptionalLong.empty(), at(90).stepOf(SECRET, "287082"));
    }

    private static Totp at(long seconds) {
        return new Totp(
                Clock.fixed(Instant.ofEpochSecond(seconds), ZoneOffset.UTC), RandomGenerator.of("L64X128MixRandom"));
    }
}
