package dev.nescio.client;

import dev.nescio.keys.Credential;
import dev.nescio.keys.MasterKey;
import dev.nescio.keys.SlotDirectory;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import java.util.random.RandomGenerator;

/// A passkey that an authenticator has made and that opens nothing yet. It has to be used within five minutes.
public final class NewPasskey {

    private final SlotChanges changes;
    private final SignUp.NewSlot slot;
    private final Passkeys.Registration registration;
    private final String name;

    NewPasskey(SlotChanges changes, SignUp.NewSlot slot, Passkeys.Registration registration, String name) {
        this.changes = changes;
        this.slot = slot;
        this.registration = registration;
        this.name = name;
    }

    /// Wraps the master key for a passkey.
    static SignUp.NewSlot slot(Credential credential, Bytes credentialId, MasterKey masterKey, RandomGenerator random) {
        SlotId id = SlotId.generate(random);
        Bytes wrapped = credential.wrap(masterKey, id, random);
        return SignUp.NewSlot.of(SignIn.Slot.passkey(id, credentialId, null, wrapped), credential.lookupHash());
    }

    /// @return the name as it is kept
    /// @throws IllegalArgumentException with words for the person, if it is not acceptable
    static String named(String name) {
        return ThisDevice.requireLength("A passkey's name", name.strip(), SlotDirectory.LONGEST_NAME);
    }

    /// Adds it to the account's ways to sign in.
    ///
    /// @throws NescioException.Unreachable if the answer was lost; to call again adds it once
    public PasskeyAddition use() {
        return changes.addPasskey(slot, registration, name);
    }

    @Override
    public String toString() {
        return "NewPasskey[redacted]";
    }
}
