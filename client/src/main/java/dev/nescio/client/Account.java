package dev.nescio.client;

import dev.nescio.client.Api.ProblemException;
import dev.nescio.keys.AccountKeys;
import dev.nescio.keys.Address;
import dev.nescio.keys.MasterKey;
import dev.nescio.keys.PasswordCredential;
import dev.nescio.keys.Profile;
import dev.nescio.keys.SlotDirectory;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.SignIn;
import dev.nescio.sealing.RejectedException;
import java.security.SecureRandom;
import java.time.Instant;

/// An account on a device that is signed in: its keys, opened, and its session. Safe for use by many
/// threads.
public final class Account implements AutoCloseable {

    private final Api api;
    private final SecureRandom random;
    private final Session session;
    private final MasterKey masterKey;
    private final AccountKeys keys;
    private final Profile profile;
    private final Chats chats;

    /// @param expiresAt when the session ends by itself
    record Session(SessionId id, Bytes token, Instant expiresAt) {

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
            Profile profile) {
        this.api = api;
        this.random = random;
        this.session = session;
        this.masterKey = masterKey;
        this.keys = keys;
        this.profile = profile;
        ContainerApi containers = new ContainerApi(api, session.token());
        HighWaterMarks marks = new HighWaterMarks(memory, masterKey.account());
        this.chats = new Chats(new Containers<>(containers, marks, keys.chats(), random));
    }

    /// Opens and checks what the server gave at sign-in (spec, section 10.4). After a failed check nothing
    /// is sent.
    static Account open(
            Api api,
            DeviceMemory memory,
            SecureRandom random,
            Address address,
            PasswordCredential credential,
            SignIn.SessionOpened opened) {
        SignIn.Slot slot = opened.slots().stream()
                .filter(served -> served.id().equals(opened.slot()) && served.wrappedMasterKey() != null)
                .findFirst()
                .orElseThrow(() -> new NescioException.Distrust(Finding.SLOTS_CHANGED));
        if (opened.token() == null) {
            throw new NescioException.Distrust(Finding.BAD_ANSWER);
        }
        MasterKey masterKey = null;
        AccountKeys keys = null;
        boolean checked = false;
        try {
            masterKey = credential.unwrap(opened.account(), slot.id(), slot.wrappedMasterKey());
            HighWaterMarks marks = new HighWaterMarks(memory, opened.account());
            if (!openDirectory(masterKey, marks, opened.directory()).lists(opened.slots())) {
                throw new NescioException.Distrust(Finding.SLOTS_CHANGED);
            }
            keys = masterKey.unwrap(opened.domainKeys());
            Profile profile = keys.profile().open(opened.profile());
            if (!profile.address().equals(address.normalised())) {
                throw new NescioException.Distrust(Finding.ADDRESS_EXCHANGED);
            }
            memory.pin(
                    api.origin(),
                    address.hashed(),
                    new Argon2Parameters(slot.memoryKiB(), slot.passes(), slot.lanes()));
            Session session = new Session(opened.session(), opened.token(), Instant.ofEpochMilli(opened.expiresAt()));
            Account account = new Account(api, memory, random, session, masterKey, keys, profile);
            checked = true;
            return account;
        } catch (RejectedException e) {
            throw new NescioException.Distrust(Finding.REJECTED);
        } finally {
            if (!checked) {
                wipe(keys, masterKey);
            }
        }
    }

    private static void wipe(AccountKeys keys, MasterKey masterKey) {
        if (keys != null) {
            keys.close();
        }
        if (masterKey != null) {
            masterKey.close();
        }
    }

    /// Takes a saved session up: the same checks, but for the slots' wrapped keys, which the server gives
    /// at sign-in only.
    static Account resume(Api api, DeviceMemory memory, SecureRandom random, SavedProfile saved) {
        try {
            SignIn.Account served = api.get("/v1/account", saved.session().token(), SignIn.Account.class);
            if (!served.account().equals(saved.masterKey().account())) {
                throw new NescioException.Distrust(Finding.ADDRESS_EXCHANGED);
            }
            HighWaterMarks marks = new HighWaterMarks(memory, served.account());
            if (!openDirectory(saved.masterKey(), marks, served.directory()).names(served.slots())) {
                throw new NescioException.Distrust(Finding.SLOTS_CHANGED);
            }
            AccountKeys keys = saved.masterKey().unwrap(served.domainKeys());
            Profile profile = keys.profile().open(served.profile());
            return new Account(api, memory, random, saved.session(), saved.masterKey(), keys, profile);
        } catch (ProblemException e) {
            throw e.unexpected();
        } catch (RejectedException e) {
            throw new NescioException.Distrust(Finding.REJECTED);
        }
    }

    private static SlotDirectory openDirectory(MasterKey masterKey, HighWaterMarks marks, Counted served)
            throws RejectedException {
        SlotDirectory directory = masterKey.openDirectory(served.counter(), served.sealed());
        marks.directory(served, directory.previous());
        return directory;
    }

    public AccountId id() {
        return masterKey.account();
    }

    /// The normalised address, as this account's devices sealed it.
    public String address() {
        return profile.address();
    }

    public SessionId session() {
        return session.id();
    }

    /// When the session ends by itself.
    public Instant expiresAt() {
        return session.expiresAt();
    }

    public Chats chats() {
        return chats;
    }

    /// Asks the server whether the session still lives.
    ///
    /// @throws NescioException.SessionEnded if it does not
    public void checkSession() {
        try {
            api.get("/v1/session", session.token(), SignIn.Session.class);
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    /// Listens to what other devices change. Returns when the server has said hello.
    public Hints listen(HintListener listener) {
        return Hints.open(api, session.token(), listener);
    }

    /// The session and the master key, for [Nescio#resume] on this device.
    public byte[] save(ProfileProtection protection) {
        return SavedProfile.write(api.server(), session, masterKey, protection, random);
    }

    /// Ends the session at the server and wipes the keys here.
    public void signOut() {
        try {
            api.delete("/v1/session", session.token());
        } catch (ProblemException e) {
            if (!e.is("session-required")) {
                throw e.unexpected();
            }
        }
        close();
    }

    /// Wipes the keys held here. The session lives on.
    @Override
    public void close() {
        keys.close();
        masterKey.close();
        chats.close();
    }

    @Override
    public String toString() {
        return "Account[" + id().shortened() + "…]";
    }
}
