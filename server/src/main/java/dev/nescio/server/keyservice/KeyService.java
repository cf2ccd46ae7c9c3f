package dev.nescio.server.keyservice;

import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.v1.AssociatedData;

/// The server's own keys (spec, section 12), which never leave it. A copy of the database is worth little
/// without them. Safe for use by many threads.
public interface KeyService extends AutoCloseable {

    /// What a keyed hash is for; it is part of what is hashed, so that none can stand in for another.
    enum Purpose {
        ADDRESS("address"),
        LOOKUP("lookup"),
        BACKUP_CODE("backup-code"),
        MAILED_CODE("mailed-code"),
        RESET_CODE("reset-code");

        private final String text;

        Purpose(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    /// @return `HMAC(pepper, purpose ‖ 0x00 ‖ value)`, 32 bytes
    Bytes hmac(Purpose purpose, Bytes value);

    /// @return 16 bytes that look like a salt, the same for the same address each time
    Bytes decoySalt(Bytes hashedEmail);

    /// @return an envelope under the server's sealing key
    Bytes seal(AssociatedData associatedData, Bytes content);

    /// @throws RejectedException if it was not sealed with this key service for this place
    Bytes open(AssociatedData associatedData, Bytes envelope) throws RejectedException;

    /// Wipes what is held, or lets go of what cannot be wiped. Nothing works afterwards.
    @Override
    void close();
}
