package dev.nescio.keys;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.Versioned;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.v1.AssociatedData;
import dev.nescio.sealing.v1.SealingKey;
import java.util.random.RandomGenerator;

/// The key of the account's profile (spec, section 9.3): the address, and what else the account says about
/// its owner; and of the list of its devices (9.4).
public final class ProfileKey implements AutoCloseable {

    private final AccountId account;
    private final SealingKey key;

    ProfileKey(AccountId account, SealingKey key) {
        this.account = account;
        this.key = key;
    }

    SealingKey key() {
        return key;
    }

    public Bytes seal(long version, Profile profile, RandomGenerator random) {
        return Bytes.copyOf(key.seal(place(version), profile.encode(), random));
    }

    public Profile open(Versioned sealed) throws RejectedException {
        return Profile.decode(key.open(place(sealed.version()), sealed.sealed().toArray()));
    }

    private AssociatedData place(long version) {
        return new AssociatedData("profile", account, Domain.PROFILE, null, null, "profile", version);
    }

    public Bytes seal(DeviceList devices, RandomGenerator random) {
        return Bytes.copyOf(key.seal(devicesPlace(devices.counter()), devices.encode(), random));
    }

    /// @param counter the one that the server claims; it must be inside as well
    public DeviceList openDevices(long counter, Bytes sealed) throws RejectedException {
        return DeviceList.decode(counter, key.open(devicesPlace(counter), sealed.toArray()));
    }

    private AssociatedData devicesPlace(long counter) {
        return new AssociatedData("device-list", account, Domain.PROFILE, null, null, "devices", counter);
    }

    @Override
    public void close() {
        key.close();
    }

    @Override
    public String toString() {
        return "ProfileKey[redacted]";
    }
}
