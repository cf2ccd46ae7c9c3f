package dev.nescio.protocol;

import java.util.List;

/// Messages that give an account without a password one (spec, section 10.14). The answer to `start`, and what cancels
/// it, are those of an authenticator: [SecondFactors].
public final class Passwords {

    private Passwords() {}

    /// `POST /v1/slots/password/start`: the password and the backup codes of its second factor.
    public record Start(SignUp.NewSlot slot, List<Bytes> backupCodeHashes) {

        public Start {
            SignUp.NewSlot.require("slot", slot, SlotKind.PASSWORD);
            backupCodeHashes = Check.backupCodeHashes(backupCodeHashes);
        }
    }

    /// `POST /v1/slots/password/confirm`: the first code of the authenticator.
    ///
    /// @param directory the one that lists the password's slot
    public record Confirm(Bytes pending, String totp, Counted directory) {

        public Confirm {
            Check.length("pending", pending, 32);
            SignIn.checkTotp(Check.present("totp", totp));
            Check.present("directory", directory);
        }

        @Override
        public String toString() {
            return "Confirm[redacted]";
        }
    }
}
