package dev.nescio.client;

/// What proves, beside the password, who signs in.
public sealed interface SecondFactor {

    /// The six digits that the authenticator shows now.
    record Totp(String code) implements SecondFactor {

        /// @throws IllegalArgumentException unless it is six digits; spaces are dropped
        public Totp {
            code = code.replace(" ", "");
            if (!code.matches("[0-9]{6}")) {
                throw new IllegalArgumentException("The code of the authenticator is six digits.");
            }
        }

        @Override
        public String toString() {
            return "Totp[redacted]";
        }
    }

    /// One of the backup codes; it works once.
    record Backup(String code) implements SecondFactor {

        @Override
        public String toString() {
            return "Backup[redacted]";
        }
    }

    static SecondFactor totp(String code) {
        return new Totp(code);
    }

    static SecondFactor backupCode(String code) {
        return new Backup(code);
    }
}
