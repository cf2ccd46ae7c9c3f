package dev.nescio.client;

import dev.nescio.keys.Password;

/// How a session that is saved on this device is protected from who gets hold of the device's disk.
public sealed interface ProfileProtection {

    /// Sealed under a key that Argon2id derives from a passphrase. It is asked for whenever the profile is opened.
    ///
    /// @param passphrase the caller closes it after use
    record Passphrase(Password passphrase) implements ProfileProtection {}

    /// Not at all: the master key and the session's token lie in the file in clear. Whoever reads the file
    /// reads the account.
    record InsecureInClear() implements ProfileProtection {}

    static ProfileProtection passphrase(Password passphrase) {
        return new Passphrase(passphrase);
    }

    static ProfileProtection insecureInClear() {
        return new InsecureInClear();
    }
}
