package dev.nescio.server.credential;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SlotId;

/// A key slot as the server keeps it, whatever its credential is (spec, section 12).
public sealed interface StoredSlot permits PasswordSlot, RecoverySlot, PasskeySlot, AccessSlot {

    AccountId account();

    SlotId slot();

    /// Keyed hash of the lookup hash.
    Bytes lookupHmac();

    /// The client's envelope inside one of the key service. Of an access key of some domains, its scope
    /// record.
    Bytes wrappedMasterKey();

    /// Whether whoever has proven the other one has proven this one: neither it nor its second factor
    /// nor the master key was replaced since.
    default boolean isProvenBy(StoredSlot other) {
        return lookupHmac().equals(other.lookupHmac()) && wrappedMasterKey().equals(other.wrappedMasterKey());
    }

    /// @param opened the wrapped master key as the client made it; null where it is not to be shown
    SignIn.Slot shown(Bytes opened);
}
