package dev.nescio.sealing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Json;
import java.util.concurrent.atomic.AtomicReference;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SecretBytesTest {

    @Property
    void lendsWhatWasCopiedIn(@ForAll byte[] bytes) {
        byte[] given = bytes.clone();
        SecretBytes secret = SecretBytes.copyOf(given);
        java.util.Arrays.fill(given, (byte) 7);
        assertArrayEquals(bytes, secret.lend(byte[]::clone));
        assertEquals(bytes.length, secret.length());
    }

    @Property
    void closingWipesAndEndsLending(@ForAll @Size(min = 1) byte[] bytes) {
        SecretBytes secret = SecretBytes.copyOf(bytes);
        AtomicReference<byte[]> kept = new AtomicReference<>();
        secret.lend(lent -> {
            kept.set(lent);
            return null;
        });
        secret.close();
        assertArrayEquals(new byte[bytes.length], kept.get());
        assertThrows(IllegalStateException.class, () -> secret.lend(lent -> lent));
        assertEquals(bytes.length, secret.length());
        secret.close();
    }

    @Test
    void takenArrayIsWiped() {
        byte[] given = {1, 2, 3};
        SecretBytes.taking(given).close();
        assertArrayEquals(new byte[3], given);
    }

    @Property
    void equalsByContent(@ForAll @Size(max = 4) byte[] some, @ForAll @Size(max = 4) byte[] others) {
        boolean same = java.util.Arrays.equals(some, others);
        assertEquals(same, SecretBytes.copyOf(some).equals(SecretBytes.copyOf(others)));
        assertEquals(SecretBytes.copyOf(some), SecretBytes.copyOf(some));
        assertNotEquals(SecretBytes.copyOf(some), Bytes.copyOf(some));
    }

    @Property
    void showsNothing(@ForAll @Size(32) byte[] bytes) {
        SecretBytes secret = SecretBytes.copyOf(bytes);
        assertEquals("SecretBytes[redacted]", secret.toString());
        assertEquals(32, secret.hashCode(), "a hash of the content would tell about it");
        assertFalse(Json.LENIENT
                .writeValueAsString(secret)
                .contains(Bytes.copyOf(bytes).base64url().substring(0, 8)));
    }
}
