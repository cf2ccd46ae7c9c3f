package dev.nescio.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.keys.vectors.Vector;
import dev.nescio.protocol.Bytes;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Section 3.3 to the byte.
class PasswordTest {

    static Stream<Vector> accepted() {
        return Vector.all("password-text").stream().filter(vector -> !vector.fails());
    }

    @Test
    void saysThatACharacterIsTooNew() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Password.of("a\ua7ce".toCharArray()));
        assertTrue(e.getMessage().contains("newer than 2023"), e.getMessage());
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void isNormalisedToTheByte(Vector vector) {
        try (Password password = Password.of(vector.typed().toCharArray())) {
            assertEquals(vector.hex("utf8"), password.utf8().<Bytes>lend(Bytes::copyOf));
        }
    }
}
