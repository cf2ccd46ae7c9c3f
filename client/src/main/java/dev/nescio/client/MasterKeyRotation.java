package dev.nescio.client;

import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.SlotKind;
import java.util.List;

/// What became of a rotation of the master key.
public sealed interface MasterKeyRotation {

    /// A way to sign in that was not kept.
    ///
    /// @param name what the account's devices called it; empty for a password
    record Dropped(SlotKind kind, String name) {}

    /// It is in force. All other devices are signed out.
    ///
    /// @param account in place of the one that asked, which is closed, with all that came from it
    record Rotated(Account account, List<Dropped> dropped) implements MasterKeyRotation {}

    /// The server asks for a proof that is not older than five minutes: keep a credential once more and
    /// try again. What was prepared need not be prepared again.
    record ProofRequired() implements MasterKeyRotation {}

    /// This container fails a check or does not open: nothing was changed, since what cannot be read now
    /// would be lost for good with the keys that it was sealed under.
    record Unreadable(ContainerId container) implements MasterKeyRotation {}
}
