package dev.nescio.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BytesTest {

    @Property
    void roundTrips(@ForAll @Size(max = 100) byte[] octets) {
        Bytes bytes = Bytes.copyOf(octets);
        assertArrayEquals(octets, bytes.toArray());
        assertEquals(octets.length, bytes.length());
        assertEquals(bytes, Bytes.parse(bytes.base64url()));
        assertEquals(bytes, Bytes.parseHex(bytes.hex()));
        assertEquals(Base64.getUrlEncoder().withoutPadding().encodeToString(octets), bytes.base64url());
        assertEquals(HexFormat.of().formatHex(octets), bytes.hex());
        assertEquals(bytes, Json.STRICT.readValue(Json.STRICT.writeValueAsBytes(bytes), Bytes.class));
    }

    /// Whatever is accepted is the one spelling of what it stands for.
    @Property
    void hasOneSpelling(
            @ForAll @StringLength(max = 6) @Chars({'A', 'Q', 'g', '-', '_', '+', '/', '=', ' ', '\n'}) String text) {
        Bytes bytes;
        try {
            bytes = Bytes.parse(text);
        } catch (InvalidField e) {
            return;
        }
        assertEquals(text, bytes.base64url());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AA==",
                "AAA=",
                "A",
                "AAAAA",
                "+_",
                "AA/A",
                "A A",
                " AA",
                "AA\n",
                "AB",
                "AAB",
                "_x",
                "A-=",
                "\u0410A",
                "A\u00c0",
                "\uff21\uff21",
                "\0",
                "AA\0\0"
            })
    void otherSpellingsAreRefused(String text) {
        InvalidField e = assertThrows(InvalidField.class, () -> Bytes.parse(text));
        assertFalse(text.length() > 2 && e.getMessage().contains(text), "the message repeats what was sent");
    }

    @Property
    void arbitraryTextIsRefusedOrReadInOneWay(@ForAll @StringLength(max = 12) String text) {
        try {
            assertEquals(text, Bytes.parse(text).base64url());
        } catch (InvalidField e) {
            assertEquals("InvalidField", e.getClass().getSimpleName());
        }
    }

    @Property
    void staysAsItWasMade(@ForAll @Size(min = 1, max = 8) byte[] octets) {
        byte[] given = octets.clone();
        Bytes bytes = Bytes.copyOf(given);
        Arrays.fill(given, (byte) 1);
        Arrays.fill(bytes.toArray(), (byte) 2);
        assertArrayEquals(octets, bytes.toArray());
    }

    @Property
    void equalsByContent(@ForAll @Size(max = 3) byte[] some, @ForAll @Size(max = 3) byte[] others) {
        Bytes one = Bytes.copyOf(some);
        Bytes other = Bytes.copyOf(others);
        assertEquals(Arrays.equals(some, others), one.equals(other));
        if (one.equals(other)) {
            assertEquals(one.hashCode(), other.hashCode());
        }
    }

    @Property
    void showsItsLengthOnly(@ForAll @Size(min = 16, max = 40) byte[] octets) {
        assertEquals("Bytes[" + octets.length + "]", Bytes.copyOf(octets).toString());
    }

    @Property
    void jsonOfAnotherTypeIsRefused(@ForAll @StringLength(max = 3) @CharRange(from = '0', to = '9') String digits) {
        String number = "1" + digits;
        for (String json : new String[] {number, "[" + number + "]", "true", "{}", "[\"AA\"]", number + ".5"}) {
            assertThrows(
                    tools.jackson.core.JacksonException.class, () -> Json.STRICT.readValue(json, Bytes.class), json);
        }
        assertNull(Json.STRICT.readValue("null", Bytes.class));
    }
}
