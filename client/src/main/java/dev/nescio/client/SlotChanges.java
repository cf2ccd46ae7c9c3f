package dev.nescio.client;

import dev.nescio.client.Api.ProblemException;
import dev.nescio.keys.MasterKey;
import dev.nescio.keys.SlotDirectory;
import dev.nescio.protocol.AccessKeys;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.Passwords;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.SlotKind;
import dev.nescio.protocol.Slots;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.Sha256;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Changes the key slots together with the directory that lists them (spec, section 10.9).
final class SlotChanges {

    private static final int TRIES = 5;

    private final Api api;
    private final Token token;
    private final HighWaterMarks marks;
    private final MasterKey masterKey;
    private final LogChain log;
    private final RandomGenerator random;
    private final AtomicReference<Sent> unanswered = new AtomicReference<>();

    /// @param directory SHA-256 of its envelope
    /// @param logged the number of an entry of the log that is older
    private record Sent(LogKind kind, Bytes directory, long logged) {}

    /// @param log looked at after each change, for the entry of it
    SlotChanges(Api api, Token token, HighWaterMarks marks, MasterKey masterKey, LogChain log, RandomGenerator random) {
        this.api = api;
        this.token = token;
        this.marks = marks;
        this.masterKey = masterKey;
        this.log = log;
        this.random = random;
    }

    SlotChange replaceRecovery(SignUp.NewSlot slot) {
        return replace(
                LogKind.RECOVERY_KEY_CHANGED,
                "/v1/slots/recovery",
                slot,
                directory -> new Slots.Recovery(slot, directory));
    }

    SlotChange replacePassword(SignUp.NewSlot slot, boolean endOthers) {
        return replace(
                LogKind.PASSWORD_CHANGED,
                "/v1/slots/password",
                slot,
                directory -> new Slots.Password(slot, directory, endOthers));
    }

    /// Puts a slot in place of the one of its kind.
    private SlotChange replace(LogKind kind, String path, SignUp.NewSlot slot, Function<Counted, Object> request) {
        SlotDirectory.Entry entry = SlotDirectory.Entry.of(slot.asSlot());
        return changed(
                kind,
                slots -> Stream.concat(slots.stream().filter(other -> other.kind() != slot.kind()), Stream.of(entry))
                        .toList(),
                directory -> api.putRepeatedly(path, token, request.apply(directory)));
    }

    /// Adds a slot that has a name.
    private void add(LogKind kind, SignUp.NewSlot slot, String name, String path, Function<Counted, Object> request)
            throws ProblemException {
        SlotDirectory.Entry entry = SlotDirectory.Entry.of(slot.asSlot()).called(name);
        change(
                kind,
                slots -> slots.contains(entry)
                        ? slots
                        : Stream.concat(slots.stream(), Stream.of(entry)).toList(),
                directory -> api.putRepeatedly(path, token, request.apply(directory)));
    }

    AccessKeyAddition addAccessKey(SignUp.NewSlot slot, String name) {
        try {
            add(
                    LogKind.ACCESS_KEY_ADDED,
                    slot,
                    name,
                    "/v1/slots/access",
                    directory -> new AccessKeys.Add(slot, directory));
            return new AccessKeyAddition.Added();
        } catch (ProblemException e) {
            if (e.is("proof-required")) {
                return new AccessKeyAddition.ProofRequired();
            }
            if (e.is("access-key-refused")) {
                return new AccessKeyAddition.Refused();
            }
            throw e.unexpected();
        }
    }

    AccessKeyRemoval removeAccessKey(SlotId accessKey) {
        try {
            if (!has(SlotKind.ACCESS, accessKey)) {
                return new AccessKeyRemoval.NotThere();
            }
            // Whoever removes it ends its sessions.
            remove(SlotKind.ACCESS, accessKey, false);
            return new AccessKeyRemoval.Removed();
        } catch (ProblemException e) {
            if (e.is("proof-required")) {
                return new AccessKeyRemoval.ProofRequired();
            }
            throw e.unexpected();
        }
    }

    List<AccessKeyEntry> accessKeys() {
        try {
            Directory stored = load();
            return stored.opened.slots().stream()
                    .filter(entry -> entry.kind() == SlotKind.ACCESS)
                    .map(entry -> new AccessKeyEntry(
                            entry.id(),
                            entry.name(),
                            entry.scope(),
                            Optional.ofNullable(entry.expiresAt()).map(Instant::ofEpochMilli),
                            stored.day(entry.id(), SignIn.Slot::createdDay),
                            stored.day(entry.id(), SignIn.Slot::usedDay)))
                    .toList();
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    private boolean has(SlotKind kind, SlotId id) throws ProblemException {
        return load().opened.slots().stream().anyMatch(entry -> is(kind, entry, id));
    }

    /// @return false if another device has removed it meanwhile
    private boolean remove(SlotKind kind, SlotId id, boolean endOthers) throws ProblemException {
        return change(
                kind == SlotKind.ACCESS ? LogKind.ACCESS_KEY_REMOVED : LogKind.PASSKEY_REMOVED,
                slots -> slots.stream().filter(entry -> !is(kind, entry, id)).toList(),
                directory -> removeSlot(id, directory, endOthers));
    }

    private static boolean is(SlotKind kind, SlotDirectory.Entry entry, SlotId id) {
        return entry.kind() == kind && entry.id().equals(id);
    }

    PasskeyAddition addPasskey(SignUp.NewSlot slot, Passkeys.Registration registration, String name) {
        try {
            add(
                    LogKind.PASSKEY_ADDED,
                    slot,
                    name,
                    "/v1/slots/passkey",
                    directory -> new Passkeys.Add(slot, registration, directory));
            return new PasskeyAddition.Added();
        } catch (ProblemException e) {
            if (e.is("proof-required")) {
                return new PasskeyAddition.ProofRequired();
            }
            if (e.is("passkey-refused")) {
                return new PasskeyAddition.Refused();
            }
            throw e.unexpected();
        }
    }

    /// @throws IllegalArgumentException if the account has no such passkey
    SlotChange renamePasskey(SlotId passkey, String name) {
        return rename(SlotKind.PASSKEY, passkey, name, "The account has no such passkey.");
    }

    /// @throws IllegalArgumentException if the account has no such access key
    SlotChange renameAccessKey(SlotId accessKey, String name) {
        return rename(SlotKind.ACCESS, accessKey, name, "The account has no such access key.");
    }

    /// Another name is another directory (spec, section 9.2).
    private SlotChange rename(SlotKind kind, SlotId id, String name, String notThere) {
        return changed(
                LogKind.NAMES_CHANGED,
                slots -> {
                    if (slots.stream().noneMatch(entry -> is(kind, entry, id))) {
                        throw new IllegalArgumentException(notThere);
                    }
                    return slots.stream()
                            .map(entry -> is(kind, entry, id) ? entry.called(name) : entry)
                            .toList();
                },
                directory -> api.putRepeatedly("/v1/directory", token, directory));
    }

    PasskeyRemoval removePasskey(SlotId passkey, boolean endOthers) {
        try {
            if (!has(SlotKind.PASSKEY, passkey)) {
                return new PasskeyRemoval.NotThere();
            }
            return remove(SlotKind.PASSKEY, passkey, endOthers)
                    ? new PasskeyRemoval.Removed()
                    : new PasskeyRemoval.RemovedMeanwhile();
        } catch (ProblemException e) {
            if (e.is("proof-required")) {
                return new PasskeyRemoval.ProofRequired();
            }
            if (e.is("last-way-in")) {
                return new PasskeyRemoval.LastWayIn();
            }
            throw e.unexpected();
        }
    }

    /// Adds the password that waits, with its second factor.
    ///
    /// @return false, with nothing changed, where the account has another one
    boolean addPassword(SignUp.NewSlot slot, Bytes pending, String code) throws ProblemException {
        SlotDirectory.Entry entry = SlotDirectory.Entry.of(slot.asSlot());
        if (load().opened.slots().stream()
                .anyMatch(other -> other.kind() == SlotKind.PASSWORD && !other.equals(entry))) {
            return false;
        }
        change(
                LogKind.PASSWORD_ADDED,
                slots -> slots.contains(entry)
                        ? slots
                        : Stream.concat(slots.stream(), Stream.of(entry)).toList(),
                directory -> api.postRepeatedly(
                        "/v1/slots/password/confirm", token, new Passwords.Confirm(pending, code, directory), null));
        return true;
    }

    PasswordRemoval removePassword(boolean endOthers) {
        try {
            List<SlotDirectory.Entry> present = load().opened.slots();
            if (present.stream().noneMatch(entry -> entry.kind() == SlotKind.PASSWORD)) {
                return new PasswordRemoval.NotThere();
            }
            // Known here, so that no server decides whether a person locks themselves out.
            if (present.stream().noneMatch(entry -> entry.kind() == SlotKind.PASSKEY)) {
                return new PasswordRemoval.LastWayIn();
            }
            // Another device may change the password meanwhile, which gives it another slot.
            AtomicReference<SlotId> removed = new AtomicReference<>();
            boolean sent = change(
                    LogKind.PASSWORD_REMOVED,
                    slots -> {
                        slots.stream()
                                .filter(entry -> entry.kind() == SlotKind.PASSWORD)
                                .forEach(entry -> removed.set(entry.id()));
                        return slots.stream()
                                .filter(entry -> entry.kind() != SlotKind.PASSWORD)
                                .toList();
                    },
                    directory -> removeSlot(removed.get(), directory, endOthers));
            return sent ? new PasswordRemoval.Removed() : new PasswordRemoval.RemovedMeanwhile();
        } catch (ProblemException e) {
            if (e.is("proof-required")) {
                return new PasswordRemoval.ProofRequired();
            }
            if (e.is("last-way-in")) {
                return new PasswordRemoval.LastWayIn();
            }
            throw e.unexpected();
        }
    }

    private void removeSlot(SlotId slot, Counted directory, boolean endOthers) throws ProblemException {
        api.postRepeatedly(
                "/v1/slots/" + slot.hex() + "/remove", token, new Passkeys.Remove(directory, endOthers), null);
    }

    List<PasskeyEntry> passkeys() {
        try {
            Directory stored = load();
            return stored.opened.slots().stream()
                    .filter(entry -> entry.kind() == SlotKind.PASSKEY)
                    .map(entry -> new PasskeyEntry(
                            entry.id(), entry.name(), entry.credentialId(), stored.cloneRefusedAt(entry.id())))
                    .toList();
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    private interface Sending {
        void send(Counted directory) throws ProblemException;
    }

    private SlotChange changed(LogKind kind, UnaryOperator<List<SlotDirectory.Entry>> change, Sending sending) {
        try {
            change(kind, change, sending);
            return new SlotChange.Changed();
        } catch (ProblemException e) {
            if (e.is("proof-required")) {
                return new SlotChange.ProofRequired();
            }
            throw e.unexpected();
        }
    }

    /// Seals the directory that follows on the stored one, and sends it with what it describes. Where nothing changes
    /// nothing is sent: the answer to an earlier attempt was lost, or another device has done the same.
    ///
    /// @return whether something was sent and taken
    private boolean change(LogKind kind, UnaryOperator<List<SlotDirectory.Entry>> change, Sending sending)
            throws ProblemException {
        for (int attempt = 1; ; attempt++) {
            Directory stored = load();
            List<SlotDirectory.Entry> slots = change.apply(stored.opened.slots());
            if (Set.copyOf(slots).equals(Set.copyOf(stored.opened.slots()))) {
                return lookForUnanswered(kind, stored);
            }
            Counted next = stored.next(slots);
            Sent sent = new Sent(kind, Sha256.of(next.sealed()), log.known());
            unanswered.set(sent);
            try {
                sending.send(next);
                marks.directory(next, stored.hash());
                unanswered.compareAndSet(sent, null);
                lookFor(sent);
                return true;
            } catch (ProblemException e) {
                if (!e.is("directory-conflict") || attempt == TRIES) {
                    throw e;
                }
            }
        }
    }

    /// A server must not hide a change from the log by answering that it has refused it, or not at all.
    ///
    /// @return whether the stored directory is the one that this device sent, or follows on it
    private boolean lookForUnanswered(LogKind kind, Directory stored) {
        Sent sent = unanswered.getAndSet(null);
        boolean own = sent != null
                && sent.kind() == kind
                && (sent.directory().equals(stored.hash()) || sent.directory().equals(stored.opened.previous()));
        if (own) {
            lookFor(sent);
        }
        return own;
    }

    private void lookFor(Sent sent) {
        log.done(sent.kind(), sent.logged());
    }

    /// A password's slot, and what its credential is derived with.
    record PasswordSlot(SlotId id, SignIn.LookupAnswer derivedWith) {}

    /// The password that is there, as this account's devices sealed it.
    Optional<PasswordSlot> password() {
        return entry(SlotKind.PASSWORD)
                .map(entry -> new PasswordSlot(
                        entry.id(),
                        new SignIn.LookupAnswer(
                                entry.salt(),
                                Math.toIntExact(entry.memoryKiB()),
                                Math.toIntExact(entry.passes()),
                                Math.toIntExact(entry.lanes()))));
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

    /// What a rotation of the master key makes of the stored directory (spec, section 10.13).
    ///
    /// @param dropped the ways in that are not kept
    /// @param directory under the next master key
    /// @param before SHA-256 of the stored one's envelope
    /// @param profileVersion the stored one
    record Rotated(List<SlotDirectory.Entry> dropped, Counted directory, Bytes before, long profileVersion) {}

    /// @param kept with what they wrap the next master key to
    /// @param replaced the password in whose place another one is added
    /// @param added the slots that are new, that of the recovery key among them
    Rotated rotate(MasterKey next, Map<SlotId, Bytes> kept, Optional<SlotId> replaced, List<SlotDirectory.Entry> added)
            throws ProblemException {
        Directory stored = load();
        List<SlotDirectory.Entry> slots = stored.opened.slots();
        List<SlotDirectory.Entry> rewrapped = slots.stream()
                .filter(entry -> kept.containsKey(entry.id()))
                .map(entry -> entry.rewrapped(kept.get(entry.id())))
                .toList();
        boolean replacedIsThere =
                replaced.isEmpty() || slots.stream().anyMatch(entry -> is(SlotKind.PASSWORD, entry, replaced.get()));
        if (rewrapped.size() != kept.size() || !replacedIsThere) {
            throw new NescioException.Refused(
                    "not-found",
                    "Another device has removed a way to sign in that was to stay. Nothing was changed. Try again.");
        }
        SlotDirectory directory = stored.opened.next(
                stored.served.directory().sealed(),
                Stream.concat(rewrapped.stream(), added.stream()).toList());
        return new Rotated(
                slots.stream()
                        .filter(entry -> entry.kind() != SlotKind.RECOVERY && !kept.containsKey(entry.id()))
                        .filter(entry -> !replaced.equals(Optional.of(entry.id())))
                        .toList(),
                new Counted(directory.counter(), next.seal(directory, random)),
                stored.hash(),
                stored.served.profile().version());
    }

    /// The stored directory's envelope, after it was checked against all that this device has seen.
    Counted checkedDirectory() throws ProblemException {
        return load().served.directory();
    }

    /// The stored directory, checked.
    private Directory load() throws ProblemException {
        SignIn.Account served = api.get("/v1/account", token, SignIn.Account.class);
        try {
            SlotDirectory opened = openDirectory(masterKey, marks, served);
            Account.keyPair(masterKey, served.keyPair()).close();
            return new Directory(served, opened);
        } catch (RejectedException e) {
            throw new NescioException.Distrust(Finding.REJECTED);
        }
    }

    /// Whether a directory was sealed under this master key.
    static boolean opens(MasterKey masterKey, Counted served) {
        try {
            masterKey.openDirectory(served.counter(), served.sealed());
            return true;
        } catch (RejectedException e) {
            return false;
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

        private final SignIn.Account served;
        private final SlotDirectory opened;

        private Directory(SignIn.Account served, SlotDirectory opened) {
            this.served = served;
            this.opened = opened;
        }

        Bytes hash() {
            return Sha256.of(served.directory().sealed());
        }

        /// As the server says.
        Optional<Instant> cloneRefusedAt(SlotId id) {
            return served.slots().stream()
                    .filter(slot -> slot.id().equals(id) && slot.cloneRefusedAt() != null)
                    .findFirst()
                    .map(slot -> Instant.ofEpochMilli(slot.cloneRefusedAt()));
        }

        /// A day of an access key, as the server says.
        Optional<LocalDate> day(SlotId id, Function<SignIn.Slot, Long> which) {
            return served.slots().stream()
                    .filter(slot -> slot.id().equals(id))
                    .findFirst()
                    .map(which)
                    .map(day -> LocalDate.ofInstant(Instant.ofEpochMilli(day), ZoneOffset.UTC));
        }

        /// The one that follows on it.
        Counted next(List<SlotDirectory.Entry> slots) {
            SlotDirectory next = opened.next(served.directory().sealed(), slots);
            return new Counted(next.counter(), masterKey.seal(next, random));
        }
    }
}
