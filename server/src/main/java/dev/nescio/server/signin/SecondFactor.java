package dev.nescio.server.signin;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.server.credential.Credentials;
import dev.nescio.server.db.Transaction;
import java.util.OptionalLong;

/// The second factor of one attempt. [#use] is the decision; [#right] only saves a transaction that would
/// change nothing.
sealed interface SecondFactor {

    boolean right();

    /// @return whether it was unused until now
    boolean use(Transaction transaction, AccountId account);

    /// @param step the time step of the code; empty for a wrong one
    record Step(OptionalLong step) implements SecondFactor {

        @Override
        public boolean right() {
            return step.isPresent();
        }

        @Override
        public boolean use(Transaction transaction, AccountId account) {
            return Credentials.useStep(transaction, account, step.getAsLong());
        }
    }

    record BackupCode(Bytes hmac, boolean right) implements SecondFactor {

        @Override
        public boolean use(Transaction transaction, AccountId account) {
            return Credentials.useBackupCode(transaction, account, hmac);
        }
    }
}
