package dev.nescio.server.account;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.SlotId;
import dev.nescio.server.credential.PasswordSlot;

/// A password and its second factor that wait for their first code, in the form in which the database would hold them:
/// hashed and sealed (spec, section 12).
record WaitingPassword(
        SlotId id,
        Bytes salt,
        int memoryKiB,
        int passes,
        int lanes,
        Bytes lookupHmac,
        Bytes wrappedMasterKey,
        Bytes totpSecret) {

    static WaitingPassword of(PasswordSlot slot) {
        return new WaitingPassword(
                slot.slot(),
                slot.salt(),
                slot.memoryKiB(),
                slot.passes(),
                slot.lanes(),
                slot.lookupHmac(),
                slot.wrappedMasterKey(),
                slot.totpSecret());
    }

    PasswordSlot slot(AccountId account, long totpStep) {
        return new PasswordSlot(
                account, id, salt, memoryKiB, passes, lanes, lookupHmac, wrappedMasterKey, totpSecret, totpStep);
    }
}
