package dev.nescio.server.signin;

import dev.nescio.server.account.Accounts;
import dev.nescio.server.credential.Credentials;
import dev.nescio.server.credential.StoredSlot;
import dev.nescio.server.db.Transaction;

/// What somebody has shown of a credential. Nothing of it is used up yet.
///
/// @param first whether the lookup hash is that of the slot
record Proof(StoredSlot slot, boolean first, SecondFactor second) {

    boolean complete() {
        return first && second.right();
    }

    /// Uses the second factor up, if what was proven still holds.
    ///
    /// @return false when the code was used in the meantime, or the credential or its second factor replaced
    boolean use(Transaction transaction) {
        Accounts.take(transaction, slot.account());
        return Credentials.isStillThere(transaction, slot) && second.use(transaction, slot.account());
    }

    /// Whether whoever tries it knows one factor and could find the other by trying on.
    boolean helpsToGuess() {
        return second.right() || (first && second.canBeGuessed());
    }
}
