package dev.nescio.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.Bech32m;
import dev.nescio.sealing.RejectedException;
import java.security.SecureRandom;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecoveryKeyTest {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String ALPHABET = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";

    /// The valid test vectors of BIP 350 whose data part is of whole octets under this program's rules come from its
    /// text; these three check the checksum itself.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a1lqfn3a",
                "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx",
                "split1checkupstagehandshakeupstreamerranterredcaperredlc445v"
            })
    void knowsTheChecksumOfBip350(String text) {
        int separator = text.lastIndexOf('1');
        String prefix = text.substring(0, separator);
        int digits = text.length() - separator - 1 - 6;
        assertEquals(text, encodedAnew(prefix, text.substring(separator + 1, separator + 1 + digits)));
    }

    /// Bech32m of digits that need not be whole octets: those are encoded with digits of zero in front of the checksum.
    private static String encodedAnew(String prefix, String digits) {
        return Bech32m.encodeDigits(
                prefix,
                digits.chars()
                        .map(c -> ALPHABET.toLowerCase(Locale.ROOT).indexOf(c))
                        .toArray());
    }

    @Property(tries = 200)
    void isReadAsItIsShown(@ForAll long seed) {
        try (RecoveryKey drawn = RecoveryKey.generate(new java.util.Random(seed))) {
            String text = drawn.text();
            assertTrue(text.matches("R1[" + ALPHABET + "]{2}(-[" + ALPHABET + "]{4}){14}"), text);
            try (RecoveryKey read = RecoveryKey.parse(text)) {
                assertEquals(text, read.text());
                assertEquals(drawn.slot(), read.slot());
                assertEquals(drawn.credential().lookupHash(), read.credential().lookupHash());
            }
        }
    }

    @Test
    void everyWrongCharacterIsNoticed() {
        String text = RecoveryKey.generate(RANDOM).text().replace("-", "");
        for (int at = 0; at < text.length(); at++) {
            for (char other : (ALPHABET + "B1IO").toCharArray()) {
                if (other != text.charAt(at)) {
                    String wrong = text.substring(0, at) + other + text.substring(at + 1);
                    assertThrows(IllegalArgumentException.class, () -> RecoveryKey.parse(wrong), wrong);
                }
            }
        }
    }

    @Test
    void everySwapOfTwoCharactersIsNoticed() {
        String text = RecoveryKey.generate(RANDOM).text().replace("-", "");
        for (int one = 0; one < text.length(); one++) {
            for (int two = one + 1; two < text.length(); two++) {
                if (text.charAt(one) != text.charAt(two)) {
                    StringBuilder swapped = new StringBuilder(text);
                    swapped.setCharAt(one, text.charAt(two));
                    swapped.setCharAt(two, text.charAt(one));
                    assertThrows(IllegalArgumentException.class, () -> RecoveryKey.parse(swapped.toString()));
                }
            }
        }
    }

    @Test
    void theErrorDoesNotRepeatTheKey() {
        String text = RecoveryKey.generate(RANDOM).text().replace("-", "");
        String wrong = text.substring(0, 59);
        String message = assertThrows(IllegalArgumentException.class, () -> RecoveryKey.parse(wrong))
                .getMessage();
        assertFalse(message.contains(wrong.substring(10, 20)));
    }

    @Test
    void opensWhatItWrappedAndNoOtherKeyDoes() throws RejectedException {
        AccountId account = AccountId.generate(RANDOM);
        try (RecoveryKey key = RecoveryKey.generate(RANDOM);
                RecoveryKey other = RecoveryKey.generate(RANDOM);
                MasterKey masterKey = MasterKey.generate(account, RANDOM)) {
            Bytes wrapped = key.credential().wrap(masterKey, key.slot(), RANDOM);
            key.credential().unwrap(account, key.slot(), wrapped).close();
            assertNotEquals(key.slot(), other.slot());
            assertThrows(RejectedException.class, () -> other.credential().unwrap(account, key.slot(), wrapped));
            assertThrows(RejectedException.class, () -> key.credential().unwrap(account, other.slot(), wrapped));
        }
    }

    @Test
    void isOfNoUseOnceClosed() {
        RecoveryKey key = RecoveryKey.generate(RANDOM);
        key.close();
        assertThrows(IllegalStateException.class, key::text);
        assertThrows(IllegalStateException.class, key::credential);
    }
}
