package dev.nescio.server.account;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Json;

/// A reset that waits for the first code of its new authenticator: the account that begins, and the reset code that
/// lets it take the place of another one. Hashed and sealed like a sign-up.
record PendingReset(ResetCodes.Waiting code, PendingSignUp signUp) {

    static PendingReset parse(Bytes stored) {
        return Json.STRICT.readValue(stored.toArray(), PendingReset.class);
    }

    Bytes stored() {
        return Bytes.copyOf(Json.STRICT.writeValueAsBytes(this));
    }
}
