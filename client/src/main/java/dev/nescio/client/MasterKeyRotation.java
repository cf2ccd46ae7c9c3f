package dev.nescio.client;

import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Domain;
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

    /// An earlier rotation of this device, whose answer it has not got, has turned out to be in force. Nothing
    /// of this one was used: the recovery key that was shown for that one works, and this one's does not.
    ///
    /// @param account under the keys of that one ([Account#isRotationFound]), in place of the one that asked,
    ///     which is closed
    record EarlierFound(Account account) implements MasterKeyRotation {}

    /// The server asks for a proof that is not older than five minutes: keep a credential once more and
    /// try again, as often as it is asked for. What was prepared is not prepared again.
    ///
    /// @param sent how many containers the server has taken so far; as long as this grows from proof to proof the
    ///     rotation goes on
    record ProofRequired(int sent) implements MasterKeyRotation {}

    /// Something fails a check or does not open: nothing was changed. A person may want to go on all the
    /// same ([NewMasterKey#leave]).
    ///
    /// @param containers that do not open, or have something in them that does not
    /// @param lists those of whole domains
    record Unreadable(List<ContainerId> containers, List<UnreadableList> lists) implements MasterKeyRotation {

        public Unreadable {
            containers = List.copyOf(containers);
            lists = List.copyOf(lists);
        }
    }

    /// The list of a domain's containers, which fails a check.
    ///
    /// @param containers how many the server says that there are
    record UnreadableList(Domain domain, int containers) {}

    /// This container has as many earlier keys as it can have, and something in it is sealed under each of
    /// them. Nothing was changed.
    record TooManyKeys(ContainerId container) implements MasterKeyRotation {}
}
