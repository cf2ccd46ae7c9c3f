package dev.nescio.server.credential;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;

/// A password with its second factor, as the server keeps both (spec, section 12).
///
/// @param lookupHmac keyed hash of the lookup hash
/// @param wrappedMasterKey the client's envelope inside one of the key service
/// @param totpSecret sealed by the key service
/// @param totpStep the last time step that was used
public record PasswordSlot(
        AccountId account,
        SlotId slot,
        Bytes salt,
        int memoryKiB,
        int passes,
        int lanes,
        Bytes lookupHmac,
        Bytes wrappedMasterKey,
        Bytes totpSecret,
        long totpStep)
        implements StoredSlot {

    @Override
    public SignIn.Slot shown(Bytes opened) {
        return SignIn.Slot.password(slot, salt, new Argon2Parameters(memoryKiB, passes, lanes), opened);
    }

    @Override
    public boolean isProvenBy(StoredSlot other) {
        return StoredSlot.super.isProvenBy(other)
                && other instanceof PasswordSlot password
                && totpSecret.equals(password.totpSecret);
    }

    /// A new password, hashed and sealed for keeping; its second factor has not been used yet.
    static PasswordSlot sealed(
            AccountId account, SignUp.NewSlot slot, Bytes lookupHmac, Bytes wrappedMasterKey, Bytes totpSecret) {
        return new PasswordSlot(
                account,
                slot.id(),
                slot.salt(),
                slot.memoryKiB(),
                slot.passes(),
                slot.lanes(),
                lookupHmac,
                wrappedMasterKey,
                totpSecret,
                0);
    }
}
