package dev.nescio.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.time.Duration;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class AddressTest {

    private static final Pattern DOMAIN = Pattern.compile("[a-z0-9-]{1,63}(\\.[a-z0-9-]{1,63})*");

    @Provide
    Arbitrary<String> addresses() {
        Arbitrary<String> locals = Arbitraries.strings()
                .ascii()
                .withChars('\u00e9', '\u0301', '\u03a3', '\u0130', '\u1e9e', '\uff21', '\ud83d', '\ude00', '@')
                .ofMaxLength(8);
        Arbitrary<String> domains = Arbitraries.strings()
                .withCharRange('a', 'z')
                .withChars('\u00fc', '\u00df', 'A', '.', '-', '_', '\u3002', '\uff0e', '\u05d0', '1', '\u200d', ' ')
                .ofMaxLength(12);
        return locals.flatMap(local -> domains.map(domain -> local + "@" + domain));
    }

    @Property
    void whatIsAcceptedIsNormalised(@ForAll("addresses") String typed) {
        Address address;
        try {
            address = Address.parse(typed);
        } catch (IllegalArgumentException e) {
            return;
        }
        String normalised = address.normalised();
        assertEquals(address, Address.parse(normalised), "once more changes nothing");
        assertEquals(normalised, Address.parse(" \t" + typed + "\r\n").normalised());
        assertTrue(Normalizer.isNormalized(normalised, Normalizer.Form.NFC));
        assertEquals(1, normalised.chars().filter(c -> c == '@').count());
        assertTrue(DOMAIN.matcher(normalised.substring(normalised.indexOf('@') + 1))
                .matches());
        assertTrue(normalised.getBytes(StandardCharsets.UTF_8).length <= 254);
        assertEquals(address.hashed(), Address.parse(normalised).hashed());
    }

    @Property
    void anyTextIsAcceptedOrRefused(@ForAll String typed) {
        try {
            Address.parse(typed);
        } catch (IllegalArgumentException e) {
            assertNull(e.getCause());
        }
    }

    /// What a person typed is theirs: it does not come back in an error, nor in what may be logged.
    @Property
    void isNotShown(@ForAll @StringLength(min = 6, max = 20) String typed) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Address.parse(typed + "@ex_ample"));
        assertFalse(e.toString().contains(typed));
        assertEquals("Address[redacted]", Address.parse("ada@example.org").toString());
    }

    /// Wherever it stands, and also inside an encoded label.
    @Test
    void saysThatACharacterIsTooNew() {
        for (String typed : new String[] {"\ua7ce@example.org", "a@\ua7ce.org", "a@xn--078a.org"}) {
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Address.parse(typed));
            assertTrue(e.getMessage().contains("newer than 2023"), e.getMessage());
        }
    }

    @Test
    void hugeInputIsRefusedInTime() {
        for (String typed : new String[] {
            " ".repeat(1_000_000) + "x",
            "a" + " ".repeat(300_000) + "@example.org",
            "a".repeat(1_000_000) + "@example.org",
            "a@" + "\u00fc".repeat(1_000_000),
            "a@" + "xn--".repeat(250_000),
            "a@" + "a.".repeat(500_000) + "org",
            "@".repeat(1_000_000)
        }) {
            assertTimeoutPreemptively(
                    Duration.ofSeconds(10),
                    () -> assertThrows(IllegalArgumentException.class, () -> Address.parse(typed)));
        }
    }
}
