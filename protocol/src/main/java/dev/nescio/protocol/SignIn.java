package dev.nescio.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

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
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Attempt(
            Bytes hashedEmail,
            Bytes lookupHash,
            String totp,
            Bytes backupCodeHash,
            Transport transport,
            @JsonProperty(required = true) boolean stay) {

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

    /// A key slot. `wrappedMasterKey` is present only in the answer to a sign-in or a sign-up.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Slot(
            SlotId id, SlotKind kind, Bytes salt, int memoryKiB, int passes, int lanes, Bytes wrappedMasterKey) {

        public Slot {
            Check.present("slot.id", id);
            Check.present("slot.kind", kind);
            Check.length("slot.salt", salt, 16);
            if (wrappedMasterKey != null) {
                Check.wrappedKey("slot.wrappedMasterKey", wrappedMasterKey);
            }
        }
    }

    /// A new session and all that the client needs to open its keys. `token` is absent when a cookie
    /// carries it.
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
            Versioned profile) {

        public SessionOpened {
            Check.present("account", account);
            Check.present("session", session);
            if (token != null) {
                Check.length("token", token, 32);
            }
            Check.counter("expiresAt", expiresAt);
            slots = Check.items("slots", slots, 1, 64);
            Check.present("slot", slot);
            Check.present("directory", directory);
            Check.present("domainKeys", domainKeys);
            Check.present("profile", profile);
        }
    }

    /// `GET /v1/session`.
    public record Session(AccountId account, SessionId session, long createdAt, long expiresAt) {

        public Session {
            Check.present("account", account);
            Check.present("session", session);
            Check.counter("createdAt", createdAt);
            Check.counter("expiresAt", expiresAt);
        }
    }

    /// `GET /v1/account`: the slots here have no wrapped master key.
    public record Account(
            AccountId account, List<Slot> slots, Counted directory, DomainKeys domainKeys, Versioned profile) {

        public Account {
            Check.present("account", account);
            slots = Check.items("slots", slots, 1, 64);
            Check.present("directory", directory);
            Check.present("domainKeys", domainKeys);
            Check.present("profile", profile);
        }
    }

    static void checkTotp(String totp) {
        if (totp.length() != 6 || !totp.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new InvalidField("totp must be six digits");
        }
    }
}
