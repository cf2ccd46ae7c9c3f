package dev.nescio.server.signin;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.SlotId;
import dev.nescio.server.credential.Credentials;
import dev.nescio.server.credential.PasskeySlots;
import dev.nescio.server.credential.PasswordSlot;
import dev.nescio.server.db.Transaction;
import java.util.Optional;
import java.util.OptionalLong;

/// The second factor of one attempt. [#use] is the decision; [#right] saves the transaction that would change
/// nothing, so that a code that was used before is refused by the same work as a wrong one.
sealed interface SecondFactor {

    /// By this name its tries are counted.
    String kind();

    /// A code of six digits can, 80 bits cannot (spec, section 3.7).
    boolean canBeGuessed();

    boolean right();

    /// @param found the time step of the code; empty for a wrong one
    static SecondFactor step(OptionalLong found, PasswordSlot slot) {
        return new Step(found.orElse(0), found.isPresent() && found.getAsLong() > slot.totpStep());
    }

    /// @return whether it was unused until now
    boolean use(Transaction transaction, AccountId account);

    /// What the account's log says of its use, beside what was signed in to.
    ///
    /// @param used whether it was unused until then
    default Optional<LogKind> loggedAs(boolean used) {
        return Optional.empty();
    }

    record Step(long step, boolean right) implements SecondFactor {

        @Override
        public String kind() {
            return "totp";
        }

        @Override
        public boolean canBeGuessed() {
            return true;
        }

        @Override
        public boolean use(Transaction transaction, AccountId account) {
            return Credentials.useStep(transaction, account, step);
        }
    }

    /// A recovery key needs none.
    record NotNeeded() implements SecondFactor {

        @Override
        public String kind() {
            return "none";
        }

        @Override
        public boolean canBeGuessed() {
            return false;
        }

        @Override
        public boolean right() {
            return true;
        }

        @Override
        public boolean use(Transaction transaction, AccountId account) {
            return true;
        }
    }

    /// What a passkey's authenticator signed. The lookup hash, which its PRF output gives, is the first.
    record Signed(SlotId slot, long signCount, long now, boolean right) implements SecondFactor {

        @Override
        public String kind() {
            return "passkey";
        }

        @Override
        public boolean canBeGuessed() {
            return false;
        }

        @Override
        public boolean use(Transaction transaction, AccountId account) {
            return PasskeySlots.count(transaction, account, slot, signCount, now);
        }

        @Override
        public Optional<LogKind> loggedAs(boolean used) {
            return used ? Optional.empty() : Optional.of(LogKind.PASSKEY_CLONE_REFUSED);
        }
    }

    record BackupCode(Bytes hmac, boolean right) implements SecondFactor {

        @Override
        public String kind() {
            return "backup-code";
        }

        @Override
        public boolean canBeGuessed() {
            return false;
        }

        @Override
        public boolean use(Transaction transaction, AccountId account) {
            return Credentials.useBackupCode(transaction, account, hmac);
        }

        @Override
        public Optional<LogKind> loggedAs(boolean used) {
            return used ? Optional.of(LogKind.BACKUP_CODE_USED) : Optional.empty();
        }
    }
}
