package dev.nescio.keys;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.v1.AssociatedData;
import dev.nescio.sealing.v1.SealingKey;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// A key that protects what this device keeps on its own disk. It never has to do with a server.
public final class DeviceKey implements AutoCloseable {

    private final SealingKey key;

    private DeviceKey(SealingKey key) {
        this.key = key;
    }

    /// @param salt 16 random octets from the file
    /// @throws Argon2Policy.RefusedException if the parameters are too weak, or would exhaust this device
    public static DeviceKey derive(Password passphrase, Bytes salt, Argon2Parameters parameters)
            throws Argon2Policy.RefusedException {
        Argon2Policy.check(parameters, Optional.empty());
        byte[] root = passphrase.utf8().lend(utf8 -> Argon2id.hash(utf8, salt.toArray(), parameters));
        return new DeviceKey(SealingKey.of(SecretBytes.taking(root)));
    }

    public Bytes sealProfile(AccountId account, byte[] content, RandomGenerator random) {
        return Bytes.copyOf(key.seal(place(account), content, random));
    }

    public byte[] openProfile(AccountId account, Bytes sealed) throws RejectedException {
        return key.open(place(account), sealed.toArray());
    }

    private static AssociatedData place(AccountId account) {
        return new AssociatedData("device-profile", account, null, null, null, "profile", 1);
    }

    @Override
    public void close() {
        key.close();
    }

    @Override
    public String toString() {
        return "DeviceKey[redacted]";
    }
}
