package dev.nescio.keys;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Limits;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.Scope;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.SlotKind;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.Sha256;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// Which credentials open the account, sealed under the master key so that the server cannot add, drop or
/// revive one unnoticed (spec, section 9.2).
///
/// @param counter 1 at sign-up, one more with each change
/// @param previous SHA-256 of the directory's envelope before this one, zeros for the first
public record SlotDirectory(long counter, Bytes previous, List<Entry> slots) {

    /// `salt` and the cost are a password's, `credentialId` a passkey's, `scope` and `expiresAt` an
    /// access key's, `name` of either of the latter two, and null for every other kind.
    ///
    /// @param expiresAt when the access key ends; null where it does not
    /// @param name what the person calls it. No server knows it: null in what is made of a served slot
    /// @param wrappedMasterKeyHash SHA-256 of the envelope that this slot's wrapped master key, or scope
    /// record, is
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Entry(
            SlotId id,
            SlotKind kind,
            Bytes salt,
            Long memoryKiB,
            Long passes,
            Long lanes,
            Bytes credentialId,
            Scope scope,
            Long expiresAt,
            String name,
            Bytes wrappedMasterKeyHash) {

        /// Of a kind that is no access key.
        public Entry(
                SlotId id,
                SlotKind kind,
                Bytes salt,
                Long memoryKiB,
                Long passes,
                Long lanes,
                Bytes credentialId,
                String name,
                Bytes wrappedMasterKeyHash) {
            this(id, kind, salt, memoryKiB, passes, lanes, credentialId, null, null, name, wrappedMasterKeyHash);
        }

        /// Of a kind that has no name.
        public Entry(
                SlotId id,
                SlotKind kind,
                Bytes salt,
                Long memoryKiB,
                Long passes,
                Long lanes,
                Bytes wrappedMasterKeyHash) {
            this(id, kind, salt, memoryKiB, passes, lanes, null, null, wrappedMasterKeyHash);
        }

        public Entry {
            Objects.requireNonNull(id, "id");
            if (kind == SlotKind.PASSWORD) {
                requireLength(salt, SALT);
                Stream.of(memoryKiB, passes, lanes).forEach(Objects::requireNonNull);
            } else if (Stream.of(salt, memoryKiB, passes, lanes).anyMatch(Objects::nonNull)) {
                throw new IllegalArgumentException("only a password has a salt and a cost");
            }
            if (kind == SlotKind.PASSKEY) {
                requireBetween(credentialId.length(), Passkeys.LEAST_CREDENTIAL_ID, Passkeys.MOST_CREDENTIAL_ID);
            } else if (credentialId != null) {
                throw new IllegalArgumentException("only a passkey has a credential id");
            }
            if (kind == SlotKind.ACCESS) {
                Objects.requireNonNull(scope, "scope");
            } else if (scope != null || expiresAt != null) {
                throw new IllegalArgumentException("only an access key has a scope and an end");
            }
            if (name != null && !isNamed(kind)) {
                throw new IllegalArgumentException("only a passkey and an access key have a name");
            }
            Objects.requireNonNull(kind, "kind");
            requireLength(wrappedMasterKeyHash, Sha256.LENGTH);
        }

        static boolean isNamed(SlotKind kind) {
            return kind == SlotKind.PASSKEY || kind == SlotKind.ACCESS;
        }

        /// @param slot with its wrapped master key, or scope record
        public static Entry of(SignIn.Slot slot) {
            return named(slot, hash(slot.envelope()));
        }

        private static Entry named(SignIn.Slot slot, Bytes wrappedMasterKeyHash) {
            return new Entry(
                    slot.id(),
                    slot.kind(),
                    slot.salt(),
                    number(slot.memoryKiB()),
                    number(slot.passes()),
                    number(slot.lanes()),
                    slot.credentialId(),
                    slot.scope(),
                    slot.expiresAt(),
                    null,
                    wrappedMasterKeyHash);
        }

        private static Long number(Integer served) {
            return served == null ? null : Long.valueOf(served);
        }

        /// The same under another name.
        public Entry called(String other) {
            return new Entry(
                    id,
                    kind,
                    salt,
                    memoryKiB,
                    passes,
                    lanes,
                    credentialId,
                    scope,
                    expiresAt,
                    other,
                    wrappedMasterKeyHash);
        }

        /// The same slot, whose credential wraps another master key.
        public Entry rewrapped(Bytes wrappedMasterKey) {
            return withHash(hash(wrappedMasterKey));
        }

        private Entry withHash(Bytes other) {
            return new Entry(id, kind, salt, memoryKiB, passes, lanes, credentialId, scope, expiresAt, name, other);
        }
    }

    private static final int SALT = 16;
    /// Of what the person calls a passkey or an access key, in code points.
    public static final int LONGEST_NAME = 64;

    public SlotDirectory {
        requireNumber(counter);
        requireLength(previous, Sha256.LENGTH);
        slots = List.copyOf(slots);
        if (slots.stream().map(Entry::id).distinct().count() != slots.size()) {
            throw new IllegalArgumentException("a slot occurs once");
        }
        // Not in the entry itself, which a slot that the server serves is compared as, whatever it holds.
        slots.forEach(slot -> {
            if (slot.kind() == SlotKind.PASSWORD) {
                requireNumber(slot.memoryKiB());
                requireNumber(slot.passes());
                requireNumber(slot.lanes());
            }
            if (Entry.isNamed(slot.kind())) {
                SealedJson.requireText(slot.name(), LONGEST_NAME);
            }
            if (slot.expiresAt() != null) {
                requireNumber(slot.expiresAt());
            }
        });
    }

    /// The directory of a new account.
    public static SlotDirectory first(List<SignIn.Slot> slots) {
        return firstOf(slots.stream().map(Entry::of).toList());
    }

    /// As above, with passkeys and access keys, which have names.
    public static SlotDirectory firstOf(List<Entry> slots) {
        return new SlotDirectory(1, Predecessor.NONE, slots);
    }

    /// The directory that follows on this one.
    ///
    /// @param sealed this one's envelope
    public SlotDirectory next(Bytes sealed, List<Entry> slots) {
        return new SlotDirectory(counter + 1, hash(sealed), slots);
    }

    /// @return whether the served slots, with their wrapped master keys, are exactly those listed here
    public boolean lists(List<SignIn.Slot> served) {
        return served.stream().allMatch(slot -> slot.envelope() != null)
                && served.size() == slots.size()
                && new HashSet<>(served.stream().map(Entry::of).toList())
                        .equals(new HashSet<>(
                                slots.stream().map(entry -> entry.called(null)).toList()));
    }

    /// As [#lists], where the server has left the wrapped master keys out, as it does but for sign-in.
    public boolean names(List<SignIn.Slot> served) {
        return served.size() == slots.size()
                && new HashSet<>(served.stream()
                                .map(slot -> Entry.named(slot, Predecessor.NONE))
                                .toList())
                        .equals(new HashSet<>(slots.stream()
                                .map(entry -> entry.called(null).withHash(Predecessor.NONE))
                                .toList()));
    }

    byte[] encode() {
        return SealedJson.encode(this);
    }

    static SlotDirectory decode(long counter, byte[] content) throws RejectedException {
        SlotDirectory directory = SealedJson.decode(content, SlotDirectory.class);
        if (directory.counter != counter || !Predecessor.fits(directory.counter, directory.previous)) {
            throw new RejectedException(RejectedException.Reason.MALFORMED);
        }
        return directory;
    }

    private static void requireLength(Bytes bytes, int length) {
        if (bytes.length() != length) {
            throw new IllegalArgumentException("here " + length + " octets are expected");
        }
    }

    private static void requireBetween(int length, int least, int most) {
        if (length < least || length > most) {
            throw new IllegalArgumentException("here " + least + " to " + most + " are expected");
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
