package dev.nescio.server.credential;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SlotId;

/// A passkey, as the server keeps it (spec, section 12).
///
/// @param attestedCredential credential id and public key, as WebAuthn encodes them
/// @param signCount what its authenticator had counted when it was last used
/// @param rpId what it is bound to
/// @param cloneRefusedAt when a copy of its authenticator was last refused; null where none was
public record PasskeySlot(
        AccountId account,
        SlotId slot,
        Bytes lookupHmac,
        Bytes wrappedMasterKey,
        Bytes credentialId,
        Bytes attestedCredential,
        long signCount,
        String rpId,
        Long cloneRefusedAt)
        implements StoredSlot {

    @Override
    public SignIn.Slot shown(Bytes opened) {
        return SignIn.Slot.passkey(slot, credentialId, cloneRefusedAt, opened);
    }
}
