package dev.nescio.server.credential;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Scope;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.v1.AssociatedData;
import dev.nescio.server.keyservice.KeyService;
import dev.nescio.server.keyservice.KeyService.Purpose;
import dev.nescio.server.passkey.NewPasskey;
import java.util.Optional;

/// The layer that the key service puts around what slots of each kind keep, and around a second factor that waits
/// (spec, section 12).
public final class SlotSealing {

    private final KeyService keys;

    public SlotSealing(KeyService keys) {
        this.keys = keys;
    }

    /// Hashes and seals a new password with its second factor.
    public PasswordSlot seal(AccountId account, SignUp.NewSlot slot, Bytes totpSecret) {
        return PasswordSlot.sealed(
                account,
                slot,
                keys.hmac(Purpose.LOOKUP, slot.lookupHash()),
                keys.seal(wrappedMasterKey(account, slot.id()), slot.wrappedMasterKey()),
                keys.seal(totpSecret(account, slot.id()), totpSecret));
    }

    /// As above, for a password in place of another one: its second factor is that of the old one.
    public PasswordSlot sealInPlaceOf(PasswordSlot old, SignUp.NewSlot slot) {
        return seal(old.account(), slot, openTotpSecret(old));
    }

    /// Seals another secret of the second factor for a slot that is there.
    public Bytes sealTotpSecret(PasswordSlot slot, Bytes secret) {
        return keys.seal(totpSecret(slot.account(), slot.slot()), secret);
    }

    /// Seals a secret that waits for its first code.
    public Bytes sealPendingTotpSecret(AccountId account, Bytes secret) {
        return keys.seal(pendingTotpSecret(account), secret);
    }

    /// @return empty if it waits for another account
    public Optional<Bytes> openPendingTotpSecret(AccountId account, Bytes sealed) {
        try {
            return Optional.of(keys.open(pendingTotpSecret(account), sealed));
        } catch (RejectedException e) {
            return Optional.empty();
        }
    }

    /// Hashes and seals a new recovery key's slot.
    public RecoverySlot sealRecovery(AccountId account, SignUp.NewSlot slot) {
        return new RecoverySlot(
                account,
                slot.id(),
                keys.hmac(Purpose.LOOKUP, slot.lookupHash()),
                keys.seal(wrappedMasterKey(account, slot.id()), slot.wrappedMasterKey()));
    }

    /// Hashes and seals the slot of a passkey whose creation was checked.
    public PasskeySlot sealPasskey(AccountId account, SignUp.NewSlot slot, NewPasskey passkey) {
        return new PasskeySlot(
                account,
                slot.id(),
                keys.hmac(Purpose.LOOKUP, slot.lookupHash()),
                keys.seal(wrappedMasterKey(account, slot.id()), slot.wrappedMasterKey()),
                slot.credentialId(),
                passkey.attestedCredential(),
                passkey.signCount(),
                passkey.rpId(),
                null);
    }

    /// Seals another wrapped master key for a slot that is there.
    public Bytes sealWrappedMasterKey(AccountId account, SlotId slot, Bytes wrapped) {
        return keys.seal(wrappedMasterKey(account, slot), wrapped);
    }

    /// Hashes and seals a new access key's slot.
    public AccessSlot sealAccess(AccountId account, SignUp.NewSlot slot, long now) {
        return new AccessSlot(
                account,
                slot.id(),
                keys.hmac(Purpose.LOOKUP, slot.lookupHash()),
                keys.seal(
                        opened(account, slot.id(), slot.scope()), slot.asSlot().envelope()),
                slot.scope(),
                slot.expiresAt(),
                AccessSlots.day(now),
                null);
    }

    /// @return the secret of the second factor
    public Bytes openTotpSecret(PasswordSlot slot) {
        return open(totpSecret(slot.account(), slot.slot()), slot.totpSecret());
    }

    /// To be called only for somebody who has proven every factor.
    ///
    /// @return the envelope that the client made
    public Bytes openWrappedMasterKey(StoredSlot slot) {
        return open(place(slot), slot.wrappedMasterKey());
    }

    /// Whether this key service has sealed that slot.
    public boolean opens(StoredSlot slot) {
        try {
            keys.open(place(slot), slot.wrappedMasterKey());
            return true;
        } catch (RejectedException e) {
            return false;
        }
    }

    private Bytes open(AssociatedData place, Bytes envelope) {
        try {
            return keys.open(place, envelope);
        } catch (RejectedException e) {
            throw new IllegalStateException("a stored envelope does not open: the database was changed by hand", e);
        }
    }

    private static AssociatedData place(StoredSlot slot) {
        return opened(slot.account(), slot.slot(), slot instanceof AccessSlot access ? access.scope() : Scope.ALL);
    }

    /// @param scope that of the credential: only the whole account's is opened by the master key
    private static AssociatedData opened(AccountId account, SlotId slot, Scope scope) {
        return scope.isAll()
                ? wrappedMasterKey(account, slot)
                : new AssociatedData("server/scope-record", account, null, null, slot, "scope", 1);
    }

    private static AssociatedData wrappedMasterKey(AccountId account, SlotId slot) {
        return new AssociatedData("server/wrapped-master-key", account, null, null, slot, "key", 1);
    }

    private static AssociatedData totpSecret(AccountId account, SlotId slot) {
        return new AssociatedData("server/totp-secret", account, null, null, slot, "secret", 1);
    }

    private static AssociatedData pendingTotpSecret(AccountId account) {
        return new AssociatedData("server/pending-totp-secret", account, null, null, null, "secret", 1);
    }
}
