package dev.nescio.cli.drill;

import dev.nescio.keys.Address;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.Sync;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.v1.AssociatedData;
import dev.nescio.sealing.v1.Derivation;
import dev.nescio.sealing.v1.SealingKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.Map;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;

/// Every key of an account in clear, derived and opened from the spec (sections 3 and 4) beside the client's
/// classes, which hand none out.
final class ClientKeys {

    private final Known known;
    private final AccountId account;
    private final Map<Domain, byte[]> domainKeys = new EnumMap<>(Domain.class);

    private ClientKeys(Known known, AccountId account) {
        this.known = known;
        this.account = account;
    }

    /// What a password yields.
    static final class OfPassword {

        private final byte[] root;
        private final byte[] wrappingKey;
        private final byte[] lookupSecret;
        private final Bytes lookupHash;

        private OfPassword(byte[] root, Bytes salt) {
            Derivation derivation = Derivation.from(root);
            this.root = root;
            this.wrappingKey = derivation.derive("password/wrapping-key");
            this.lookupSecret = derivation.derive("password/lookup-secret");
            this.lookupHash = sha256(lookupSecret, salt);
        }

        Bytes lookupHash() {
            return lookupHash;
        }

        static OfPassword derive(Address address, String password, Bytes salt, Argon2Parameters cost) {
            byte[] argonSalt =
                    Derivation.from(address.hashed().toArray()).derive("password/argon2-salt", salt.toArray());
            Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
            argon2.init(new org.bouncycastle.crypto.params.Argon2Parameters.Builder(
                            org.bouncycastle.crypto.params.Argon2Parameters.ARGON2_id)
                    .withVersion(org.bouncycastle.crypto.params.Argon2Parameters.ARGON2_VERSION_13)
                    .withMemoryAsKB(cost.memoryKiB())
                    .withIterations(cost.passes())
                    .withParallelism(cost.lanes())
                    .withSalt(argonSalt)
                    .build());
            byte[] root = new byte[Derivation.LENGTH];
            argon2.generateBytes(password.getBytes(StandardCharsets.UTF_8), root);
            return new OfPassword(root, salt);
        }

        private static Bytes sha256(byte[] lookupSecret, Bytes salt) {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                digest.update(lookupSecret);
                return Bytes.copyOf(digest.digest(salt.toArray()));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }

        void addTo(Known known, String whose) {
            known.key("the password root " + whose, root);
            known.key("the wrapping key " + whose, wrappingKey);
            known.key("the lookup secret " + whose, lookupSecret);
            known.passing("the lookup hash " + whose, lookupHash);
        }
    }

    /// Opens the master key, the domain keys and the account's private key.
    ///
    /// @throws RejectedException if the spec is not what the clients do
    static ClientKeys open(Known known, OfPassword password, SignIn.SessionOpened opened) throws RejectedException {
        ClientKeys keys = new ClientKeys(known, opened.account());
        SignIn.Slot slot = opened.slots().stream()
                .filter(served -> served.id().equals(opened.slot()))
                .findFirst()
                .orElseThrow();
        known.passing("the wrapped master key", slot.wrappedMasterKey());
        byte[] master = open(
                password.wrappingKey,
                new AssociatedData("wrapped-master-key", opened.account(), null, null, slot.id(), "key", 1),
                slot.wrappedMasterKey());
        known.key("the master key", master);
        known.key(
                "the private key of the account",
                open(
                        master,
                        new AssociatedData("account-key-pair", opened.account(), null, null, null, "private-key", 1),
                        opened.keyPair().privateKey()));
        for (Domain domain : Domain.values()) {
            byte[] key = open(
                    master,
                    new AssociatedData("domain-key", opened.account(), domain, null, null, "key", 1),
                    opened.domainKeys().of(domain));
            known.key("the key of " + domain.text(), key);
            keys.domainKeys.put(domain, key);
        }
        return keys;
    }

    /// Opens the key of a container.
    void container(String name, Sync.Container container) throws RejectedException {
        ContainerId id = container.id();
        known.key(
                name,
                open(
                        domainKeys.get(container.domain()),
                        new AssociatedData("container-key", account, container.domain(), id, null, "key", 1),
                        container.wrappedKey()));
    }

    private static byte[] open(byte[] key, AssociatedData place, Bytes envelope) throws RejectedException {
        try (SealingKey sealing = SealingKey.of(SecretBytes.copyOf(key))) {
            return sealing.open(place, envelope.toArray());
        }
    }
}
