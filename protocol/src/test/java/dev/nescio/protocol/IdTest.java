package dev.nescio.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.security.SecureRandom;
import java.util.List;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;

class IdTest {

    private static final List<Function<String, Id>> KINDS =
            List.of(AccountId::parse, ContainerId::parse, ItemId::parse, SessionId::parse, SlotId::parse);

    @Property
    void roundTrips(@ForAll @Size(16) byte[] octets) {
        String hex = Bytes.copyOf(octets).hex();
        for (Function<String, Id> kind : KINDS) {
            Id id = kind.apply(hex);
            assertEquals(hex, id.hex());
            assertEquals(Bytes.copyOf(octets), Bytes.copyOf(id.toArray()));
            assertEquals(id, Json.STRICT.readValue(Json.STRICT.writeValueAsBytes(id), id.getClass()));
            assertEquals("\"" + hex + "\"", Json.STRICT.writeValueAsString(id));
            assertFalse(id.toString().contains(hex), "a log gets the first digits only");
        }
    }

    @Property
    void otherSpellingsAreRefused(@ForAll @StringLength(max = 40) String text) {
        for (Function<String, Id> kind : KINDS) {
            assertThrows(InvalidField.class, () -> kind.apply(text));
        }
    }

    @Test
    void nearMissesAreRefused() {
        String digits = "0123456789abcdef0123456789abcde";
        for (String text : List.of(
                "",
                digits,
                digits + "fa",
                digits + "g",
                digits + "F",
                digits + " ",
                " " + digits,
                "0x" + digits.substring(1),
                digits + "\n",
                digits + "\uff11",
                digits + "\u0661",
                "01234567-89ab-cdef-0123-456789abcdef")) {
            for (Function<String, Id> kind : KINDS) {
                assertThrows(InvalidField.class, () -> kind.apply(text), text);
            }
        }
    }

    @Test
    void isSixteenOctets() {
        for (int length : new int[] {0, 15, 17, 32}) {
            Bytes bytes = Bytes.copyOf(new byte[length]);
            assertThrows(InvalidField.class, () -> new AccountId(bytes));
            assertThrows(InvalidField.class, () -> new ContainerId(bytes));
            assertThrows(InvalidField.class, () -> new ItemId(bytes));
            assertThrows(InvalidField.class, () -> new SessionId(bytes));
            assertThrows(InvalidField.class, () -> new SlotId(bytes));
        }
    }

    @Test
    void anIdOfOneKindIsNoneOfAnother() {
        String hex = "00".repeat(16);
        for (int i = 0; i < KINDS.size(); i++) {
            for (int j = 0; j < KINDS.size(); j++) {
                if (i != j) {
                    assertNotEquals(KINDS.get(i).apply(hex), KINDS.get(j).apply(hex));
                }
            }
        }
    }

    @Test
    void isDrawnAfresh() {
        SecureRandom random = new SecureRandom();
        assertNotEquals(AccountId.generate(random), AccountId.generate(random));
        assertNotEquals(ContainerId.generate(random), ContainerId.generate(random));
        assertNotEquals(ItemId.generate(random), ItemId.generate(random));
        assertNotEquals(SessionId.generate(random), SessionId.generate(random));
        assertNotEquals(SlotId.generate(random), SlotId.generate(random));
    }

    @Test
    void jsonOfAnotherTypeIsRefused() {
        for (String json : List.of("1", "11111111111111111111", "[]", "{}", "true", "{\"bytes\":\"AAAA\"}")) {
            assertThrows(JacksonException.class, () -> Json.STRICT.readValue(json, AccountId.class), json);
        }
    }
}
