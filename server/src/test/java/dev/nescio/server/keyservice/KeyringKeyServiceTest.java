package dev.nescio.server.keyservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.v1.AssociatedData;
import dev.nescio.server.keyservice.KeyService.Purpose;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyringKeyServiceTest {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Bytes VALUE = Bytes.copyOf(new byte[] {1, 2, 3});

    private final AssociatedData place =
            new AssociatedData("server/test", AccountId.generate(RANDOM), null, null, null, "key", 1);

    @TempDir
    private Path folder;

    @Test
    void answersTheSameAfterARestart() throws Exception {
        Bytes hash;
        Bytes salt;
        Bytes envelope;
        try (KeyService keys = open(false)) {
            hash = keys.hmac(Purpose.ADDRESS, VALUE);
            salt = keys.decoySalt(VALUE);
            envelope = keys.seal(place, VALUE);
        }
        try (KeyService keys = open(true)) {
            assertEquals(hash, keys.hmac(Purpose.ADDRESS, VALUE));
            assertEquals(salt, keys.decoySalt(VALUE));
            assertEquals(VALUE, keys.open(place, envelope));
        }
    }

    @Test
    void doesNothingOnceClosed() {
        KeyService closed = open(false);
        Bytes envelope = closed.seal(place, VALUE);
        closed.close();
        closed.close();
        assertThrows(IllegalStateException.class, () -> closed.hmac(Purpose.ADDRESS, VALUE));
        assertThrows(IllegalStateException.class, () -> closed.decoySalt(VALUE));
        assertThrows(IllegalStateException.class, () -> closed.seal(place, VALUE));
        assertThrows(IllegalStateException.class, () -> closed.open(place, envelope));
    }

    /// The sealing key lets go of its own, and the source of randomness is no secret.
    @Test
    void letsGoOfItsKeysWhenClosed() throws IllegalAccessException {
        KeyService closed = open(false);
        closed.close();
        Set<String> left = new HashSet<>();
        for (Field field : KeyringKeyService.class.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                field.setAccessible(true);
                if (field.get(closed) != null) {
                    left.add(field.getName());
                }
            }
        }
        assertEquals(Set.of("seal", "random"), left);
    }

    private KeyService open(boolean needed) {
        return KeyringKeyService.open(folder.resolve("keyring"), needed, RANDOM);
    }
}
