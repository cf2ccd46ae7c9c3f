package dev.nescio.client;

import dev.nescio.keys.MasterKey;
import dev.nescio.keys.RecoveryKey;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import java.util.random.RandomGenerator;

/// A recovery key that was drawn on this device and does not work yet: the person writes it down first. For one
/// thread.
public final class NewRecoveryKey implements AutoCloseable {

    private final SlotChanges changes;
    private final MasterKey masterKey;
    private final RandomGenerator random;
    private final RecoveryKey key;

    NewRecoveryKey(SlotChanges changes, MasterKey masterKey, RandomGenerator random) {
        this.changes = changes;
        this.masterKey = masterKey;
        this.random = random;
        this.key = RecoveryKey.generate(random);
    }

    static SignUp.NewSlot slot(RecoveryKey key, MasterKey masterKey, RandomGenerator random) {
        SlotId id = key.slot();
        try (var credential = key.credential()) {
            return SignUp.NewSlot.of(
                    SignIn.Slot.recovery(id, credential.wrap(masterKey, id, random)), credential.lookupHash());
        }
    }

    /// Fifteen groups of four characters, joined by hyphens. To be written down, and never shown again.
    public String text() {
        return key.text();
    }

    /// Puts it in place of the account's recovery key, which stops working.
    public SlotChange use() {
        return changes.replaceRecovery(slot(key, masterKey, random));
    }

    @Override
    public void close() {
        key.close();
    }

    @Override
    public String toString() {
        return "NewRecoveryKey[redacted]";
    }
}
