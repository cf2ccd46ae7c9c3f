package dev.nescio.server.account;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Json;
import java.util.List;

/// A password that an account is to get and that waits for its first code (spec, section 10.14).
record PendingPassword(AccountId account, WaitingPassword password, List<Bytes> backupCodeHmacs) {

    static PendingPassword parse(Bytes stored) {
        return Json.STRICT.readValue(stored.toArray(), PendingPassword.class);
    }

    Bytes stored() {
        return Bytes.copyOf(Json.STRICT.writeValueAsBytes(this));
    }
}
