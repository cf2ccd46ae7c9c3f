package dev.nescio.server.account;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.DomainKeys;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.KeyPair;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.Versioned;
import dev.nescio.server.credential.PasswordSlot;
import dev.nescio.server.credential.RecoverySlot;
import java.util.List;

/// A sign-up that waits for its first code, in the form in which it waits: already hashed and sealed, as the
/// database would hold it (spec, section 12).
///
/// @param mailedCode what [AddressProofs#use] takes once there is an account; null for none
record PendingSignUp(
        AccountId account,
        Bytes addressHmac,
        WaitingPassword slot,
        Recovery recovery,
        DomainKeys domainKeys,
        KeyPair keyPair,
        Bytes profile,
        Bytes directory,
        List<Bytes> backupCodeHmacs,
        Bytes mailedCode) {

    /// The recovery slot's own values.
    record Recovery(SlotId id, Bytes lookupHmac, Bytes wrappedMasterKey) {}

    static Recovery waiting(RecoverySlot slot) {
        return new Recovery(slot.slot(), slot.lookupHmac(), slot.wrappedMasterKey());
    }

    static PendingSignUp parse(Bytes stored) {
        return Json.STRICT.readValue(stored.toArray(), PendingSignUp.class);
    }

    Bytes stored() {
        return Bytes.copyOf(Json.STRICT.writeValueAsBytes(this));
    }

    PendingSignUp by(Bytes mailedCode) {
        return new PendingSignUp(
                account,
                addressHmac,
                slot,
                recovery,
                domainKeys,
                keyPair,
                profile,
                directory,
                backupCodeHmacs,
                mailedCode);
    }

    PasswordSlot passwordSlot(long totpStep) {
        return slot.slot(account, totpStep);
    }

    RecoverySlot recoverySlot() {
        return new RecoverySlot(account, recovery.id, recovery.lookupHmac, recovery.wrappedMasterKey);
    }

    AccountState state() {
        return new AccountState(account, new Counted(1, directory), domainKeys, keyPair, new Versioned(1, profile));
    }
}
