package dev.nescio.keys;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.DomainKeys;
import dev.nescio.protocol.KeyPair;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.v1.AssociatedData;
import dev.nescio.sealing.v1.SealingKey;
import java.util.random.RandomGenerator;

/// The key that everything of an account hangs from (spec, section 4). Random; credentials wrap it; it
/// never leaves a device unwrapped.
public final class MasterKey implements AutoCloseable {

    private final AccountId account;
    private final SealingKey key;

    MasterKey(AccountId account, SealingKey key) {
        this.account = account;
        this.key = key;
    }

    public static MasterKey generate(AccountId account, RandomGenerator random) {
        return new MasterKey(account, SealingKey.generate(random));
    }

    public AccountId account() {
        return account;
    }

    SealingKey key() {
        return key;
    }

    /// The same key, closed by itself.
    public MasterKey copy() {
        return new MasterKey(account, SealingKey.of(key.insecureExport()));
    }

    /// The key's octets, for a device that keeps them on its own disk. Nothing else may call this.
    public SecretBytes insecureExport() {
        return key.insecureExport();
    }

    /// The counterpart of [#insecureExport]. Takes the secret over.
    public static MasterKey insecureImport(AccountId account, SecretBytes secret) {
        return new MasterKey(account, SealingKey.of(secret));
    }

    /// Wraps the keys of all domains.
    public DomainKeys wrap(AccountKeys keys, RandomGenerator random) {
        return new DomainKeys(
                wrap(Domain.CHATS, keys.chats().key(), random),
                wrap(Domain.APPS, keys.apps().key(), random),
                wrap(Domain.EMAILS, keys.emails().key(), random),
                wrap(Domain.EMBEDS, keys.embeds().key(), random),
                wrap(Domain.PROFILE, keys.profile().key(), random));
    }

    public AccountKeys unwrap(DomainKeys wrapped) throws RejectedException {
        return new AccountKeys(
                new ChatsKey(account, unwrap(Domain.CHATS, wrapped)),
                new AppsKey(account, unwrap(Domain.APPS, wrapped)),
                new EmailsKey(account, unwrap(Domain.EMAILS, wrapped)),
                new EmbedsKey(account, unwrap(Domain.EMBEDS, wrapped)),
                new ProfileKey(account, unwrap(Domain.PROFILE, wrapped)));
    }

    private Bytes wrap(Domain domain, SealingKey domainKey, RandomGenerator random) {
        return Bytes.copyOf(key.wrap(domainKeyPlace(domain), domainKey, random));
    }

    private SealingKey unwrap(Domain domain, DomainKeys wrapped) throws RejectedException {
        return key.unwrap(domainKeyPlace(domain), wrapped.of(domain).toArray());
    }

    private AssociatedData domainKeyPlace(Domain domain) {
        return new AssociatedData("domain-key", account, domain, null, null, "key", 1);
    }

    public KeyPair seal(AccountKeyPair pair, RandomGenerator random) {
        return new KeyPair(
                pair.publicKey(), pair.lend(octets -> Bytes.copyOf(key.seal(keyPairPlace(), octets, random))));
    }

    /// Opens the private half; the public one is computed from it. That it is the one which the server
    /// serves is for the caller to see (spec, section 4.2).
    public AccountKeyPair openKeyPair(Bytes privateKey) throws RejectedException {
        byte[] content = key.open(keyPairPlace(), privateKey.toArray());
        if (content.length != AccountKeyPair.LENGTH) {
            throw new RejectedException(RejectedException.Reason.MALFORMED);
        }
        return new AccountKeyPair(account, SecretBytes.taking(content));
    }

    private AssociatedData keyPairPlace() {
        return new AssociatedData("account-key-pair", account, null, null, null, "private-key", 1);
    }

    public Bytes seal(SlotDirectory directory, RandomGenerator random) {
        return Bytes.copyOf(key.seal(directoryPlace(directory.counter()), directory.encode(), random));
    }

    /// @param counter the one that the server claims; it must be inside as well
    public SlotDirectory openDirectory(long counter, Bytes sealed) throws RejectedException {
        return SlotDirectory.decode(counter, key.open(directoryPlace(counter), sealed.toArray()));
    }

    private AssociatedData directoryPlace(long counter) {
        return new AssociatedData("slot-directory", account, null, null, null, "directory", counter);
    }

    @Override
    public void close() {
        key.close();
    }

    @Override
    public String toString() {
        return "MasterKey[redacted]";
    }
}
