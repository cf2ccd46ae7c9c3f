package dev.nescio.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// Messages of looking up and signing in (spec, sections 10.2 to 10.4).
public final class SignIn {

    private SignIn() {}

    /// `POST /v1/signin/lookup`.
    public record Lookup(Bytes hashedEmail) {

        public Lookup {
            Check.length("hashedEmail", hashedEmail, 32);
        }
    }

    /// What a client needs to derive from a password. An unknown address gets an answer of the same shape.
    public record LookupAnswer(Bytes salt, int memoryKiB, int passes, int lanes) {

        public LookupAnswer {
            Check.length("salt", salt, 16);
        }
    }

    /// `POST /v1/signin`. Exactly one of `totp` and `backupCodeHash` is present.
    ///
    /// @param endOthers whether all other sessions of the account end in the same instant; null for no
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Attempt(
            Bytes hashedEmail,
            Bytes lookupHash,
            String totp,
            Bytes backupCodeHash,
            Transport transport,
            @JsonProperty(required = true) boolean stay,
            Boolean endOthers) {

        public Attempt(
                Bytes hashedEmail,
                Bytes lookupHash,
                String totp,
                Bytes backupCodeHash,
                Transport transport,
                boolean stay) {
            this(hashedEmail, lookupHash, totp, backupCodeHash, transport, stay, null);
        }

        public Attempt {
            Check.length("hashedEmail", hashedEmail, 32);
            Check.length("lookupHash", lookupHash, 32);
            if ((totp == null) == (backupCodeHash == null)) {
                throw new InvalidField("exactly one of totp and backupCodeHash must be given");
            }
            if (totp != null) {
                checkTotp(totp);
            } else {
                Check.length("backupCodeHash", backupCodeHash, 32);
            }
            Check.present("transport", transport);
        }

        @Override
        public String toString() {
            return "Attempt[redacted]";
        }
    }

    /// `POST /v1/signin/key`: a key that names its own slot, such as a recovery key.
    ///
    /// @param endOthers whether all other sessions of the account end in the same instant; null for no
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record KeyAttempt(
            SlotId slot,
            Bytes lookupHash,
            Transport transport,
            @JsonProperty(required = true) boolean stay,
            Boolean endOthers) {

        public KeyAttempt(SlotId slot, Bytes lookupHash, Transport transport, boolean stay) {
            this(slot, lookupHash, transport, stay, null);
        }

        public KeyAttempt {
            Check.present("slot", slot);
            Check.length("lookupHash", lookupHash, 32);
            Check.present("transport", transport);
        }
    }

    /// `POST /v1/session/proof`: proves a credential once more. Exactly one of `totp`, `backupCodeHash`,
    /// `slot` and `passkey` is present: the first two go with the password, the third names a key's slot.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Proof(Bytes lookupHash, String totp, Bytes backupCodeHash, SlotId slot, Passkeys.Assertion passkey) {

        public Proof(Bytes lookupHash, String totp, Bytes backupCodeHash, SlotId slot) {
            this(lookupHash, totp, backupCodeHash, slot, null);
        }

        public Proof {
            Check.length("lookupHash", lookupHash, 32);
            if (Stream.of(totp, backupCodeHash, slot, passkey)
                            .filter(Objects::nonNull)
                            .count()
                    != 1) {
                throw new InvalidField("exactly one of totp, backupCodeHash, slot and passkey must be given");
            }
            if (totp != null) {
                checkTotp(totp);
            }
            if (backupCodeHash != null) {
                Check.length("backupCodeHash", backupCodeHash, 32);
            }
        }

        @Override
        public String toString() {
            return "Proof[redacted]";
        }
    }

    /// A key slot. `salt` and the cost are a password's, `credentialId` and `cloneRefusedAt` a
    /// passkey's, and what follows on them, up to `scopeRecord`, an access key's; they are present for
    /// no other kind. `wrappedMasterKey` is present only in the answer to a sign-in or a sign-up; an
    /// access key of some domains has `scopeRecord` in its place.
    ///
    /// @param cloneRefusedAt when a copy of the passkey's authenticator was last refused; null where
    /// none was
    /// @param expiresAt when the access key ends; null where it does not
    /// @param createdDay the day on which it was made; its first millisecond
    /// @param usedDay the day on which somebody last signed in with it; null where nobody has
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Slot(
            SlotId id,
            SlotKind kind,
            Bytes salt,
            Integer memoryKiB,
            Integer passes,
            Integer lanes,
            Bytes credentialId,
            Long cloneRefusedAt,
            Scope scope,
            Long expiresAt,
            Long createdDay,
            Long usedDay,
            Bytes scopeRecord,
            Bytes wrappedMasterKey) {

        /// Of a kind that is no access key.
        public Slot(
                SlotId id,
                SlotKind kind,
                Bytes salt,
                Integer memoryKiB,
                Integer passes,
                Integer lanes,
                Bytes credentialId,
                Long cloneRefusedAt,
                Bytes wrappedMasterKey) {
            this(
                    id,
                    kind,
                    salt,
                    memoryKiB,
                    passes,
                    lanes,
                    credentialId,
                    cloneRefusedAt,
                    null,
                    null,
                    null,
                    null,
                    null,
                    wrappedMasterKey);
        }

        /// Of a kind that has no credential id.
        public Slot(
                SlotId id,
                SlotKind kind,
                Bytes salt,
                Integer memoryKiB,
                Integer passes,
                Integer lanes,
                Bytes wrappedMasterKey) {
            this(id, kind, salt, memoryKiB, passes, lanes, null, null, wrappedMasterKey);
        }

        public Slot {
            Check.present("slot.id", id);
            Check.present("slot.kind", kind);
            if (kind == SlotKind.PASSWORD) {
                Check.length("slot.salt", salt, 16);
                Check.present("slot.memoryKiB", memoryKiB);
                Check.present("slot.passes", passes);
                Check.present("slot.lanes", lanes);
            } else {
                Check.absent("slot.salt", salt);
                Check.absent("slot.memoryKiB", memoryKiB);
                Check.absent("slot.passes", passes);
                Check.absent("slot.lanes", lanes);
            }
            if (kind == SlotKind.PASSKEY) {
                Passkeys.checkCredentialId("slot.credentialId", credentialId);
            } else {
                Check.absent("slot.credentialId", credentialId);
                Check.absent("slot.cloneRefusedAt", cloneRefusedAt);
            }
            if (cloneRefusedAt != null) {
                Check.counter("slot.cloneRefusedAt", cloneRefusedAt);
            }
            AccessKeys.checkSlot(kind, scope, expiresAt, createdDay, usedDay, scopeRecord, wrappedMasterKey);
            if (wrappedMasterKey != null) {
                Check.wrappedKey("slot.wrappedMasterKey", wrappedMasterKey);
            }
        }

        public static Slot password(SlotId id, Bytes salt, Argon2Parameters cost, Bytes wrappedMasterKey) {
            return new Slot(
                    id, SlotKind.PASSWORD, salt, cost.memoryKiB(), cost.passes(), cost.lanes(), wrappedMasterKey);
        }

        public static Slot passkey(SlotId id, Bytes credentialId, Long cloneRefusedAt, Bytes wrappedMasterKey) {
            return new Slot(
                    id, SlotKind.PASSKEY, null, null, null, null, credentialId, cloneRefusedAt, wrappedMasterKey);
        }

        /// @param envelope the wrapped master key, or the scope record of a key of some domains; null
        /// where it is not shown
        public static Slot access(
                SlotId id, Scope scope, Long expiresAt, Long createdDay, Long usedDay, Bytes envelope) {
            return new Slot(
                    id,
                    SlotKind.ACCESS,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    scope,
                    expiresAt,
                    createdDay,
                    usedDay,
                    scope.isAll() ? null : envelope,
                    scope.isAll() ? envelope : null);
        }

        /// What the credential of this slot opens: the wrapped master key, or the scope record. Null
        /// where it is not shown.
        public Bytes envelope() {
            return scopeRecord == null ? wrappedMasterKey : scopeRecord;
        }

        public static Slot recovery(SlotId id, Bytes wrappedMasterKey) {
            return new Slot(id, SlotKind.RECOVERY, null, null, null, null, wrappedMasterKey);
        }
    }

    /// A new session and all that the client needs to open its keys. `token` is absent when a cookie
    /// carries it.
    ///
    /// @param resetCancelled true where this sign-in has cancelled a reset code (spec, section 10.18), else null
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SessionOpened(
            AccountId account,
            SessionId session,
            Bytes token,
            long expiresAt,
            List<Slot> slots,
            SlotId slot,
            Counted directory,
            DomainKeys domainKeys,
            KeyPair keyPair,
            Versioned profile,
            Boolean resetCancelled) {

        public SessionOpened(
                AccountId account,
                SessionId session,
                Bytes token,
                long expiresAt,
                List<Slot> slots,
                SlotId slot,
                Counted directory,
                DomainKeys domainKeys,
                KeyPair keyPair,
                Versioned profile) {
            this(account, session, token, expiresAt, slots, slot, directory, domainKeys, keyPair, profile, null);
        }

        public SessionOpened {
            Check.present("account", account);
            Check.present("session", session);
            if (token != null) {
                Check.length("token", token, 32);
            }
            Check.counter("expiresAt", expiresAt);
            slots = Check.items("slots", slots, 1, Limits.SLOTS);
            Check.present("slot", slot);
            Check.present("directory", directory);
            Check.present("domainKeys", domainKeys);
            Check.present("keyPair", keyPair);
            Check.present("profile", profile);
        }
    }

    /// `GET /v1/session`.
    ///
    /// @param resetUntil until when a reset code (spec, section 10.18) can be used; null where there is none,
    /// and for a session of an access key
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Session(AccountId account, SessionId session, long createdAt, long expiresAt, Long resetUntil) {

        public Session(AccountId account, SessionId session, long createdAt, long expiresAt) {
            this(account, session, createdAt, expiresAt, null);
        }

        public Session {
            Check.present("account", account);
            Check.present("session", session);
            Check.counter("createdAt", createdAt);
            Check.counter("expiresAt", expiresAt);
            if (resetUntil != null) {
                Check.counter("resetUntil", resetUntil);
            }
        }
    }

    /// `GET /v1/account`: the slots here have no wrapped master key.
    ///
    /// @param logNumber the number of the newest entry of the account's log; 0 where there is none
    /// @param resetUntil as in [Session]; null also where the account is no answer of its own
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Account(
            AccountId account,
            List<Slot> slots,
            Counted directory,
            DomainKeys domainKeys,
            KeyPair keyPair,
            Versioned profile,
            long logNumber,
            Long resetUntil) {

        public Account {
            Check.position("logNumber", logNumber);
            if (resetUntil != null) {
                Check.counter("resetUntil", resetUntil);
            }
            Check.present("account", account);
            slots = Check.items("slots", slots, 1, Limits.SLOTS);
            Check.present("directory", directory);
            Check.present("domainKeys", domainKeys);
            Check.present("keyPair", keyPair);
            Check.present("profile", profile);
        }
    }

    static void checkTotp(String totp) {
        if (totp.length() != 6 || !totp.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new InvalidField("totp must be six digits");
        }
    }
}
