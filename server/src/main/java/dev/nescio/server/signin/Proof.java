package dev.nescio.server.signin;

import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.SessionId;
import dev.nescio.server.account.Accounts;
import dev.nescio.server.credential.AccessSlot;
import dev.nescio.server.credential.Credentials;
import dev.nescio.server.credential.PasskeySlot;
import dev.nescio.server.credential.PasswordSlot;
import dev.nescio.server.credential.RecoverySlot;
import dev.nescio.server.credential.StoredSlot;
import dev.nescio.server.db.Transaction;
import dev.nescio.server.log.SecurityLog;

/// What somebody has shown of a credential. Nothing of it is used up yet.
///
/// @param first whether the lookup hash is that of the slot
record Proof(StoredSlot slot, boolean first, SecondFactor second) {

    boolean complete() {
        return first && second.right();
    }

    /// Uses the second factor up, if what was proven still holds.
    ///
    /// @param session the one in which it is shown; null where it is to open one
    /// @return false when the code was used in the meantime, or the credential or its second factor replaced
    boolean use(Transaction transaction, SessionId session, long now) {
        Accounts.take(transaction, slot.account());
        if (!Credentials.isStillThere(transaction, slot)) {
            return false;
        }
        boolean used = second.use(transaction, slot.account());
        second.loggedAs(used)
                .ifPresent(kind -> SecurityLog.append(
                        transaction,
                        slot.account(),
                        SecurityLog.Event.by(session, kind).about(slot.slot()),
                        now));
        return used;
    }

    /// What the log calls a session that it opens.
    LogKind signedIn() {
        return switch (slot) {
            case PasswordSlot password -> LogKind.SIGNED_IN_WITH_PASSWORD;
            case RecoverySlot recovery -> LogKind.SIGNED_IN_WITH_RECOVERY_KEY;
            case PasskeySlot passkey -> LogKind.SIGNED_IN_WITH_PASSKEY;
            case AccessSlot access -> LogKind.SIGNED_IN_WITH_ACCESS_KEY;
        };
    }

    /// Whether whoever tries it knows one factor and could find the other by trying on.
    boolean helpsToGuess() {
        return second.right() || (first && second.canBeGuessed());
    }
}
