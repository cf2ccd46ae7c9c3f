package dev.nescio.server.credential;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Scope;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SlotId;

/// An access key's slot, as the server keeps it (spec, sections 3.12 and 12). Times are milliseconds
/// since 1970, of the days their first one.
///
/// @param wrappedMasterKey of a key of some domains, its scope record
/// @param expiresAt null where the key does not end
/// @param usedDay null where nobody has signed in with it
public record AccessSlot(
        AccountId account,
        SlotId slot,
        Bytes lookupHmac,
        Bytes wrappedMasterKey,
        Scope scope,
        Long expiresAt,
        long createdDay,
        Long usedDay)
        implements StoredSlot {

    public boolean isOver(long now) {
        return expiresAt != null && expiresAt <= now;
    }

    @Override
    public SignIn.Slot shown(Bytes opened) {
        return SignIn.Slot.access(slot, scope, expiresAt, createdDay, usedDay, opened);
    }
}
