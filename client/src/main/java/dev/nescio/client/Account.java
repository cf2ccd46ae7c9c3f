package dev.nescio.client;

import dev.nescio.client.Api.ProblemException;
import dev.nescio.keys.AccountKeyPair;
import dev.nescio.keys.AccountKeys;
import dev.nescio.keys.Address;
import dev.nescio.keys.Credential;
import dev.nescio.keys.MasterKey;
import dev.nescio.keys.PairingCode;
import dev.nescio.keys.PairingGrant;
import dev.nescio.keys.Password;
import dev.nescio.keys.Profile;
import dev.nescio.keys.RecoveryKey;
import dev.nescio.keys.SlotDirectory;
import dev.nescio.protocol.AccessKeys;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Devices;
import dev.nescio.protocol.KeyPair;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.Pairings;
import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.SlotKind;
import dev.nescio.protocol.Stored;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.Sha256;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// An account on a device that is signed in: its keys, opened, and its session. Safe for use by many
/// threads.
public final class Account implements OpenAccount {

    private final Api api;
    private final SecureRandom random;
    private volatile Session session;
    private final MasterKey masterKey;
    private final AccountKeys keys;
    private final AccountKeyPair pair;
    private final Profile profile;
    private final Chats chats;
    private final SlotChanges slots;
    private final AccountAccessKeys accessKeys;
    private final boolean byAccessKey;
    private final DeviceMemory memory;

    /// Master keys of rotations that had no answer, as long as none of them is in force.
    private final List<MasterKey> unanswered = new CopyOnWriteArrayList<>();

    private volatile boolean rotationFound;
    private final SessionList sessions;
    private final LogChain log;
    private final FreshProof proof = new FreshProof(InstantSource.system());
    private volatile Supplier<ThisDevice> device;
    private volatile boolean resetCodeCancelled;

    /// Null where there is none, or nobody has asked.
    private volatile Instant resetCodeUntil;
    private volatile Optional<Finding> deviceListFinding = Optional.empty();

    /// @param expiresAt when the session ends by itself
    /// @param renewFrom when half of its life is over
    record Session(SessionId id, Token token, Instant expiresAt, Instant renewFrom) {

        /// One that begins, or is renewed, now.
        static Session now(SessionId id, Token token, long expiresAt) {
            Instant now = Instant.now();
            Instant end = Instant.ofEpochMilli(expiresAt);
            return new Session(
                    id, token, end, now.plus(Duration.between(now, end).dividedBy(2)));
        }

        static Session of(AccessKeys.Opened opened) {
            if (opened.token() == null) {
                throw new NescioException.Distrust(Finding.BAD_ANSWER);
            }
            return now(opened.session(), new Token(opened.token()), opened.expiresAt());
        }

        /// Asks the server whether it still lives.
        SignIn.Session check(Api api) {
            try {
                return api.get("/v1/session", token, SignIn.Session.class);
            } catch (ProblemException e) {
                throw e.unexpected();
            }
        }

        /// Exchanges the token for another one.
        ///
        /// @param keep stores the session durably; only when it returns is the new token used
        Session renew(Api api, Consumer<Session> keep) {
            AtomicReference<Session> next = new AtomicReference<>();
            token.exchange(before -> {
                try {
                    Devices.Renewed answer = api.post("/v1/session/renew", token, Devices.Renewed.class);
                    if (answer.token() == null) {
                        throw new NescioException.Distrust(Finding.BAD_ANSWER);
                    }
                    keep.accept(now(id, new Token(answer.token()), answer.expiresAt()));
                    next.set(now(id, token, answer.expiresAt()));
                    return answer.token();
                } catch (ProblemException e) {
                    throw e.unexpected();
                }
            });
            return next.get();
        }

        /// Ends it at the server.
        void end(Api api) {
            try {
                api.delete("/v1/session", token);
            } catch (ProblemException e) {
                if (!e.is("session-required")) {
                    throw e.unexpected();
                }
            }
        }

        /// It is due to be renewed, so that the profile that it was read from is written anew.
        Session dueNow() {
            return new Session(id, token, expiresAt, Instant.EPOCH);
        }

        @Override
        public String toString() {
            return "Session[" + id.shortened() + "…]";
        }
    }

    private Account(
            Api api,
            DeviceMemory memory,
            SecureRandom random,
            Session session,
            MasterKey masterKey,
            AccountKeys keys,
            AccountKeyPair pair,
            Profile profile,
            boolean byAccessKey) {
        this.api = api;
        this.memory = memory;
        this.random = random;
        this.session = session;
        this.masterKey = masterKey;
        this.keys = keys;
        this.pair = pair;
        this.profile = profile;
        this.byAccessKey = byAccessKey;
        ContainerApi containers = new ContainerApi(api, session.token(), true);
        HighWaterMarks marks = new HighWaterMarks(memory, masterKey.account());
        this.chats = new Chats(new Containers<>(containers, marks, keys.chats(), random));
        this.log = new LogChain(
                api, session.token(), masterKey.account(), session.id(), marks, pair, InstantSource.system());
        this.slots = new SlotChanges(api, session.token(), marks, masterKey, log, random);
        this.sessions = new SessionList(
                api, session.token(), session.id(), marks, log, keys.profile(), random, slots::accessKeys);
        this.accessKeys = new AccountAccessKeys(slots, masterKey, keys, random);
    }

    /// The address that somebody signs in with.
    ///
    /// @param derivedWith what the server gave to derive the password's credential with, or was given at sign-up
    record Typed(Address address, SignIn.LookupAnswer derivedWith) {}

    /// Opens and checks what the server gave at sign-in (spec, section 10.4). After a failed check nothing
    /// is sent.
    ///
    /// @param typed empty for a credential that needs no address: it opens only its own account
    static Account open(
            Api api,
            DeviceMemory memory,
            SecureRandom random,
            Optional<Typed> typed,
            Credential credential,
            SignIn.SessionOpened opened) {
        SignIn.Slot slot = slotOf(opened, typed.map(Typed::derivedWith));
        if (opened.token() == null) {
            throw new NescioException.Distrust(Finding.BAD_ANSWER);
        }
        MasterKey masterKey = null;
        AccountKeyPair pair = null;
        AccountKeys keys = null;
        boolean checked = false;
        try {
            masterKey = credential.unwrap(opened.account(), slot.id(), slot.wrappedMasterKey());
            HighWaterMarks marks = new HighWaterMarks(memory, opened.account());
            if (!SlotChanges.openDirectory(masterKey, marks, opened.directory()).lists(opened.slots())) {
                throw new NescioException.Distrust(Finding.SLOTS_CHANGED);
            }
            pair = keyPair(masterKey, opened.keyPair());
            keys = masterKey.unwrap(opened.domainKeys());
            Profile profile = keys.profile().open(opened.profile());
            if (typed.isPresent()
                    && !profile.address().equals(typed.get().address().normalised())) {
                throw new NescioException.Distrust(Finding.ADDRESS_EXCHANGED);
            }
            if (slot.kind() == SlotKind.PASSWORD) {
                memory.pin(
                        api.origin(),
                        Address.parse(profile.address()).hashed(),
                        new Argon2Parameters(slot.memoryKiB(), slot.passes(), slot.lanes()));
            }
            Session session = Session.now(opened.session(), new Token(opened.token()), opened.expiresAt());
            Account account = new Account(api, memory, random, session, masterKey, keys, pair, profile, false);
            account.resetCodeCancelled = Boolean.TRUE.equals(opened.resetCancelled());
            account.proof.note();
            checked = true;
            return account;
        } catch (RejectedException e) {
            throw new NescioException.Distrust(Finding.REJECTED);
        } finally {
            if (!checked) {
                wipe(keys, pair, masterKey);
            }
        }
    }

    /// Opens the private half, and sees that the server has not put another public one in its place
    /// (spec, section 4.2).
    static AccountKeyPair keyPair(MasterKey masterKey, KeyPair served) throws RejectedException {
        AccountKeyPair pair = masterKey.openKeyPair(served.privateKey());
        if (!pair.publicKey().equals(served.publicKey())) {
            pair.close();
            throw new NescioException.Distrust(Finding.PUBLIC_KEY_REPLACED);
        }
        return pair;
    }

    /// @throws NescioException.Distrust unless one slot, and only one, is the one that signed in
    private static SignIn.Slot slotOf(SignIn.SessionOpened opened, Optional<SignIn.LookupAnswer> derivedWith) {
        List<SignIn.Slot> slots = opened.slots();
        boolean idsDiffer = slots.stream().map(SignIn.Slot::id).distinct().count() == slots.size();
        return slots.stream()
                .filter(slot -> idsDiffer && slot.id().equals(opened.slot()) && slot.wrappedMasterKey() != null)
                .filter(slot -> parameters(slot).equals(derivedWith))
                .findFirst()
                .orElseThrow(() -> new NescioException.Distrust(Finding.SLOTS_CHANGED));
    }

    private static Optional<SignIn.LookupAnswer> parameters(SignIn.Slot slot) {
        return slot.kind() == SlotKind.PASSWORD
                ? Optional.of(new SignIn.LookupAnswer(slot.salt(), slot.memoryKiB(), slot.passes(), slot.lanes()))
                : Optional.empty();
    }

    private static void wipe(AccountKeys keys, AccountKeyPair pair, MasterKey masterKey) {
        if (keys != null) {
            keys.close();
        }
        if (pair != null) {
            pair.close();
        }
        if (masterKey != null) {
            masterKey.close();
        }
    }

    /// Takes a saved session up: the same checks, but for the slots' wrapped keys, which the server gives
    /// at sign-in only. Where a rotation had no answer, the directory says by what it opens under which
    /// master key is in force (spec, section 10.13).
    static Account resume(Api api, DeviceMemory memory, SecureRandom random, SavedProfile.Whole saved) {
        try {
            SignIn.Account served = api.get("/v1/account", saved.session().token(), SignIn.Account.class);
            Optional<MasterKey> found = saved.next().stream()
                    .filter(key -> SlotChanges.opens(key, served.directory()))
                    .findFirst();
            if (found.isEmpty()) {
                Account account =
                        checked(api, memory, random, saved.session(), saved.masterKey(), served, saved.byAccessKey());
                account.unanswered.addAll(saved.next());
                return account;
            }
            saved.masterKey().close();
            saved.next().stream().filter(key -> key != found.get()).forEach(MasterKey::close);
            return foundUnder(api, memory, random, saved.session().dueNow(), found.get(), served);
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    /// Whether a rotation of the master key whose answer this device has not got has turned out to be in force. The
    /// account hangs from its keys; the recovery key that was shown for it works, and the one before no longer.
    public boolean isRotationFound() {
        return rotationFound;
    }

    /// Whether there was a rotation of the master key whose answer this device has not got, and that is not in force
    /// as far as the server shows. Its request may still be on its way.
    public boolean isRotationUnanswered() {
        return !unanswered.isEmpty();
    }

    /// Takes a saved session up for what concerns sessions alone, also where the directory fails its check.
    static AccountSessions resumeSessions(
            Api api, DeviceMemory memory, SecureRandom random, SavedProfile.Whole saved, Supplier<ThisDevice> device) {
        try {
            SignIn.Account served = api.get("/v1/account", saved.session().token(), SignIn.Account.class);
            requireSame(served, saved.masterKey());
            // Where a rotation had no answer, by what hangs from it: the directory may be what is wrong.
            MasterKey inForce = saved.next().stream()
                    .filter(key -> unwraps(key, served))
                    .findFirst()
                    .orElse(saved.masterKey());
            Optional<Finding> directory = directoryFinding(memory, inForce, served);
            Account account = opened(api, memory, random, saved.session(), inForce, served, saved.byAccessKey());
            Stream.concat(Stream.of(saved.masterKey()), saved.next().stream())
                    .filter(key -> key != inForce)
                    .forEach(MasterKey::close);
            return new AccountSessions(account.as(device), directory);
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    private static boolean unwraps(MasterKey masterKey, SignIn.Account served) {
        try {
            masterKey.unwrap(served.domainKeys()).close();
            return true;
        } catch (RejectedException e) {
            return false;
        }
    }

    private static Optional<Finding> directoryFinding(DeviceMemory memory, MasterKey masterKey, SignIn.Account served) {
        try {
            SlotChanges.openDirectory(masterKey, new HighWaterMarks(memory, masterKey.account()), served);
            return Optional.empty();
        } catch (RejectedException e) {
            return Optional.of(Finding.REJECTED);
        } catch (NescioException.Distrust e) {
            return Optional.of(e.finding());
        }
    }

    /// Opens and checks what the server gave to this device when it was paired (spec, section 10.11). Takes the grant's
    /// master key over.
    static Account paired(
            Api api, DeviceMemory memory, SecureRandom random, PairingGrant grant, Pairings.Collected collected) {
        Account account = null;
        boolean right = false;
        try {
            new HighWaterMarks(memory, grant.masterKey().account())
                    .directorySeenElsewhere(grant.directoryCounter(), grant.directoryHash());
            Session session = Session.now(collected.session(), new Token(collected.token()), collected.expiresAt());
            account = checked(api, memory, random, session, grant.masterKey(), collected.account(), false);
            if (!account.address().equals(grant.address())) {
                throw new NescioException.Distrust(Finding.ADDRESS_EXCHANGED);
            }
            right = true;
            return account;
        } finally {
            if (!right) {
                wipe(account == null ? null : account.keys, account == null ? null : account.pair, grant.masterKey());
            }
        }
    }

    /// Opens and checks what the server gave to an access key of the whole account (spec, section 10.17).
    static Account openWithAccessKey(
            Api api,
            DeviceMemory memory,
            SecureRandom random,
            SlotId slot,
            Credential credential,
            AccessKeys.Opened opened) {
        Session session = Session.of(opened);
        MasterKey masterKey = null;
        Account account = null;
        try {
            masterKey = credential.unwrap(opened.account(), slot, opened.wrappedMasterKey());
            HighWaterMarks marks = new HighWaterMarks(memory, opened.account());
            SlotDirectory directory = SlotChanges.openDirectory(masterKey, marks, opened.whole());
            SlotDirectory.Entry listed = directory.slots().stream()
                    .filter(entry ->
                            entry.kind() == SlotKind.ACCESS && entry.id().equals(slot))
                    .filter(entry -> entry.scope().isAll())
                    .filter(entry -> entry.wrappedMasterKeyHash().equals(Sha256.of(opened.wrappedMasterKey())))
                    .findFirst()
                    .orElseThrow(() -> new NescioException.Distrust(Finding.SLOTS_CHANGED));
            OptionalLong end = listed.expiresAt() == null ? OptionalLong.empty() : OptionalLong.of(listed.expiresAt());
            if (ScopedAccount.outlives(opened.expiresAt(), end)) {
                throw new NescioException.Distrust(Finding.ACCESS_KEY_OUTLIVED);
            }
            account = checked(api, memory, random, session, masterKey, opened.whole(), true);
            return account;
        } catch (RejectedException e) {
            throw new NescioException.Distrust(Finding.REJECTED);
        } finally {
            if (account == null) {
                wipe(null, null, masterKey);
            }
        }
    }

    /// What the server serves to a session whose device has the master key already.
    private static Account checked(
            Api api,
            DeviceMemory memory,
            SecureRandom random,
            Session session,
            MasterKey masterKey,
            SignIn.Account served,
            boolean byAccessKey) {
        try {
            requireSame(served, masterKey);
            SlotChanges.openDirectory(masterKey, new HighWaterMarks(memory, served.account()), served);
            return opened(api, memory, random, session, masterKey, served, byAccessKey);
        } catch (RejectedException e) {
            throw new NescioException.Distrust(Finding.REJECTED);
        }
    }

    private static void requireSame(SignIn.Account served, MasterKey masterKey) {
        if (!served.account().equals(masterKey.account())) {
            throw new NescioException.Distrust(Finding.ADDRESS_EXCHANGED);
        }
    }

    /// Opens what hangs from the master key. The directory was looked at before.
    private static Account opened(
            Api api,
            DeviceMemory memory,
            SecureRandom random,
            Session session,
            MasterKey masterKey,
            SignIn.Account served,
            boolean byAccessKey) {
        AccountKeyPair pair = null;
        AccountKeys keys = null;
        Account account = null;
        try {
            pair = keyPair(masterKey, served.keyPair());
            keys = masterKey.unwrap(served.domainKeys());
            Profile profile = keys.profile().open(served.profile());
            account = new Account(api, memory, random, session, masterKey, keys, pair, profile, byAccessKey);
            account.log.served(served.logNumber());
            account.noteResetCode(served.resetUntil());
            return account;
        } catch (RejectedException e) {
            throw new NescioException.Distrust(Finding.REJECTED);
        } finally {
            if (account == null) {
                wipe(keys, pair, null);
            }
        }
    }

    @Override
    public AccountId id() {
        return masterKey.account();
    }

    /// The normalised address, as this account's devices sealed it.
    public String address() {
        return profile.address();
    }

    @Override
    public SessionId session() {
        return session.id();
    }

    /// Tells the account's other devices who this one is. A device that cannot do so now is *unknown* to them until it
    /// looks at its [#sessions].
    ///
    /// @throws NescioException.Distrust if the server's list of sessions fails a check
    Account announce(Supplier<ThisDevice> now) {
        return announce(now, () -> sessions.announce(now.get()));
    }

    /// As [#announce], where all other sessions have ended as this one was opened.
    Account announceAlone(Supplier<ThisDevice> now) {
        return announce(now, () -> sessions.beginAlone(now.get()));
    }

    private Account announce(Supplier<ThisDevice> now, Supplier<Optional<Finding>> announcement) {
        device = now;
        try {
            deviceListFinding = announcement.get();
        } catch (NescioException.Distrust e) {
            if (e.finding() != Finding.BAD_ANSWER) {
                throw e;
            }
            // An endless list must not keep anybody out.
            deviceListFinding = Optional.of(e.finding());
        } catch (NescioException e) {
            // Signing in has succeeded all the same.
        }
        return this;
    }

    /// What was wrong with the list of this account's devices when this one signed in and would have put itself
    /// on it. It is for the person to know: [#sessions] has more to show, and [#endOtherSessions] ends what should
    /// not be there.
    public Optional<Finding> deviceListFinding() {
        return deviceListFinding;
    }

    /// This session was opened just now, in this way: the account's log is compared with what this
    /// device has seen of it, and has to have that.
    Account openedBy(LogKind way) {
        log.opened(way);
        return this;
    }

    /// Does so, unless the announcement has, which tells the other devices how much of the log this
    /// one has seen.
    Account lookAtLog() {
        log.lookAtOpening();
        return this;
    }

    /// What was wrong with the account's [#log] when this device last compared it with what it had just
    /// done: signed in, or changed a way to sign in. It is for the person to know. After a rotation of the
    /// master key the log is looked at here: until then nothing is to keep the new keys from being stored.
    public Optional<Finding> logFinding() {
        Optional<Finding> finding = log.finding();
        shareLog();
        return finding;
    }

    /// The other devices compare with it what they are shown. Whether it can be written now or not,
    /// it will be told with the next list of devices.
    private void shareLog() {
        if (byAccessKey || device == null || !log.isUnshared()) {
            return;
        }
        try {
            sessions.shareLog(device.get());
        } catch (NescioException.Distrust e) {
            // Whoever asks for the sessions themselves is told.
        }
    }

    /// Which other devices have signed in since a person was last told so on this one, as the
    /// account's log says, and what is wrong with the log. Asks the server only where it has said,
    /// with the account, that there is something new, or where [there may be][#logMayHaveGrown], and is
    /// empty where that fails. Nothing is told to a program that an access key has signed in.
    ///
    /// @throws NescioException.SessionEnded if that is what it learns
    public SignInNews signInNews() {
        if (byAccessKey || !(log.isNews() || log.isUnshared())) {
            return SignInNews.NONE;
        }
        try {
            SignInNews news = sessions.news();
            shareLog();
            return news;
        } catch (NescioException.Distrust e) {
            return new SignInNews(Optional.of(e.finding()), List.of(), 0);
        } catch (NescioException.Unreachable | NescioException.Refused | NescioException.TooManyRequests e) {
            return SignInNews.NONE;
        }
    }

    /// To be called when a [hint][HintListener#accountChanged] has come, or hints may have been missed: the
    /// next [#signInNews] asks the server.
    public void logMayHaveGrown() {
        log.mayHaveGrown();
    }

    /// To be called when a person has been told of all of this: [#signInNews] begins after it.
    public void signInNewsWereTold(SignInNews news) {
        if (news.finding().isEmpty() && news.newest() > 0) {
            log.newsTold(news.newest());
        }
    }

    /// How many entries the account's [#log] had got since a person was last [shown][#logWasShown] it on this
    /// device, when this session was opened; empty where that is not known.
    public OptionalLong newLogEvents() {
        return log.unseen();
    }

    /// What has happened to the account's ways to sign in, its sessions and its keys, as the server has
    /// written it down in the last 400 days. A person is expected to be shown it. Where the server gives no list
    /// of devices to compare it with, that is what is wrong with it.
    ///
    /// @throws NescioException.Distrust if the server's answer never ends
    public LogReading log() {
        boolean heard = hearOthers();
        LogReading reading = log.read();
        shareLog();
        return heard || reading instanceof LogReading.Tampered
                ? reading
                : new LogReading.Tampered(Finding.LOG_UNCOMPARED, reading.events());
    }

    /// What the other devices say that they have seen. A server must not hide the log by what else it
    /// serves, nor by that how it differs.
    ///
    /// @return whether all of it was heard
    private boolean hearOthers() {
        try {
            return sessions.hear();
        } catch (NescioException.Distrust | NescioException.Refused | NescioException.TooManyRequests e) {
            // What it is, whoever asks for the sessions themselves is told.
            return false;
        }
    }

    /// To be called when a person has been shown all of this: [#newLogEvents] counts from it.
    public void logWasShown(LogReading.Complete reading) {
        log.shown(reading);
    }

    /// For a session that was announced when it began.
    Account as(Supplier<ThisDevice> known) {
        device = known;
        return this;
    }

    /// All sessions of this account, the server's list compared with what the account's devices say of themselves.
    ///
    /// @throws NescioException.Distrust if the server's list leaves this device out, or brings back a session that
    ///     was ended here
    public SessionReading sessions() {
        SessionReading reading = sessions.read();
        boolean unnamed = !byAccessKey
                && !(reading instanceof SessionReading.Tampered)
                && reading.entries().stream()
                        .anyMatch(entry -> entry instanceof SessionEntry.Unknown
                                && entry.id().equals(session()));
        return unnamed ? announce(device).sessions.read() : reading;
    }

    /// To be called when a person has been shown a reading of the [#sessions]. Hidden sessions, and that the list of
    /// devices does not open, are told until then, on each of the account's devices, and not any more.
    public void acknowledge(SessionReading shown) {
        // A script is no person.
        if (byAccessKey) {
            return;
        }
        if (shown instanceof SessionReading.Tampered
                || shown.entries().stream().anyMatch(SessionEntry.Hidden.class::isInstance)) {
            sessions.acknowledge(device.get(), shown);
        }
    }

    /// Ends a session of this account at once; its device wipes what it holds as soon as it learns of it.
    ///
    /// @return whether there was such a session
    public boolean endSession(SessionId ended) {
        return sessions.end(ended);
    }

    /// Ends all sessions but this one.
    ///
    /// @return what was wrong with the list of this account's devices. If it does not open, another one is begun,
    ///     with this device alone
    public Optional<Finding> endOtherSessions() {
        return sessions.endOthers(device.get());
    }

    /// Ends all sessions, this one too, and wipes the keys here.
    ///
    /// @return what was wrong with the list of this account's devices
    public Optional<Finding> endAllSessions() {
        // The others first, so that their names are off the list before nobody is left to take them off.
        Optional<Finding> finding = endOtherSessions();
        leave();
        sessions.endAll();
        close();
        return finding;
    }

    /// When the session ends by itself, unless it is [renewed][#renew].
    @Override
    public Instant expiresAt() {
        return session.expiresAt();
    }

    @Override
    public Chats chats() {
        return chats;
    }

    /// Whether this sign-in has cancelled a reset code (spec, section 10.18): somebody has told the operator
    /// that every way in is lost.
    public boolean isResetCodeCancelled() {
        return resetCodeCancelled;
    }

    /// Until when there is a code with which this account can be destroyed and begun anew (spec, section 10.18), as the
    /// server said when the session was taken up or last [checked][#checkSession]. Proving a
    /// credential cancels it.
    public Optional<Instant> resetCodeUntil() {
        return Optional.ofNullable(resetCodeUntil);
    }

    /// Draws another recovery key. It takes the old one's place when it is [used][NewRecoveryKey#use].
    public NewRecoveryKey newRecoveryKey() {
        return new NewRecoveryKey(slots, masterKey, random);
    }

    /// Puts another password in place of the old one, which opens nothing from then on. Authenticator, backup codes and
    /// recovery key stay. Takes about a second, most of it for Argon2id on this device.
    ///
    /// Whoever asks again, because the server asked for a proof or the answer was lost, gives the same password.
    ///
    /// Whoever has copied the token of this session stays signed in, unless it was [renewed][#renew] before.
    ///
    /// @param next not kept; the caller wipes it
    /// @param endOtherSessions whether all other devices are signed out
    /// @throws IllegalArgumentException with words for the person, if the password is not acceptable
    /// @throws NescioException.Unreachable if the answer was lost: exactly one of the two passwords works
    public SlotChange changePassword(char[] next, boolean endOtherSessions) {
        Address own = Address.parse(profile.address());
        try (Password normalised = Password.of(next)) {
            normalised.requireFitForCreation();
            NewPassword made = NewPassword.make(
                    masterKey,
                    own,
                    normalised,
                    slots.password()
                            .map(slot -> Nescio.cost(slot.derivedWith()))
                            .orElse(Argon2Parameters.CURRENT),
                    memory.pinned(api.origin(), own.hashed()),
                    random);
            SlotChange change = slots.replacePassword(made.slot(), endOtherSessions);
            if (change instanceof SlotChange.Changed) {
                memory.pin(api.origin(), own.hashed(), made.cost());
                if (endOtherSessions) {
                    sessions.othersHaveEnded(device.get());
                }
            }
            return change;
        }
    }

    /// Draws another master key, with fresh keys of all domains, for somebody who fears that the present
    /// one is known. It takes the present one's place when it is [used][NewMasterKey#use]; this account
    /// is closed then.
    public NewMasterKey newMasterKey() {
        long logged = log.known();
        return new NewMasterKey(new NewMasterKey.Present(
                api,
                session.token(),
                memory,
                random,
                masterKey,
                keys,
                profile,
                slots,
                sessions,
                device.get(),
                this::prove,
                this::awaitAnswer,
                this::isRotationUnanswered,
                this::underEarlierKeys,
                this::save,
                (nextMasterKey, nextKeys, nextPair) -> withKeys(nextMasterKey, nextKeys, nextPair, logged)));
    }

    /// This master key may be in force once it is stored.
    ///
    /// @param keep stores it, with all of this account; where it fails nothing is sent
    private void awaitAnswer(MasterKey next, Runnable keep) {
        MasterKey copy = next.copy();
        unanswered.add(copy);
        boolean kept = false;
        try {
            keep.run();
            kept = true;
        } finally {
            if (!kept) {
                unanswered.remove(copy);
                copy.close();
            }
        }
    }

    /// The same session, under the keys of a rotation whose answer was lost, if what is served hangs from them.
    private Optional<Account> underEarlierKeys(SignIn.Account served) {
        Optional<MasterKey> found = unanswered.stream()
                .filter(key -> SlotChanges.opens(key, served.directory()))
                .findFirst();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        MasterKey copy = found.get().copy();
        try {
            Account next = foundUnder(api, memory, random, session.dueNow(), copy, served)
                    .as(device);
            next.proof.takeOver(proof);
            close();
            return Optional.of(next);
        } catch (NescioException e) {
            copy.close();
            throw e;
        }
    }

    private static Account foundUnder(
            Api api,
            DeviceMemory memory,
            SecureRandom random,
            Session session,
            MasterKey found,
            SignIn.Account served) {
        Account account = checked(api, memory, random, session, found, served, false);
        account.rotationFound = true;
        served.slots().forEach(account::pin);
        return account;
    }

    /// The rotation may have brought another password, with greater parameters (spec, section 10.13).
    ///
    /// @param slot checked against the directory
    private void pin(SignIn.Slot slot) {
        Bytes address = Address.parse(profile.address()).hashed();
        parameters(slot)
                .map(Nescio::cost)
                .ifPresent(cost -> memory.pin(
                        api.origin(),
                        address,
                        cost.orMore(memory.pinned(api.origin(), address).orElse(cost))));
    }

    /// The same session, under other keys.
    ///
    /// @param logged the number of an entry of the log that is older than the rotation
    private Account withKeys(MasterKey nextMasterKey, AccountKeys nextKeys, AccountKeyPair nextPair, long logged) {
        Account next =
                new Account(api, memory, random, session, nextMasterKey, nextKeys, nextPair, profile, false).as(device);
        next.proof.takeOver(proof);
        next.log.doneUnlooked(LogKind.MASTER_KEY_ROTATED, logged);
        close();
        return next;
    }

    /// Begins to give this account, which has passkeys alone, a password. It opens the account when it is
    /// [confirmed][AddedPassword#confirm]: password, authenticator and backup codes come together. Takes about a
    /// second, most of it for Argon2id on this device.
    ///
    /// Whoever has copied the token of this session stays signed in, unless it was [renewed][#renew] before.
    ///
    /// @param password not kept; the caller wipes it
    /// @throws IllegalArgumentException with words for the person, if the password is not acceptable
    public PasswordStart addPassword(char[] password) {
        Address own = Address.parse(profile.address());
        try (Password normalised = Password.of(password)) {
            normalised.requireFitForCreation();
            NewPassword made = NewPassword.make(
                    masterKey,
                    own,
                    normalised,
                    Argon2Parameters.CURRENT,
                    memory.pinned(api.origin(), own.hashed()),
                    random);
            return AddedPassword.start(
                    api,
                    session.token(),
                    slots,
                    own,
                    made,
                    NewBackupCodes.draw(own, random),
                    cost -> memory.pin(api.origin(), own.hashed(), cost));
        }
    }

    /// Removes the password, and with it the authenticator and the backup codes: they open nothing from then on. The
    /// passkeys and the recovery key stay.
    ///
    /// @param endOtherSessions whether all other devices are signed out; one that a stolen password has signed
    ///     in goes on otherwise
    /// @throws NescioException.Unreachable if the answer was lost: all of it is there, or nothing. To call again
    ///     finds out
    public PasswordRemoval removePassword(boolean endOtherSessions) {
        PasswordRemoval removal = slots.removePassword(endOtherSessions);
        if (endOtherSessions && removal instanceof PasswordRemoval.Removed) {
            sessions.othersHaveEnded(device.get());
        }
        return removal;
    }

    /// Has the server draw the secret of another authenticator. It takes the old one's place when it is
    /// [confirmed][NewAuthenticator#confirm].
    public AuthenticatorStart newAuthenticator() {
        return NewAuthenticator.start(api, session.token(), Address.parse(profile.address()));
    }

    /// Draws ten other backup codes. They take the place of all others when they are [used][NewBackupCodes#use].
    public NewBackupCodes newBackupCodes() {
        return new NewBackupCodes(api, session.token(), Address.parse(profile.address()), random);
    }

    /// Whether this account has a recovery key. One that has none is lost with its last credential.
    public boolean hasRecoveryKey() {
        return slots.has(SlotKind.RECOVERY);
    }

    /// The account's passkeys, under the names that its devices gave them.
    public List<PasskeyEntry> passkeys() {
        return slots.passkeys();
    }

    /// Has an authenticator make a passkey of this account. It opens the account when it is [used][NewPasskey#use].
    ///
    /// @param name what the account's devices call it; the server never learns it
    /// @throws IllegalArgumentException with words for the person, if the name is not acceptable
    /// @throws NescioException.Distrust if the server names another relying party; nothing was asked of the
    ///     authenticator
    public PasskeyStart newPasskey(PasskeyAuthenticator authenticator, String name) {
        String kept = NewPasskey.named(name);
        List<Bytes> exclude =
                passkeys().stream().map(PasskeyEntry::credentialId).toList();
        try {
            Optional<PasskeyCeremony.Created> created =
                    new PasskeyCeremony(api, random, authenticator).create(id(), profile.address(), exclude);
            if (created.isEmpty()) {
                return new PasskeyStart.Declined();
            }
            try (Credential credential = created.get().credential()) {
                return new PasskeyStart.Made(new NewPasskey(
                        slots,
                        NewPasskey.slot(credential, created.get().credentialId(), masterKey, random),
                        created.get().registration(),
                        kept));
            }
        } catch (PasskeyCeremony.UnsuitableException e) {
            return new PasskeyStart.Unsuitable();
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    /// @throws IllegalArgumentException with words for the person, if the name is not acceptable or the account
    ///     has no such passkey
    public SlotChange renamePasskey(SlotId passkey, String name) {
        return slots.renamePasskey(passkey, NewPasskey.named(name));
    }

    /// Removes a passkey, which opens nothing from then on. Its authenticator keeps it until the person removes
    /// it there.
    ///
    /// @param endOtherSessions whether all other devices are signed out; one that a stolen passkey has signed
    ///     in goes on otherwise
    public PasskeyRemoval removePasskey(SlotId passkey, boolean endOtherSessions) {
        PasskeyRemoval removal = slots.removePasskey(passkey, endOtherSessions);
        if (endOtherSessions && removal instanceof PasskeyRemoval.Removed) {
            sessions.othersHaveEnded(device.get());
        }
        return removal;
    }

    /// The access keys with which scripts and services sign in.
    public AccountAccessKeys accessKeys() {
        return accessKeys;
    }

    /// Mails that tell the account's owner of each new sign-in.
    public AccountMailAlerts mailAlerts() {
        return new AccountMailAlerts(api, session.token(), profile.address(), log);
    }

    /// Whether an access key has opened this session: it is on no list of devices, and changes no way to
    /// sign in.
    public boolean isByAccessKey() {
        return byAccessKey;
    }

    /// Whether this account has a password, and so an authenticator and backup codes. One without is opened by
    /// passkeys.
    public boolean hasPassword() {
        return slots.has(SlotKind.PASSWORD);
    }

    /// Answers a new device whose code the person has typed or scanned here, and waits until it shows its digits.
    ///
    /// @param typed the four groups, or the content of the QR code
    /// @throws IllegalArgumentException with words for the person, if it is no pairing code
    /// @throws NescioException.Distrust if the server has changed what the new device said; nothing was handed over
    public PairingAnswer pair(String typed) {
        PairingApproval.Signed signed =
                new PairingApproval.Signed(api, session.token(), slots, proof, masterKey, profile.address());
        return PairingApproval.answer(signed, PairingCode.parse(typed), random);
    }

    /// Proves a credential once more, which sensitive changes require within five minutes. Derives it by what the
    /// account's devices sealed of the password, not by what the server looks up.
    ///
    /// @param password not kept; the caller wipes it
    /// @return whether both were right; false also where the account has no password
    /// @throws NescioException.Distrust if the account's slots fail a check; nothing was computed or sent
    public boolean prove(char[] password, SecondFactor factor) {
        Optional<SlotChanges.PasswordSlot> slot = slots.password();
        return slot.isPresent() && prove(password, factor, slot.get().derivedWith());
    }

    private boolean prove(char[] password, SecondFactor factor, SignIn.LookupAnswer slot) {
        Address own = Address.parse(profile.address());
        try (Password normalised = Password.of(password);
                Credential credential = Nescio.derive(api, memory, own, normalised, slot)) {
            boolean proven = prove(Nescio.proof(credential, own, factor));
            if (proven) {
                memory.pin(api.origin(), own.hashed(), Nescio.cost(slot));
            }
            return proven;
        }
    }

    /// As above, with the recovery key.
    ///
    /// @throws IllegalArgumentException with words for the person, if what was typed is no recovery key
    public boolean proveWithRecoveryKey(String typed) {
        try (RecoveryKey key = RecoveryKey.parse(typed);
                Credential credential = key.credential()) {
            return prove(new SignIn.Proof(credential.lookupHash(), null, null, key.slot()));
        }
    }

    /// As above, with a passkey of this account.
    ///
    /// @return false also if the person declined
    /// @throws NescioException.Distrust if the server names another relying party; nothing was signed
    public boolean proveWithPasskey(PasskeyAuthenticator authenticator) {
        List<Bytes> own = passkeys().stream().map(PasskeyEntry::credentialId).toList();
        if (own.isEmpty()) {
            return false;
        }
        try {
            Optional<PasskeyCeremony.Proven> proven = new PasskeyCeremony(api, random, authenticator).prove(own);
            if (proven.isEmpty()) {
                return false;
            }
            try (Credential credential = proven.get().credential()) {
                return prove(new SignIn.Proof(
                        credential.lookupHash(), null, null, null, proven.get().assertion()));
            }
        } catch (PasskeyCeremony.UnsuitableException e) {
            return false;
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    private boolean prove(SignIn.Proof shown) {
        try {
            api.post("/v1/session/proof", session.token(), shown, null);
            proof.note();
            return true;
        } catch (ProblemException e) {
            if (e.is("sign-in-failed")) {
                return false;
            }
            throw e.unexpected();
        }
    }

    /// Asks the server whether the session still lives, and whether there is a [reset code][#resetCodeUntil].
    ///
    /// @throws NescioException.SessionEnded if it does not
    @Override
    public void checkSession() {
        noteResetCode(session.check(api).resetUntil());
    }

    /// @param until in milliseconds since 1970; null where there is none
    private void noteResetCode(Long until) {
        resetCodeUntil = until == null ? null : Instant.ofEpochMilli(until);
    }

    /// Listens to what other devices change. Returns when the server has said hello.
    @Override
    public Hints listen(HintListener listener) {
        return Hints.open(api, session.token(), listener);
    }

    /// The session and the master key, for [Nescio#resume] on this device.
    @Override
    public byte[] save(ProfileProtection protection) {
        return save(session, protection);
    }

    private byte[] save(Session saved, ProfileProtection protection) {
        return SavedProfile.write(
                api.server(),
                new SavedProfile.Whole(saved, masterKey, List.copyOf(unanswered), byAccessKey),
                protection,
                random);
    }

    /// Whether half of the session's life is over, so that it is time to [#renew].
    @Override
    public boolean isRenewalDue(Instant now) {
        return !now.isBefore(session.renewFrom());
    }

    /// Prolongs the session to its full life from now on, by another token. Several programs must not use one
    /// saved session while it is renewed: a token that comes again after the next one was used ends the session.
    ///
    /// @param keep stores the profile durably. Only when it returns is the new token used; if it fails, or the
    ///     program ends, the one that was stored before still works.
    @Override
    public void renew(ProfileProtection protection, Consumer<byte[]> keep) {
        renew(renewed -> keep.accept(save(renewed, protection)));
    }

    /// As above, for a program that stores no profile.
    @Override
    public void renew() {
        renew((Session renewed) -> {});
    }

    private void renew(Consumer<Session> keep) {
        session = session.renew(api, keep);
    }

    /// What keeps this device from leaving the list keeps nobody from signing out.
    private void leave() {
        try {
            sessions.leave();
        } catch (NescioException e) {
            // Whoever signs in next leaves the ended session out.
        }
    }

    /// Ends the session at the server and wipes the keys here.
    @Override
    public void signOut() {
        leave();
        end();
    }

    /// The same for one that the account's other devices were told nothing of.
    void end() {
        session.end(api);
        close();
    }

    /// What the server stores of this account, as it stores it: hashed, wrapped and sealed. That it is all, the server
    /// says.
    ///
    /// @param from how many rows to leave out, for the pages after the first
    /// @throws NescioException.Distrust if the server says that there is more, and gives nothing
    public StoredRows storedRows(long from) {
        try {
            Stored.Page page = api.get("/v1/account/rows?from=" + from, session.token(), Stored.Page.class);
            if (page.rows().isEmpty() && page.more()) {
                throw new NescioException.Distrust(Finding.BAD_ANSWER);
            }
            return new StoredRows.Page(page.rows().stream().map(StoredRow::of).toList(), page.more());
        } catch (ProblemException e) {
            if (e.is("proof-required")) {
                return new StoredRows.ProofRequired();
            }
            throw e.unexpected();
        }
    }

    /// Deletes the account at the server, for good: what opens it at once, by every credential, and all that is
    /// stored after that. Every device is signed out, and the keys here are wiped. Whether a server really deletes,
    /// no client can check; nor does it reach backups.
    ///
    /// @throws NescioException.Unreachable if the answer was lost: the account is deleted or untouched. To call
    ///     again finds out: when it was deleted this session has ended
    public AccountDeletion delete() {
        try {
            api.delete("/v1/account", session.token());
        } catch (ProblemException e) {
            if (e.is("proof-required")) {
                return new AccountDeletion.ProofRequired();
            }
            throw e.unexpected();
        }
        close();
        return new AccountDeletion.Deleted();
    }

    /// Wipes the keys held here. The session lives on.
    @Override
    public void close() {
        pair.close();
        keys.close();
        masterKey.close();
        unanswered.forEach(MasterKey::close);
        chats.close();
    }

    @Override
    public String toString() {
        return "Account[" + id().shortened() + "…]";
    }
}
