package dev.nescio.client;

import dev.nescio.client.Api.ProblemException;
import dev.nescio.keys.MasterKey;
import dev.nescio.keys.SlotDirectory;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotKind;
import dev.nescio.protocol.Slots;
import dev.nescio.sealing.RejectedException;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Changes the key slots together with the directory that lists them (spec, section 10.9).
final class SlotChanges {

    private static final int TRIES = 5;

    private final Api api;
    private final Bytes token;
    private final HighWaterMarks marks;
    private final MasterKey masterKey;
    private final RandomGenerator random;

    SlotChanges(Api api, Bytes token, HighWaterMarks marks, MasterKey masterKey, RandomGenerator random) {
        this.api = api;
        this.token = token;
        this.marks = marks;
        this.masterKey = masterKey;
        this.random = random;
    }

    SlotChange replaceRecovery(SignUp.NewSlot slot) {
        try {
            for (int attempt = 1; ; attempt++) {
                Directory stored = load();
                if (stored.lists(slot)) {
                    // The answer to an earlier attempt was lost.
                    return new SlotChange.Changed();
                }
                Counted next = stored.next(slot);
                try {
                    api.putRepeatedly("/v1/slots/recovery", token, new Slots.Recovery(slot, next));
                    marks.directory(next, stored.hash());
                    return new SlotChange.Changed();
                } catch (ProblemException e) {
                    if (!e.is("directory-conflict") || attempt == TRIES) {
                        throw e;
                    }
                }
            }
        } catch (ProblemException e) {
            if (e.is("proof-required")) {
                return new SlotChange.ProofRequired();
            }
            throw e.unexpected();
        }
    }

    boolean has(SlotKind kind) {
        try {
            return load().opened.slots().stream().anyMatch(entry -> entry.kind() == kind);
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    /// The stored directory, checked.
    private Directory load() throws ProblemException {
        SignIn.Account served = api.get("/v1/account", token, SignIn.Account.class);
        try {
            SlotDirectory opened = masterKey.openDirectory(
                    served.directory().counter(), served.directory().sealed());
            marks.directory(served.directory(), opened.previous());
            if (!opened.names(served.slots())) {
                throw new NescioException.Distrust(Finding.SLOTS_CHANGED);
            }
            return new Directory(served.directory(), opened);
        } catch (RejectedException e) {
            throw new NescioException.Distrust(Finding.REJECTED);
        }
    }

    private final class Directory {

        private final Counted served;
        private final SlotDirectory opened;

        private Directory(Counted served, SlotDirectory opened) {
            this.served = served;
            this.opened = opened;
        }

        Bytes hash() {
            return Hash.of(served.sealed());
        }

        boolean lists(SignUp.NewSlot slot) {
            return opened.slots().contains(SlotDirectory.Entry.of(slot.asSlot()));
        }

        /// The one that lists the new recovery key in place of the old one.
        Counted next(SignUp.NewSlot slot) {
            List<SlotDirectory.Entry> slots = Stream.concat(
                            opened.slots().stream().filter(entry -> entry.kind() != SlotKind.RECOVERY),
                            Stream.of(SlotDirectory.Entry.of(slot.asSlot())))
                    .toList();
            SlotDirectory next = opened.next(served.sealed(), slots);
            return new Counted(next.counter(), masterKey.seal(next, random));
        }
    }
}
