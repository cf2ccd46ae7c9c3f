package dev.nescio.protocol;

import java.util.List;

/// Messages that replace an account's second factor (spec, section 10.9).
public final class SecondFactors {

    private SecondFactors() {}

    /// The answer to `POST /v1/totp/start`: the handle of the authenticator that waits, its secret, and until when.
    public record Started(Bytes pending, Bytes totpSecret, long expiresAt) {

        public Started {
            Check.length("pending", pending, 32);
            Check.length("totpSecret", totpSecret, 20);
            Check.counter("expiresAt", expiresAt);
        }
    }

    /// `POST /v1/totp/confirm`: a code of the new authenticator.
    public record Confirm(Bytes pending, String totp) {

        public Confirm {
            Check.length("pending", pending, 32);
            SignIn.checkTotp(Check.present("totp", totp));
        }

        @Override
        public String toString() {
            return "Confirm[redacted]";
        }
    }

    /// `POST /v1/totp/cancel`.
    public record Cancel(Bytes pending) {

        public Cancel {
            Check.length("pending", pending, 32);
        }
    }

    /// `PUT /v1/backup-codes`: other codes in place of all that are there.
    public record BackupCodes(List<Bytes> backupCodeHashes) {

        public BackupCodes {
            backupCodeHashes = Check.backupCodeHashes(backupCodeHashes);
        }
    }
}
