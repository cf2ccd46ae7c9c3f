package dev.nescio.client;

import dev.nescio.keys.AccessKey;
import dev.nescio.keys.AccountKeys;
import dev.nescio.keys.Credential;
import dev.nescio.keys.MasterKey;
import dev.nescio.keys.SlotDirectory;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Scope;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// The access keys of an account, with which scripts and services sign in (spec, section 3.12).
public final class AccountAccessKeys {

    private final SlotChanges changes;
    private final MasterKey masterKey;
    private final AccountKeys keys;
    private final RandomGenerator random;

    AccountAccessKeys(SlotChanges changes, MasterKey masterKey, AccountKeys keys, RandomGenerator random) {
        this.changes = changes;
        this.masterKey = masterKey;
        this.keys = keys;
        this.random = random;
    }

    /// Draws an access key. It signs in when it is [used][NewAccessKey#use].
    ///
    /// @param name what the account's devices call it; the server never learns it
    /// @param scope what it opens: [Scope#ALL], or some domains, whose keys alone are sealed for it
    /// @param expiresAt when it ends; empty where it does not end by itself
    /// @throws IllegalArgumentException with words for the person, if the name is not acceptable
    public NewAccessKey create(String name, Scope scope, Optional<Instant> expiresAt) {
        String kept = named(name);
        Long end = expiresAt.map(Instant::toEpochMilli).orElse(null);
        AccessKey key = AccessKey.generate(random);
        SlotId id = key.slot();
        try (Credential credential = key.credential()) {
            Bytes envelope = scope.isAll()
                    ? credential.wrap(masterKey, id, random)
                    : credential.sealScope(id, masterKey.account(), scope, end, keys, random);
            SignUp.NewSlot slot = SignUp.NewSlot.of(
                    SignIn.Slot.access(id, scope, end, null, null, envelope), credential.lookupHash());
            return new NewAccessKey(changes, key, slot, kept);
        }
    }

    /// All of them, under the names that the account's devices gave them.
    public List<AccessKeyEntry> list() {
        return changes.accessKeys();
    }

    /// Gives one another name.
    ///
    /// @throws IllegalArgumentException with words for the person, if the name is not acceptable or the
    ///     account has no such access key
    public SlotChange rename(SlotId accessKey, String name) {
        return changes.renameAccessKey(accessKey, named(name));
    }

    private static String named(String name) {
        return ThisDevice.requireLength("An access key's name", name.strip(), SlotDirectory.LONGEST_NAME);
    }

    /// Revokes one: it signs nobody in from then on, and its sessions end at once.
    public AccessKeyRemoval revoke(SlotId accessKey) {
        return changes.removeAccessKey(accessKey);
    }
}
