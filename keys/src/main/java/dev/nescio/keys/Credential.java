package dev.nescio.keys;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Scope;
import dev.nescio.protocol.SlotId;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.Sha256;
import dev.nescio.sealing.v1.AssociatedData;
import dev.nescio.sealing.v1.Derivation;
import dev.nescio.sealing.v1.SealingKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// What a person signs in with, as the keys see it (spec, sections 3.5, 3.9, 3.11 and 3.12): a key that
/// wraps the master key, which stays here, and a lookup hash, which proves the credential to the server
/// and opens nothing.
public final class Credential implements AutoCloseable {

    private static final int SALT = 16;

    private final SealingKey wrappingKey;
    private final Bytes lookupHash;

    private Credential(SealingKey wrappingKey, Bytes lookupHash) {
        this.wrappingKey = wrappingKey;
        this.lookupHash = lookupHash;
    }

    /// Takes about 0.2 s and `memoryKiB` of memory.
    ///
    /// @param salt the slot's, 16 octets
    /// @param pinned what this device has used for this address before
    /// @throws Argon2Policy.RefusedException before anything is computed
    public static Credential ofPassword(
            Password password,
            Address address,
            Bytes salt,
            Argon2Parameters parameters,
            Optional<Argon2Parameters> pinned)
            throws Argon2Policy.RefusedException {
        Argon2Policy.check(parameters, pinned);
        if (salt.length() != SALT) {
            throw new IllegalArgumentException("a slot's salt is " + SALT + " octets");
        }
        byte[] slotSalt = salt.toArray();
        byte[] argonSalt = Derivation.from(address.hashed().toArray()).derive("password/argon2-salt", slotSalt);
        byte[] root = password.utf8().lend(utf8 -> Argon2id.hash(utf8, argonSalt, parameters));
        Derivation derivation = Derivation.from(root);
        Arrays.fill(root, (byte) 0);
        return derive(derivation, "password", slotSalt);
    }

    /// Of a passkey (spec, section 3.11).
    ///
    /// @param prfOutput what its authenticator gave for [#passkeyPrfInput]
    public static Credential ofPasskey(SecretBytes prfOutput, Bytes credentialId) {
        return derive(prfOutput.lend(Derivation::from), "passkey", credentialId.toArray());
    }

    /// What an authenticator evaluates its PRF at: the same for every account, so that no address is typed.
    public static Bytes passkeyPrfInput(String rpId) {
        return Bytes.copyOf(Sha256.of(("nescio/v1/passkey-prf\0" + rpId).getBytes(StandardCharsets.UTF_8)));
    }

    /// @param kind the first part of the labels
    /// @param salt what keeps equal secrets of two slots apart
    static Credential derive(Derivation root, String kind, byte[] salt) {
        SealingKey wrappingKey = SealingKey.of(SecretBytes.taking(root.derive(kind + "/wrapping-key")));
        byte[] lookupSecret = root.derive(kind + "/lookup-secret");
        Bytes lookupHash = Bytes.copyOf(Sha256.of(lookupSecret, salt));
        Arrays.fill(lookupSecret, (byte) 0);
        return new Credential(wrappingKey, lookupHash);
    }

    public Bytes lookupHash() {
        return lookupHash;
    }

    public Bytes wrap(MasterKey masterKey, SlotId slot, RandomGenerator random) {
        return Bytes.copyOf(wrappingKey.wrap(masterKeyPlace(masterKey.account(), slot), masterKey.key(), random));
    }

    public MasterKey unwrap(AccountId account, SlotId slot, Bytes wrapped) throws RejectedException {
        return new MasterKey(account, wrappingKey.unwrap(masterKeyPlace(account, slot), wrapped.toArray()));
    }

    /// Seals what a scoped access key opens in place of the master key (spec, section 3.12).
    ///
    /// @param keys those of the account
    /// @param expiresAt null where the key does not end by itself
    public Bytes sealScope(
            SlotId slot, AccountId account, Scope scope, Long expiresAt, AccountKeys keys, RandomGenerator random) {
        byte[] content = ScopedKeys.encode(scope, expiresAt, keys);
        try {
            return Bytes.copyOf(wrappingKey.seal(scopePlace(account, slot), content, random));
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    public ScopedKeys openScope(AccountId account, SlotId slot, Bytes sealed) throws RejectedException {
        byte[] content = wrappingKey.open(scopePlace(account, slot), sealed.toArray());
        try {
            return ScopedKeys.decode(account, content);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    private static AssociatedData scopePlace(AccountId account, SlotId slot) {
        return new AssociatedData("access-scope", account, null, null, slot, "scope", 1);
    }

    private static AssociatedData masterKeyPlace(AccountId account, SlotId slot) {
        return new AssociatedData("wrapped-master-key", account, null, null, slot, "key", 1);
    }

    @Override
    public void close() {
        wrappingKey.close();
    }

    @Override
    public String toString() {
        return "Credential[redacted]";
    }
}
