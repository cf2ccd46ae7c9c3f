package dev.nescio.sealing.v1;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Id;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class AssociatedDataTest {

    @Provide
    Arbitrary<AssociatedData> places() {
        return Places.any();
    }

    @Property
    void differentPlacesHaveDifferentEncodings(
            @ForAll("places") AssociatedData one, @ForAll("places") AssociatedData other) {
        assertEquals(one.equals(other), Arrays.equals(one.encode(), other.encode()));
    }

    @Property
    void canBeReadBack(@ForAll("places") AssociatedData place) {
        ByteBuffer in = ByteBuffer.wrap(place.encode());
        byte[] prefix = new byte[12];
        in.get(prefix);
        assertArrayEquals("nescio/v1/ad".getBytes(StandardCharsets.US_ASCII), prefix);
        List<byte[]> parts = new ArrayList<>();
        while (in.hasRemaining()) {
            byte[] part = new byte[in.getInt()];
            in.get(part);
            parts.add(part);
        }
        assertEquals(7, parts.size());
        assertEquals(place.purpose(), text(parts.get(0)));
        assertArrayEquals(place.account().toArray(), parts.get(1));
        assertEquals(place.domain() == null ? "" : place.domain().text(), text(parts.get(2)));
        assertArrayEquals(id(place.container()), parts.get(3));
        assertArrayEquals(id(place.item()), parts.get(4));
        assertEquals(place.field(), text(parts.get(5)));
        assertEquals(place.version(), ByteBuffer.wrap(parts.get(6)).getLong());
    }

    private static byte[] id(Id id) {
        return id == null ? new byte[0] : id.toArray();
    }

    private static String text(byte[] part) {
        return new String(part, StandardCharsets.US_ASCII);
    }

    @Test
    void needsPurposeAccountFieldAndVersion() {
        AccountId account = Places.ONE.account();
        assertThrows(NullPointerException.class, () -> new AssociatedData(null, account, null, null, null, "field", 1));
        assertThrows(NullPointerException.class, () -> new AssociatedData("item", null, null, null, null, "field", 1));
        assertThrows(NullPointerException.class, () -> new AssociatedData("item", account, null, null, null, null, 1));
        assertThrows(
                IllegalArgumentException.class,
                () -> new AssociatedData("item", account, null, null, null, "field", -1));
    }

    /// Outside ASCII two texts would become one question mark.
    @Test
    void refusesTextThatIsNotAscii() {
        AccountId account = Places.ONE.account();
        assertThrows(
                IllegalArgumentException.class,
                () -> new AssociatedData("\u00fc", account, null, null, null, "field", 1));
        assertThrows(
                IllegalArgumentException.class,
                () -> new AssociatedData("item", account, null, null, null, "\u00e4", 1));
    }
}
