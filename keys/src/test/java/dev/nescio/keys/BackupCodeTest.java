package dev.nescio.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class BackupCodeTest {

    private static final Address ADDRESS = Address.parse("ada@example.org");

    @Property(tries = 200)
    void isReadAsItIsShown(@ForAll long seed, @ForAll boolean lower, @ForAll boolean bare) {
        try (BackupCode drawn = BackupCode.generate(new java.util.Random(seed))) {
            String text = drawn.text();
            assertTrue(text.matches("[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}"), text);
            String typed = lower ? text.toLowerCase(Locale.ROOT) : text;
            try (BackupCode read = BackupCode.parse(bare ? typed.replace("-", "") : typed)) {
                assertEquals(drawn.hash(ADDRESS), read.hash(ADDRESS));
                assertEquals(text, read.text());
            }
        }
    }

    @Property
    void whatIsAcceptedHasOneMeaning(
            @ForAll @StringLength(min = 15, max = 18) @Chars({'0', '1', 'O', 'I', 'l', 'Z', '-', ' ', 'U', '\u017f'})
                    String typed) {
        BackupCode read;
        try {
            read = BackupCode.parse(typed);
        } catch (IllegalArgumentException e) {
            assertFalse(e.getMessage().contains(typed));
            return;
        }
        String expected =
                typed.replaceAll("[- ]", "").replace('O', '0').replace('I', '1').replace('l', '1');
        assertEquals(expected, read.text().replace("-", ""));
        read.close();
    }

    @Test
    void differsByCodeAndByAddress() {
        SecureRandom random = new SecureRandom();
        Set<Object> hashes = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            try (BackupCode code = BackupCode.generate(random)) {
                hashes.add(code.hash(ADDRESS));
                hashes.add(code.hash(Address.parse("bob@example.org")));
            }
        }
        assertEquals(200, hashes.size());
    }

    @Test
    void isOfNoUseOnceClosed() {
        BackupCode code = BackupCode.parse("7K2M-9QXA-0F4T-BZ5C");
        code.close();
        assertThrows(IllegalStateException.class, code::text);
        assertThrows(IllegalStateException.class, () -> code.hash(ADDRESS));
    }
}
