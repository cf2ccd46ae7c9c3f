package dev.nescio.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ResetCodeTest {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String ALPHABET = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
    private static final Address ADDRESS = Address.parse("ada@example.org");

    @Property(tries = 200)
    void isReadAsItIsShown(@ForAll long seed) {
        try (ResetCode drawn = ResetCode.generate(new java.util.Random(seed))) {
            String text = drawn.text();
            assertTrue(text.matches("RESE-T1[" + ALPHABET + "]{2}(-[" + ALPHABET + "]{4}){9}"), text);
            try (ResetCode read = ResetCode.parse(text)) {
                assertEquals(text, read.text());
                assertEquals(drawn.hash(ADDRESS), read.hash(ADDRESS));
                assertNotEquals(drawn.hash(ADDRESS), read.hash(Address.parse("eve@example.org")));
            }
        }
    }

    @Test
    void everyWrongCharacterIsNoticed() {
        String text = ResetCode.generate(RANDOM).text().replace("-", "");
        for (int at = 0; at < text.length(); at++) {
            for (char other : (ALPHABET + "B1IO").toCharArray()) {
                if (other != text.charAt(at)) {
                    String wrong = text.substring(0, at) + other + text.substring(at + 1);
                    assertThrows(IllegalArgumentException.class, () -> ResetCode.parse(wrong), wrong);
                }
            }
        }
    }

    @Test
    void theErrorDoesNotRepeatTheCode() {
        String text = ResetCode.generate(RANDOM).text().replace("-", "");
        String wrong = text.substring(0, 43);
        String message = assertThrows(IllegalArgumentException.class, () -> ResetCode.parse(wrong))
                .getMessage();
        assertFalse(message.contains(wrong.substring(10, 20)));
    }

    @Test
    void isNoRecoveryKeyAndNoneIsOne() {
        String code = ResetCode.generate(RANDOM).text();
        String key = RecoveryKey.generate(RANDOM).text();
        assertThrows(IllegalArgumentException.class, () -> RecoveryKey.parse(code));
        assertThrows(IllegalArgumentException.class, () -> ResetCode.parse(key));
    }

    @Test
    void isOfNoUseOnceClosed() {
        ResetCode code = ResetCode.generate(RANDOM);
        code.close();
        assertThrows(IllegalStateException.class, code::text);
        assertThrows(IllegalStateException.class, () -> code.hash(ADDRESS));
    }
}
