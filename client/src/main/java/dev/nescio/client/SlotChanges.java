package dev.nescio.client;

import dev.nescio.client.Api.ProblemException;
import dev.nescio.keys.MasterKey;
import dev.nescio.keys.SlotDirectory;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotKind;
import dev.nescio.protocol.Slots;
import dev.nescio.sealing.RejectedException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Changes the key slots together with the directory that lists them (spec, section 10.9).
final class SlotChanges {

    private static final int TRIES = 5;

    private final Api api;
    private final Token token;
    private final HighWaterMarks marks;
    private final MasterKey masterKey;
    private final RandomGenerator random;

    SlotChanges(Api api, Token token, HighWaterMarks marks, MasterKey masterKey, RandomGenerator random) {
        this.api = api;
        this.token = token;
        this.marks = marks;
        this.masterKey = masterKey;
        this.random = random;
    }

    SlotChange replaceRecovery(SignUp.NewSlot slot) {
        return replace("/v1/slots/recovery", slot, directory -> new Slots.Recovery(slot, directory));
    }

    SlotChange replacePassword(SignUp.NewSlot slot, boolean endOthers) {
        return replace("/v1/slots/password", slot, directory -> new Slots.Password(slot, directory, endOthers));
    }

    /// Puts a slot in place of the one of its kind.
    private SlotChange replace(String path, SignUp.NewSlot slot, Function<Counted, Object> request) {
        try {
            for (int attempt = 1; ; attempt++) {
                Directory stored = load();
                if (stored.lists(slot)) {
                    // The answer to an earlier attempt was lost.
                    return new SlotChange.Changed();
                }
                Counted next = stored.next(slot);
                try {
                    api.putRepeatedly(path, token, request.apply(next));
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

    /// The cost of the password that is there, as this account's devices sealed it.
    Argon2Parameters passwordCost() {
        return entry(SlotKind.PASSWORD)
                .map(entry -> new Argon2Parameters(
                        Math.toIntExact(entry.memoryKiB()),
                        Math.toIntExact(entry.passes()),
                        Math.toIntExact(entry.lanes())))
                .orElse(Argon2Parameters.CURRENT);
    }

    boolean has(SlotKind kind) {
        return entry(kind).isPresent();
    }

    private Optional<SlotDirectory.Entry> entry(SlotKind kind) {
        try {
            return load().opened.slots().stream()
                    .filter(entry -> entry.kind() == kind)
                    .findFirst();
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    /// The stored directory's envelope, after it was checked against all that this device has seen.
    Counted checkedDirectory() throws ProblemException {
        return load().served;
    }

    /// The stored directory, checked.
    private Directory load() throws ProblemException {
        SignIn.Account served = api.get("/v1/account", token, SignIn.Account.class);
        try {
            return new Directory(served.directory(), openDirectory(masterKey, marks, served));
        } catch (RejectedException e) {
            throw new NescioException.Distrust(Finding.REJECTED);
        }
    }

    /// Opens the directory that a session is served, whose slots have no wrapped keys.
    ///
    /// @throws NescioException.Distrust unless it names the slots that are served with it
    static SlotDirectory openDirectory(MasterKey masterKey, HighWaterMarks marks, SignIn.Account served)
            throws RejectedException {
        SlotDirectory directory = openDirectory(masterKey, marks, served.directory());
        if (!directory.names(served.slots())) {
            throw new NescioException.Distrust(Finding.SLOTS_CHANGED);
        }
        return directory;
    }

    /// Opens a directory and compares it with what this device has seen.
    static SlotDirectory openDirectory(MasterKey masterKey, HighWaterMarks marks, Counted served)
            throws RejectedException {
        SlotDirectory directory = masterKey.openDirectory(served.counter(), served.sealed());
        marks.directory(served, directory.previous());
        return directory;
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

        /// The one that lists the slot in place of the one of its kind.
        Counted next(SignUp.NewSlot slot) {
            List<SlotDirectory.Entry> slots = Stream.concat(
                            opened.slots().stream().filter(entry -> entry.kind() != slot.kind()),
                            Stream.of(SlotDirectory.Entry.of(slot.asSlot())))
                    .toList();
            SlotDirectory next = opened.next(served.sealed(), slots);
            return new Counted(next.counter(), masterKey.seal(next, random));
        }
    }
}
