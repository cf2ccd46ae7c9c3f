package dev.nescio.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/// Messages of sign-up (spec, section 10.1).
public final class SignUp {

    private SignUp() {}

    /// `POST /v1/signup/start`. All of it was made on the device; nothing in it opens anything.
    ///
    /// @param mailedCode null where the server has not mailed one
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Start(
            AccountId account,
            Bytes hashedEmail,
            NewSlot slot,
            NewSlot recovery,
            DomainKeys domainKeys,
            KeyPair keyPair,
            Bytes profile,
            Bytes directory,
            List<Bytes> backupCodeHashes,
            MailedCodes.Proof mailedCode) {

        /// Where mail is off.
        public Start(
                AccountId account,
                Bytes hashedEmail,
                NewSlot slot,
                NewSlot recovery,
                DomainKeys domainKeys,
                KeyPair keyPair,
                Bytes profile,
                Bytes directory,
                List<Bytes> backupCodeHashes) {
            this(account, hashedEmail, slot, recovery, domainKeys, keyPair, profile, directory, backupCodeHashes, null);
        }

        public Start {
            Check.present("account", account);
            Check.length("hashedEmail", hashedEmail, 32);
            NewSlot.require("slot", slot, SlotKind.PASSWORD);
            NewSlot.require("recovery", recovery, SlotKind.RECOVERY);
            if (slot.id().equals(recovery.id())) {
                throw new InvalidField("slot and recovery must be two slots");
            }
            Check.present("domainKeys", domainKeys);
            Check.present("keyPair", keyPair);
            Check.envelope("profile", profile, Limits.ENVELOPE);
            Check.envelope("directory", directory, Limits.ENVELOPE);
            backupCodeHashes = Check.backupCodeHashes(backupCodeHashes);
        }
    }

    /// A key slot with what proves its credential to the server. `salt` and the cost are a password's,
    /// `credentialId` a passkey's, `scope`, `expiresAt` and `scopeRecord` an access key's, and present
    /// for no other kind.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record NewSlot(
            SlotId id,
            SlotKind kind,
            Bytes salt,
            Integer memoryKiB,
            Integer passes,
            Integer lanes,
            Bytes credentialId,
            Scope scope,
            Long expiresAt,
            Bytes lookupHash,
            Bytes scopeRecord,
            Bytes wrappedMasterKey) {

        /// Of a kind that has no credential id.
        public NewSlot(
                SlotId id,
                SlotKind kind,
                Bytes salt,
                Integer memoryKiB,
                Integer passes,
                Integer lanes,
                Bytes lookupHash,
                Bytes wrappedMasterKey) {
            this(id, kind, salt, memoryKiB, passes, lanes, null, null, null, lookupHash, null, wrappedMasterKey);
        }

        public NewSlot {
            // The same shape as a slot that is there already; on top of it, a cost that clients accept.
            SignIn.Slot shape = new SignIn.Slot(
                    id,
                    kind,
                    salt,
                    memoryKiB,
                    passes,
                    lanes,
                    credentialId,
                    null,
                    scope,
                    expiresAt,
                    null,
                    null,
                    scopeRecord,
                    wrappedMasterKey);
            if (shape.kind() == SlotKind.PASSWORD) {
                Check.between("slot.memoryKiB", memoryKiB, 65536, 1048576);
                Check.between("slot.passes", passes, 3, 16);
                Check.between("slot.lanes", lanes, 1, 1);
            }
            Check.length("slot.lookupHash", lookupHash, 32);
            Check.present(
                    scope == null || scope.isAll() ? "slot.wrappedMasterKey" : "slot.scopeRecord", shape.envelope());
        }

        public static NewSlot of(SignIn.Slot slot, Bytes lookupHash) {
            return new NewSlot(
                    slot.id(),
                    slot.kind(),
                    slot.salt(),
                    slot.memoryKiB(),
                    slot.passes(),
                    slot.lanes(),
                    slot.credentialId(),
                    slot.scope(),
                    slot.expiresAt(),
                    lookupHash,
                    slot.scopeRecord(),
                    slot.wrappedMasterKey());
        }

        public SignIn.Slot asSlot() {
            return new SignIn.Slot(
                    id,
                    kind,
                    salt,
                    memoryKiB,
                    passes,
                    lanes,
                    credentialId,
                    null,
                    scope,
                    expiresAt,
                    null,
                    null,
                    scopeRecord,
                    wrappedMasterKey);
        }

        static void require(String field, NewSlot slot, SlotKind kind) {
            if (Check.present(field, slot).kind() != kind) {
                throw new InvalidField(field + " must be a slot of the kind " + kind.text());
            }
        }
    }

    /// The answer to `start`: the handle of the waiting sign-up, the secret for the authenticator, and
    /// until when.
    public record Started(Bytes signup, Bytes totpSecret, long expiresAt) {

        public Started {
            Check.length("signup", signup, 32);
            Check.length("totpSecret", totpSecret, 20);
            Check.counter("expiresAt", expiresAt);
        }
    }

    /// `POST /v1/signup/confirm`.
    public record Confirm(
            Bytes signup,
            String totp,
            Transport transport,
            @JsonProperty(required = true) boolean stay) {

        public Confirm {
            Check.length("signup", signup, 32);
            SignIn.checkTotp(Check.present("totp", totp));
            Check.present("transport", transport);
        }

        @Override
        public String toString() {
            return "Confirm[redacted]";
        }
    }

    /// `POST /v1/signup/cancel`.
    public record Cancel(Bytes signup) {

        public Cancel {
            Check.length("signup", signup, 32);
        }
    }
}
