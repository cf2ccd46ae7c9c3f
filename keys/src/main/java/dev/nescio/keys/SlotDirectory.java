package dev.nescio.keys;

import dev.nescio.protocol.Bytes;
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
            SlotId id, SlotKind kind, Bytes salt, int memoryKiB, int passes, int lanes, Bytes wrappedMasterKeyHash) {

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

    private static final int SALT = 16;

    public SlotDirectory {
        requireLength(previous, Sha256.LENGTH);
        slots = List.copyOf(slots);
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
                && new HashSet<>(served.stream().map(SlotDirectory::withoutKey).toList())
                        .equals(new HashSet<>(
                                slots.stream().map(SlotDirectory::withoutKey).toList()));
    }

    private static SignIn.Slot withoutKey(SignIn.Slot slot) {
        return new SignIn.Slot(
                slot.id(), slot.kind(), slot.salt(), slot.memoryKiB(), slot.passes(), slot.lanes(), null);
    }

    private static SignIn.Slot withoutKey(Entry entry) {
        return new SignIn.Slot(
                entry.id(), entry.kind(), entry.salt(), entry.memoryKiB(), entry.passes(), entry.lanes(), null);
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

    private static Bytes hash(Bytes envelope) {
        return Bytes.copyOf(Sha256.of(envelope.toArray()));
    }
}
