package dev.nescio.client;

import dev.nescio.protocol.AccountId;
import java.net.URI;

/// What a saved session shows without being opened.
///
/// @param sealed whether a passphrase is needed to open it
public record SavedSession(URI server, AccountId account, boolean sealed) {

    /// @param saved from [Account#save]
    /// @throws IllegalArgumentException with words for the person, if it cannot be read
    public static SavedSession of(byte[] saved) {
        return SavedProfile.describe(saved);
    }
}
