package dev.nescio.client;

import dev.nescio.client.Api.ProblemException;
import dev.nescio.client.Containers.TooManyKeysException;
import dev.nescio.keys.AccountKeyPair;
import dev.nescio.keys.AccountKeys;
import dev.nescio.keys.Address;
import dev.nescio.keys.ContainerKey;
import dev.nescio.keys.Credential;
import dev.nescio.keys.DomainKey;
import dev.nescio.keys.MasterKey;
import dev.nescio.keys.Password;
import dev.nescio.keys.Profile;
import dev.nescio.keys.RecoveryKey;
import dev.nescio.keys.SlotDirectory;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.RotationId;
import dev.nescio.protocol.Rotations;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.Versioned;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Another master key for an account, drawn on this device, with fresh keys of the domains and another
/// recovery key (spec, section 10.13): for somebody who fears that the present one is known. What was
/// readable with that stays readable for whoever has a copy of it; what is written later does not.
///
/// Only ways to sign in that are presented here go on working. In this order: write [#recoveryKey] down,
/// [keep][#keepPassword] the ways in, then [#use]. For one thread; while it is used nothing else may be
/// done with the account.
public final class NewMasterKey implements AutoCloseable {

    private static final int TRIES = 5;

    /// Makes the account with other keys, and closes the present one.
    interface Successor {
        Account of(MasterKey masterKey, AccountKeys keys, AccountKeyPair pair);
    }

    /// What the account has now.
    ///
    /// @param device the entry of the list of devices
    /// @param prove shows a credential to the server
    /// @param awaitAnswer has the account keep a master key that may be in force as soon as it is stored
    /// @param isUnanswered whether there is one that the account keeps
    /// @param earlier makes the account under one that it keeps, if what is served says that this is in force
    /// @param save the session as it is to be stored, with what it keeps
    record Present(
            Api api,
            Token token,
            DeviceMemory memory,
            SecureRandom random,
            MasterKey masterKey,
            AccountKeys keys,
            Profile profile,
            SlotChanges slots,
            SessionList sessions,
            ThisDevice device,
            Predicate<SignIn.Proof> prove,
            BiConsumer<MasterKey, Runnable> awaitAnswer,
            BooleanSupplier isUnanswered,
            Function<SignIn.Account, Optional<Account>> earlier,
            Function<ProfileProtection, byte[]> save,
            Successor successor) {

        @Override
        public String toString() {
            return "Present[redacted]";
        }
    }

    private final Present present;
    private final HighWaterMarks marks;
    private final RotationId rotation;
    private final MasterKey masterKey;
    private final AccountKeys keys;
    private final AccountKeyPair pair;
    private final RecoveryKey recovery;
    private final Map<SlotId, Bytes> kept = new LinkedHashMap<>();
    private final RotatedContainers containers;

    /// Each of them may be in force as long as nobody has said that one is.
    private final List<Completion> sent = new ArrayList<>();

    private Optional<SlotChanges.PasswordSlot> keptPassword = Optional.empty();
    private Optional<NewPassword> otherPassword = Optional.empty();
    private Completion prepared;
    private boolean handedOver;
    private Optional<Account> earlier = Optional.empty();
    private boolean earlierHandedOver;

    private record Completion(Rotations.Complete request, List<SlotDirectory.Entry> dropped) {}

    NewMasterKey(Present present) {
        this.present = present;
        SecureRandom random = present.random();
        this.marks = new HighWaterMarks(present.memory(), present.masterKey().account());
        this.rotation = RotationId.generate(random);
        this.masterKey = MasterKey.generate(present.masterKey().account(), random);
        this.keys = AccountKeys.generate(masterKey.account(), random);
        this.pair = AccountKeyPair.generate(masterKey.account(), random);
        this.recovery = RecoveryKey.generate(random);
        this.containers = new RotatedContainers(
                some -> present.api().putRepeatedly(path() + "/containers", present.token(), some));
    }

    /// The recovery key that takes the place of the present one: fifteen groups of four characters,
    /// joined by hyphens. To be written down, and never shown again.
    public String recoveryKey() {
        return recovery.text();
    }

    /// Proves the password with its second factor; it goes on working. Takes about a second. Where the new
    /// keys, or those of an earlier rotation, have turned out to be in force nothing is asked for any more, and
    /// nothing is sent: [#use] tells.
    ///
    /// @param password not kept; the caller wipes it
    /// @return whether both were right
    /// @throws IllegalArgumentException with words for the person, if the account has none, or what was
    ///     typed cannot be it
    public boolean keepPassword(char[] password, SecondFactor factor) {
        if (isDecided()) {
            return true;
        }
        SlotChanges.PasswordSlot slot = present.slots()
                .password()
                .orElseThrow(() -> new IllegalArgumentException("This account has no password."));
        Address own = Address.parse(present.profile().address());
        try (Password normalised = Password.of(password);
                Credential credential =
                        Nescio.derive(present.api(), present.memory(), own, normalised, slot.derivedWith())) {
            boolean right = keep(slot.id(), credential, Nescio.proof(credential, own, factor));
            if (right) {
                keptPassword = Optional.of(slot);
            }
            return right;
        }
    }

    /// Puts another password in place of the one that was [kept][#keepPassword], in the same step; authenticator and
    /// backup codes stay. Takes about a second, most of it for Argon2id on this device. Where the keys of
    /// an earlier rotation have turned out to be in force it does nothing.
    ///
    /// @param next not kept; the caller wipes it
    /// @throws IllegalArgumentException with words for the person, if the password is not acceptable
    /// @throws IllegalStateException if the present one was not kept, or the step was asked for already
    public void changePassword(char[] next) {
        if (earlier.isPresent()) {
            return;
        }
        SlotChanges.PasswordSlot slot =
                keptPassword.orElseThrow(() -> new IllegalStateException("the present password was not kept"));
        if (!sent.isEmpty()) {
            throw new IllegalStateException("the rotation was sent without it");
        }
        Address own = Address.parse(present.profile().address());
        try (Password normalised = Password.of(next)) {
            normalised.requireFitForCreation();
            otherPassword = Optional.of(NewPassword.make(
                    masterKey,
                    own,
                    normalised,
                    Nescio.cost(slot.derivedWith()),
                    present.memory().pinned(present.api().origin(), own.hashed()),
                    present.random()));
            prepared = null;
        }
    }

    /// Proves a passkey of this account; it goes on working.
    ///
    /// @return false also if the person declined
    /// @throws NescioException.Distrust if the server names another relying party; nothing was signed
    public boolean keepPasskey(PasskeyAuthenticator authenticator) {
        if (isDecided()) {
            return true;
        }
        Map<Bytes, SlotId> own = new LinkedHashMap<>();
        present.slots().passkeys().forEach(passkey -> own.put(passkey.credentialId(), passkey.id()));
        if (own.isEmpty()) {
            return false;
        }
        try {
            Optional<PasskeyCeremony.Proven> proven = new PasskeyCeremony(
                            present.api(), present.random(), authenticator)
                    .prove(List.copyOf(own.keySet()));
            if (proven.isEmpty()) {
                return false;
            }
            try (Credential credential = proven.get().credential()) {
                SlotId slot = own.get(proven.get().assertion().credentialId());
                return slot != null
                        && keep(
                                slot,
                                credential,
                                new SignIn.Proof(
                                        credential.lookupHash(),
                                        null,
                                        null,
                                        null,
                                        proven.get().assertion()));
            }
        } catch (PasskeyCeremony.UnsuitableException e) {
            return false;
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    private boolean keep(SlotId slot, Credential credential, SignIn.Proof proof) {
        if (!sent.isEmpty() && !kept.containsKey(slot)) {
            throw new IllegalStateException("the rotation was sent without this one");
        }
        boolean right = present.prove().test(proof);
        if (right) {
            kept.computeIfAbsent(slot, id -> credential.wrap(masterKey, id, present.random()));
        }
        return right;
    }

    /// Seals all keys anew and puts everything in place of what is there, in one step at the server:
    /// whatever interrupts it, the account is as it was, or as it is to be. Reads every container first.
    /// After a lost answer it is called again.
    ///
    /// @param keep stores the profile durably. It is called before the step, with a profile that opens the
    ///     account either way, so that the outcome shows if this program ends before it has the answer
    ///     ([Account#isRotationFound]). The [new account][MasterKeyRotation.Rotated] is then to be saved
    ///     in its place
    /// @throws IllegalStateException if nothing was kept
    /// @throws NescioException.Distrust if something fails a check
    /// @throws NescioException.Unreachable if the server is not there, or the answer was lost
    ///     ([#isOutcomeKnown])
    public MasterKeyRotation use(ProfileProtection protection, Consumer<byte[]> keep) {
        return use(() -> keep.accept(present.save().apply(protection)));
    }

    /// As above, for a program that stores no profile.
    public MasterKeyRotation use() {
        return use(() -> {});
    }

    /// False from the moment when the step is asked for until it is known to be done, or to come too late: then
    /// either the old keys are in force or the new ones.
    public boolean isOutcomeKnown() {
        return sent.isEmpty() || handedOver || earlier.isPresent();
    }

    private MasterKeyRotation use(Runnable keep) {
        try {
            for (int attempt = 1; ; attempt++) {
                Optional<MasterKeyRotation> outcome = outcome();
                if (outcome.isPresent()) {
                    return outcome.get();
                }
                if (kept.isEmpty()) {
                    throw new IllegalStateException("no way to sign in was kept");
                }
                try {
                    return complete(prepared == null ? prepare() : prepared, keep);
                } catch (ProblemException e) {
                    boolean changedMeanwhile = e.is("rotation-conflict") || e.is("directory-conflict");
                    if (!changedMeanwhile || attempt == TRIES) {
                        throw e;
                    }
                    prepared = null;
                    if (e.is("rotation-conflict")) {
                        containers.forgetStaged();
                    }
                }
            }
        } catch (UnreadableException e) {
            return containers.unreadable();
        } catch (TooManyKeysException e) {
            return new MasterKeyRotation.TooManyKeys(e.container());
        } catch (ProblemException e) {
            return asksForProof(e);
        }
    }

    /// The request before it may have been done, and its answer lost, when the proof was still fresh.
    private MasterKeyRotation asksForProof(ProblemException refusal) {
        try {
            if (refusal.is("proof-required")) {
                return outcome().orElseGet(() -> new MasterKeyRotation.ProofRequired(containers.sent()));
            }
        } catch (ProblemException e) {
            throw e.unexpected();
        }
        throw refusal.unexpected();
    }

    /// Whether the server has done what was sent, now or by an earlier rotation (spec, section 10.13).
    private Optional<MasterKeyRotation> outcome() throws ProblemException {
        Optional<Completion> done = look();
        earlierHandedOver = earlier.isPresent();
        return earlierHandedOver ? earlier.map(MasterKeyRotation.EarlierFound::new) : done.map(this::rotated);
    }

    /// The directory opens under the master key that is in force.
    ///
    /// @return what is done of this one; [#earlier] has the account where an earlier one is
    private Optional<Completion> look() throws ProblemException {
        if (earlier.isPresent() || (sent.isEmpty() && !present.isUnanswered().getAsBoolean())) {
            return Optional.empty();
        }
        SignIn.Account served = present.api().get("/v1/account", present.token(), SignIn.Account.class);
        Optional<Completion> done = inForce(served.directory());
        if (done.isEmpty()) {
            earlier = present.earlier().apply(served);
        }
        return done;
    }

    private Optional<Completion> inForce(Counted served) {
        if (sent.isEmpty()) {
            return Optional.empty();
        }
        Optional<Completion> done = sent.stream()
                .filter(completion -> completion.request().directory().equals(served))
                .findFirst();
        done.ifPresent(completion -> marks.rotated(completion.request()));
        // Another device may have signed in and changed it since.
        return done.or(() -> SlotChanges.opens(masterKey, served) ? Optional.of(sent.getLast()) : Optional.empty());
    }

    private boolean isDecided() {
        try {
            return look().isPresent() || earlier.isPresent();
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    /// A person has been shown what does not open, and wants to go on without it (spec, section 10.13). What of it can
    /// be read now can be read afterwards. What the server puts right later does not open any more. A list is begun
    /// anew with the containers that the server has, whether or not these are all.
    public void leave(MasterKeyRotation.Unreadable shown) {
        containers.leave(shown);
    }

    private static final class UnreadableException extends Exception {

        private static final long serialVersionUID = 1L;
    }

    private Completion prepare() throws ProblemException, UnreadableException, TooManyKeysException {
        containers.begin();
        SignUp.NewSlot recoverySlot = NewRecoveryKey.slot(recovery, masterKey, present.random());
        Optional<SignUp.NewSlot> passwordSlot = otherPassword.map(NewPassword::slot);
        Map<SlotId, Bytes> staying = new LinkedHashMap<>(kept);
        Optional<SlotId> replaced = passwordSlot.flatMap(slot -> keptPassword).map(SlotChanges.PasswordSlot::id);
        replaced.ifPresent(staying::remove);
        SlotChanges.Rotated slots = present.slots()
                .rotate(
                        masterKey,
                        staying,
                        replaced,
                        Stream.concat(passwordSlot.stream(), Stream.of(recoverySlot))
                                .map(slot -> SlotDirectory.Entry.of(slot.asSlot()))
                                .toList());
        Rotations.Lists lists = new Rotations.Lists(
                rotate(present.keys().chats(), keys.chats()),
                rotate(present.keys().apps(), keys.apps()),
                rotate(present.keys().emails(), keys.emails()),
                rotate(present.keys().embeds(), keys.embeds()));
        MasterKeyRotation.Unreadable unreadable = containers.unreadable();
        if (!unreadable.containers().isEmpty() || !unreadable.lists().isEmpty()) {
            throw new UnreadableException();
        }
        long profileVersion = slots.profileVersion() + 1;
        Rotations.Complete request = new Rotations.Complete(
                staying.entrySet().stream()
                        .map(slot -> new Rotations.KeptSlot(slot.getKey(), slot.getValue()))
                        .toList(),
                recoverySlot,
                passwordSlot.orElse(null),
                masterKey.wrap(keys, present.random()),
                masterKey.seal(pair, present.random()),
                new Versioned(profileVersion, keys.profile().seal(profileVersion, present.profile(), present.random())),
                lists,
                present.sessions().alone(keys.profile(), present.device()),
                slots.directory());
        return new Completion(request, slots.dropped());
    }

    private <K extends ContainerKey> Counted rotate(DomainKey<K> before, DomainKey<K> after)
            throws ProblemException, TooManyKeysException {
        ContainerApi api = new ContainerApi(present.api(), present.token(), true);
        // Not closed: its keys are those of the account.
        return new Containers<>(api, marks, before, present.random()).rotate(after, containers);
    }

    private MasterKeyRotation complete(Completion completion, Runnable keep) throws ProblemException {
        prepared = completion;
        if (sent.isEmpty()) {
            present.awaitAnswer().accept(masterKey, keep);
        }
        sent.add(completion);
        present.api().postRepeatedly(path(), present.token(), completion.request(), null);
        marks.rotated(completion.request());
        return rotated(completion);
    }

    private MasterKeyRotation rotated(Completion completion) {
        handedOver = true;
        otherPassword.ifPresent(made -> present.memory()
                .pin(
                        present.api().origin(),
                        Address.parse(present.profile().address()).hashed(),
                        made.cost()));
        return new MasterKeyRotation.Rotated(
                present.successor().of(masterKey, keys, pair),
                completion.dropped().stream()
                        .map(entry ->
                                new MasterKeyRotation.Dropped(entry.kind(), entry.name() == null ? "" : entry.name()))
                        .toList());
    }

    private String path() {
        return "/v1/rotations/" + rotation.hex();
    }

    /// Wipes what was not used.
    @Override
    public void close() {
        recovery.close();
        if (!handedOver) {
            pair.close();
            keys.close();
            masterKey.close();
        }
        if (!earlierHandedOver) {
            earlier.ifPresent(Account::close);
        }
    }

    @Override
    public String toString() {
        return "NewMasterKey[redacted]";
    }
}
