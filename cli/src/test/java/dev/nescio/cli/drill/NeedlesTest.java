package dev.nescio.cli.drill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NeedlesTest {

    @Test
    void everyNeedleIsLongEnoughNotToOccurByChance() {
        for (int length = Needles.SHORTEST; length < 200; length++) {
            byte[] value = new byte[length];
            new Random(length).nextBytes(value);
            Needles needles = Needles.of(List.of(Secret.bytes("a key", Secrecy.CLIENT_ONLY, value)));
            assertTrue(needles.all().stream().allMatch(needle -> needle.pattern().length >= Needles.SHORTEST));
        }
    }

    @Test
    void aShortSecretIsRefusedWithoutBeingShown() {
        Secret code = Secret.text("a TOTP code", Secrecy.IN_PASSING, "492039");
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> Needles.of(List.of(code)));
        assertTrue(refusal.getMessage().contains("a TOTP code"));
        assertFalse(refusal.getMessage().contains("492039"));
    }

    @Test
    void aSecretThatRepeatsItselfIsRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> Needles.of(List.of(Secret.text("a title", Secrecy.CLIENT_ONLY, "-".repeat(100)))));
        assertThrows(
                IllegalArgumentException.class,
                () -> Needles.of(List.of(Secret.bytes("a key", Secrecy.CLIENT_ONLY, new byte[32]))));
    }

    @Test
    void aLongSecretIsCutIntoPiecesFromEndToEnd() {
        Random random = new Random(1);
        StringBuilder text = new StringBuilder();
        while (text.length() < 20_000) {
            text.append((char) random.nextInt('a', 'z' + 1));
        }
        List<String> pieces =
                Needles.of(List.of(Secret.text("a message", Secrecy.CLIENT_ONLY, text.toString()))).all().stream()
                        .filter(needle -> needle.encoding().equals("UTF-8"))
                        .map(needle -> new String(needle.pattern(), java.nio.charset.StandardCharsets.UTF_8))
                        .toList();
        assertEquals(0, text.indexOf(pieces.getFirst()));
        assertTrue(text.toString().endsWith(pieces.getLast()));
        int before = 0;
        for (String piece : pieces) {
            int at = text.indexOf(piece);
            assertTrue(at - before < 400, "a gap of " + (at - before));
            before = at;
        }
    }

    @Test
    void nothingPrintsASecret() {
        Secret secret = Secret.text("the password", Secrecy.CLIENT_ONLY, "violet harbour 7");
        assertFalse(secret.toString().contains("violet"));
        assertFalse(Needles.of(List.of(secret)).all().toString().contains("violet"));
    }
}
