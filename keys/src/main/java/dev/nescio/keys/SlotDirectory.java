package dev.nescio.keys;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Limits;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.SlotKind;
import dev.nescio.sealing.RejectedException;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;

/// Which credentials open the account, sealed under the master key so that the server cannot add, drop or
/// revive one unnoticed (spec, section 9.2).
///
/// @param counter 1 at sign-up, one more with each change
/// @param previous SHA-256 of the directory's envelope before this one, zeros for the first
public record SlotDirectory(long counter, Bytes previous, List<Entry> slots) {

    /// @param wrappedMasterKeyHash SHA-256 of the envelope that this slot's wrapped master key is
    public record Entry(
            SlotId id, SlotKind kind, Bytes salt, long memoryKiB, long passes, long lanes, Bytes wrappedMasterKeyHash) {

        public Entry {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(kind, "kind");
            requireLength(salt, SALT);
            requireLength(wrappedMasterKeyHash, Sha256.LENGTH);
        }

        /// @param slot with its wrapped master key
        public static Entry of(SignIn.Slot slot) {
            return new Entry(
                    slot.id(),
                    slot.kind(),
                    slot.salt(),
                    slot.memoryKiB(),
                    slot.passes(),
                    slot.lanes(),
                    hash(slot.wrappedMasterKey()));
        }
    }

    /// What the server names of a slot when it leaves the wrapped master key out.
    private record Named(SlotId id, SlotKind kind, Bytes salt, long memoryKiB, long passes, long lanes) {

        static Named of(SignIn.Slot slot) {
            return new Named(slot.id(), slot.kind(), slot.salt(), slot.memoryKiB(), slot.passes(), slot.lanes());
        }

        static Named of(Entry entry) {
            return new Named(entry.id(), entry.kind(), entry.salt(), entry.memoryKiB(), entry.passes(), entry.lanes());
        }
    }

    private static final int SALT = 16;

    public SlotDirectory {
        requireNumber(counter);
        requireLength(previous, Sha256.LENGTH);
        slots = List.copyOf(slots);
        // Not in the entry itself, which a slot that the server serves is compared as, whatever it holds.
        slots.forEach(slot -> {
            requireNumber(slot.memoryKiB());
            requireNumber(slot.passes());
            requireNumber(slot.lanes());
        });
    }

    /// The directory of a new account.
    public static SlotDirectory first(SignIn.Slot slot) {
        return new SlotDirectory(1, Bytes.copyOf(new byte[Sha256.LENGTH]), List.of(Entry.of(slot)));
    }

    /// @return whether the served slots, with their wrapped master keys, are exactly those listed here
    public boolean lists(List<SignIn.Slot> served) {
        return served.stream().allMatch(slot -> slot.wrappedMasterKey() != null)
                && served.size() == slots.size()
                && new HashSet<>(served.stream().map(Entry::of).toList()).equals(new HashSet<>(slots));
    }

    /// As [#lists], where the server has left the wrapped master keys out, as it does but for sign-in.
    public boolean names(List<SignIn.Slot> served) {
        return served.size() == slots.size()
                && new HashSet<>(served.stream().map(Named::of).toList())
                        .equals(new HashSet<>(slots.stream().map(Named::of).toList()));
    }

    byte[] encode() {
        return SealedJson.encode(this);
    }

    static SlotDirectory decode(long counter, byte[] content) throws RejectedException {
        SlotDirectory directory = SealedJson.decode(content, SlotDirectory.class);
        if (directory.counter != counter) {
            throw new RejectedException(RejectedException.Reason.MALFORMED);
        }
        return directory;
    }

    private static void requireLength(Bytes bytes, int length) {
        if (bytes.length() != length) {
            throw new IllegalArgumentException("here " + length + " octets are expected");
        }
    }

    private static void requireNumber(long number) {
        if (number < 1 || number > Limits.MAX_NUMBER) {
            throw new IllegalArgumentException("a number here is 1 to " + Limits.MAX_NUMBER);
        }
    }

    private static Bytes hash(Bytes envelope) {
        return Bytes.copyOf(Sha256.of(envelope.toArray()));
    }
}
