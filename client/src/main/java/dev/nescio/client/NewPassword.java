package dev.nescio.client;

import dev.nescio.keys.Address;
import dev.nescio.keys.Argon2Policy;
import dev.nescio.keys.Credential;
import dev.nescio.keys.MasterKey;
import dev.nescio.keys.Password;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// The slot of another password for an account that is there (spec, section 10.9): another id, another salt, and a
/// cost that no device refuses.
///
/// @param cost what the slot's password is hashed with
record NewPassword(SignUp.NewSlot slot, Argon2Parameters cost) {

    private static final int SALT = 16;

    /// @param present the cost of the password that is there
    /// @param pinned the cost that this device has pinned
    static NewPassword make(
            MasterKey masterKey,
            Address address,
            Password password,
            Argon2Parameters present,
            Optional<Argon2Parameters> pinned,
            RandomGenerator random) {
        Argon2Parameters cost =
                Argon2Parameters.CURRENT.orMore(present).orMore(pinned.orElse(Argon2Parameters.CURRENT));
        byte[] salt = new byte[SALT];
        random.nextBytes(salt);
        SlotId id = SlotId.generate(random);
        try (Credential credential = Credential.ofPassword(password, address, Bytes.copyOf(salt), cost, pinned)) {
            SignIn.Slot slot =
                    SignIn.Slot.password(id, Bytes.copyOf(salt), cost, credential.wrap(masterKey, id, random));
            return new NewPassword(SignUp.NewSlot.of(slot, credential.lookupHash()), cost);
        } catch (Argon2Policy.RefusedException e) {
            throw new NescioException.Distrust(Finding.PASSWORD_HASH_REFUSED);
        }
    }

    @Override
    public String toString() {
        return "NewPassword[redacted]";
    }
}
