package dev.nescio.client;

import dev.nescio.keys.Credential;
import dev.nescio.keys.ScopedKeys;
import dev.nescio.protocol.AccessKeys;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.Scope;
import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.SlotId;
import dev.nescio.sealing.RejectedException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// Some domains of an account, opened by an access key (spec, section 3.12): no master key, no address,
/// no devices. Safe for use by many threads.
public final class ScopedAccount implements OpenAccount {

    private final Api api;
    private final RandomGenerator random;
    private final ScopedKeys keys;
    private final Optional<Chats> chats;
    private volatile Account.Session session;

    private ScopedAccount(
            Api api, DeviceMemory memory, RandomGenerator random, Account.Session session, ScopedKeys keys) {
        this.api = api;
        this.random = random;
        this.session = session;
        this.keys = keys;
        HighWaterMarks marks = new HighWaterMarks(memory, keys.account());
        ContainerApi containers =
                new ContainerApi(api, session.token(), keys.scope().mayWrite(Domain.CHATS));
        this.chats = keys.chats().map(key -> new Chats(new Containers<>(containers, marks, key, random)));
    }

    /// Opens and checks what the server gave to a key of some domains. The sealed scope record decides
    /// what is opened; the server's word does not.
    static ScopedAccount open(
            Api api,
            DeviceMemory memory,
            RandomGenerator random,
            SlotId slot,
            Credential credential,
            AccessKeys.Opened opened) {
        try {
            ScopedKeys keys = credential.openScope(opened.account(), slot, opened.scopeRecord());
            if (outlives(opened.expiresAt(), keys.expiresAt())) {
                keys.close();
                throw new NescioException.Distrust(Finding.ACCESS_KEY_OUTLIVED);
            }
            return new ScopedAccount(api, memory, random, Account.Session.of(opened), keys);
        } catch (RejectedException e) {
            throw new NescioException.Distrust(Finding.REJECTED);
        }
    }

    /// @param end that of the access key
    static boolean outlives(long session, OptionalLong end) {
        return end.isPresent() && session > end.getAsLong();
    }

    /// Takes a saved session up. The keys are on this device, and the server is asked for nothing.
    static ScopedAccount resume(
            Api api, DeviceMemory memory, RandomGenerator random, Account.Session session, ScopedKeys keys) {
        return new ScopedAccount(api, memory, random, session, keys);
    }

    @Override
    public AccountId id() {
        return keys.account();
    }

    @Override
    public SessionId session() {
        return session.id();
    }

    /// What the access key opens, as its scope record says.
    public Scope scope() {
        return keys.scope();
    }

    /// When the access key ends; empty where it does not.
    public Optional<Instant> keyExpiresAt() {
        OptionalLong end = keys.expiresAt();
        return end.isPresent() ? Optional.of(Instant.ofEpochMilli(end.getAsLong())) : Optional.empty();
    }

    @Override
    public Instant expiresAt() {
        return session.expiresAt();
    }

    @Override
    public Chats chats() {
        return chats.orElseThrow(() -> new NescioException.Refused(
                "scope-refused", "This access key does not reach the chats of its account."));
    }

    @Override
    public void checkSession() {
        session.check(api);
    }

    @Override
    public Hints listen(HintListener listener) {
        return Hints.open(api, session.token(), listener);
    }

    @Override
    public byte[] save(ProfileProtection protection) {
        return SavedProfile.write(api.server(), session, keys, protection, random);
    }

    @Override
    public boolean isRenewalDue(Instant now) {
        return !now.isBefore(session.renewFrom());
    }

    @Override
    public void renew(ProfileProtection protection, Consumer<byte[]> keep) {
        session = session.renew(
                api, renewed -> keep.accept(SavedProfile.write(api.server(), renewed, keys, protection, random)));
    }

    @Override
    public void renew() {
        session = session.renew(api, renewed -> {});
    }

    @Override
    public void signOut() {
        session.end(api);
        close();
    }

    @Override
    public void close() {
        keys.close();
        chats.ifPresent(Chats::close);
    }

    @Override
    public String toString() {
        return "ScopedAccount[" + id().shortened() + "…]";
    }
}
