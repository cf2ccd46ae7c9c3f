package dev.nescio.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Limits;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.SlotKind;
import dev.nescio.sealing.RejectedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/// H17, and H1 for devices that signed in already: the server adds, drops, revives or alters a slot.
class SlotDirectoryTest {

    private static final SignIn.Slot ONE = slot(1, 1, 65536, 3, 1);
    private static final SignIn.Slot TWO = slot(2, 1, 65536, 3, 1);

    private static SignIn.Slot slot(int id, int salt, int memoryKiB, int passes, int wrapped) {
        return new SignIn.Slot(
                new SlotId(filled(16, id)),
                SlotKind.PASSWORD,
                filled(16, salt),
                memoryKiB,
                passes,
                1,
                filled(137, wrapped));
    }

    private static Bytes filled(int length, int octet) {
        byte[] octets = new byte[length];
        Arrays.fill(octets, (byte) octet);
        return Bytes.copyOf(octets);
    }

    @Test
    void listsExactlyItsSlots() {
        SlotDirectory directory =
                new SlotDirectory(2, filled(32, 0), List.of(SlotDirectory.Entry.of(ONE), SlotDirectory.Entry.of(TWO)));
        assertTrue(directory.lists(List.of(ONE, TWO)));
        assertTrue(directory.lists(List.of(TWO, ONE)), "slots have no order");
        assertFalse(directory.lists(List.of()));
        assertFalse(directory.lists(List.of(ONE)), "dropped");
        assertFalse(directory.lists(List.of(ONE, ONE)), "one twice in place of the other");
        assertFalse(directory.lists(List.of(ONE, TWO, slot(3, 1, 65536, 3, 1))), "added");
        assertFalse(directory.lists(List.of(ONE, TWO, TWO)), "one twice");
    }

    @Test
    void everyFieldCounts() {
        SlotDirectory directory = SlotDirectory.first(List.of(ONE));
        assertEquals(1, directory.counter());
        assertEquals(filled(32, 0), directory.previous());
        assertTrue(directory.lists(List.of(ONE)));
        for (SignIn.Slot other : List.of(
                slot(2, 1, 65536, 3, 1),
                slot(1, 2, 65536, 3, 1),
                slot(1, 1, 65537, 3, 1),
                slot(1, 1, 0, 3, 1),
                slot(1, 1, -65536, 3, 1),
                slot(1, 1, 65536, 4, 1),
                slot(1, 1, 65536, 3, 2),
                new SignIn.Slot(ONE.id(), ONE.kind(), ONE.salt(), 65536, 3, 2, ONE.wrappedMasterKey()),
                new SignIn.Slot(ONE.id(), ONE.kind(), ONE.salt(), 65536, 3, 1, null))) {
            assertFalse(directory.lists(List.of(other)), other::toString);
        }
    }

    @Test
    void staysAsItWasMade() {
        List<SlotDirectory.Entry> slots = new ArrayList<>(List.of(SlotDirectory.Entry.of(ONE)));
        SlotDirectory directory = new SlotDirectory(1, filled(32, 0), slots);
        slots.clear();
        assertEquals(1, directory.slots().size());
    }

    @Property(tries = 200)
    void encodesAndDecodes(
            @ForAll @Size(32) byte[] previous,
            @ForAll @Size(16) byte[] salt,
            @ForAll @LongRange(min = 1, max = Limits.MAX_NUMBER) long memoryKiB)
            throws RejectedException {
        SlotDirectory directory = new SlotDirectory(
                7,
                Bytes.copyOf(previous),
                List.of(new SlotDirectory.Entry(
                        ONE.id(), ONE.kind(), Bytes.copyOf(salt), memoryKiB, 3L, 1L, filled(32, 9))));
        assertEquals(directory, SlotDirectory.decode(7, directory.encode()));
        assertThrows(RejectedException.class, () -> SlotDirectory.decode(8, directory.encode()));
    }

    @Property(tries = 200)
    void arbitraryOctetsAreRejected(@ForAll @Size(max = 100) byte[] octets) {
        assertThrows(RejectedException.class, () -> SlotDirectory.decode(1, octets));
        assertThrows(RejectedException.class, () -> Profile.decode(octets));
    }

    @Test
    void aPasskeysNameIsForClientsOnly() throws RejectedException {
        SignIn.Slot passkey = SignIn.Slot.passkey(new SlotId(filled(16, 4)), filled(32, 4), null, filled(137, 4));
        SlotDirectory.Entry entry = SlotDirectory.Entry.of(passkey).called("Laptop");
        SlotDirectory directory = new SlotDirectory(1, filled(32, 0), List.of(entry, SlotDirectory.Entry.of(ONE)));
        assertTrue(directory.lists(List.of(ONE, passkey)));
        assertTrue(directory.names(List.of(
                new SignIn.Slot(ONE.id(), ONE.kind(), ONE.salt(), 65536, 3, 1, null),
                SignIn.Slot.passkey(passkey.id(), passkey.credentialId(), 5L, null))));
        assertEquals(
                "Laptop",
                SlotDirectory.decode(1, directory.encode()).slots().getFirst().name());
        SignIn.Slot other = SignIn.Slot.passkey(passkey.id(), filled(32, 5), null, passkey.wrappedMasterKey());
        assertFalse(directory.lists(List.of(ONE, other)), "another credential id");
        for (String name : new String[] {null, "", "a".repeat(65)}) {
            assertThrows(
                    RuntimeException.class, () -> new SlotDirectory(1, filled(32, 0), List.of(entry.called(name))));
        }
    }
}
