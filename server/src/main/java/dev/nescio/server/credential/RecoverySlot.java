package dev.nescio.server.credential;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SlotId;

/// A recovery key's slot, as the server keeps it (spec, section 12). The key tells the slot's id, so that nobody has to
/// be looked up to sign in with it.
public record RecoverySlot(AccountId account, SlotId slot, Bytes lookupHmac, Bytes wrappedMasterKey)
        implements StoredSlot {

    @Override
    public SignIn.Slot shown(Bytes opened) {
        return SignIn.Slot.recovery(slot, opened);
    }
}
