package dev.nescio.client;

import dev.nescio.keys.AccessKey;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;

/// An access key that was drawn on this device and does not work yet. For one thread.
public final class NewAccessKey implements AutoCloseable {

    private final SlotChanges changes;
    private final AccessKey key;
    private final SignUp.NewSlot slot;
    private final String name;

    NewAccessKey(SlotChanges changes, AccessKey key, SignUp.NewSlot slot, String name) {
        this.changes = changes;
        this.key = key;
        this.slot = slot;
        this.name = name;
    }

    /// The key in one line, to be shown once and put where the script finds it. Nobody can show it again.
    public String text() {
        return key.text();
    }

    /// By which it is listed and revoked.
    public SlotId id() {
        return slot.id();
    }

    /// Adds it to the account, so that it signs in.
    ///
    /// @throws NescioException.Unreachable if the answer was lost; to call again adds it once
    public AccessKeyAddition use() {
        return changes.addAccessKey(slot, name);
    }

    @Override
    public void close() {
        key.close();
    }

    @Override
    public String toString() {
        return "NewAccessKey[redacted]";
    }
}
