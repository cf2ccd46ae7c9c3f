package dev.nescio.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/// Messages about passkeys (spec, section 10.12). What an authenticator made is passed on as it is; a client never
/// sends the results of extensions, among which the PRF output is.
public final class Passkeys {

    private Passkeys() {}

    /// Octets of a credential id.
    public static final int LEAST_CREDENTIAL_ID = 16;

    public static final int MOST_CREDENTIAL_ID = 1023;

    private static final int MOST_CLIENT_DATA = 2048;
    private static final int MOST_AUTHENTICATOR_DATA = 4096;
    private static final int MOST_SIGNATURE = 1024;

    /// The answer to `POST /v1/passkeys/challenge`.
    public record Challenge(Bytes challenge, String rpId, long expiresAt) {

        public Challenge {
            Check.length("challenge", challenge, 32);
            Check.present("rpId", rpId);
            Check.counter("expiresAt", expiresAt);
        }
    }

    /// What an authenticator made when the passkey was created.
    public record Registration(Bytes challenge, Bytes clientDataJSON, Bytes attestationObject) {

        public Registration {
            Check.length("registration.challenge", challenge, 32);
            Check.lengths("registration.clientDataJSON", clientDataJSON, 1, MOST_CLIENT_DATA);
            Check.lengths("registration.attestationObject", attestationObject, 1, MOST_AUTHENTICATOR_DATA);
        }
    }

    /// What an authenticator made to prove the passkey.
    ///
    /// @param userHandle the account's id; null where the authenticator did not say
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Assertion(
            Bytes credentialId,
            Bytes challenge,
            Bytes clientDataJSON,
            Bytes authenticatorData,
            Bytes signature,
            Bytes userHandle) {

        public Assertion {
            checkCredentialId("passkey.credentialId", credentialId);
            Check.length("passkey.challenge", challenge, 32);
            Check.lengths("passkey.clientDataJSON", clientDataJSON, 1, MOST_CLIENT_DATA);
            Check.lengths("passkey.authenticatorData", authenticatorData, 1, MOST_AUTHENTICATOR_DATA);
            Check.lengths("passkey.signature", signature, 1, MOST_SIGNATURE);
            if (userHandle != null) {
                Check.length("passkey.userHandle", userHandle, 16);
            }
        }
    }

    /// `POST /v1/signin/passkey`.
    ///
    /// @param endOthers whether all other sessions of the account end in the same instant; null for no
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Attempt(
            Assertion passkey,
            Bytes lookupHash,
            Transport transport,
            @JsonProperty(required = true) boolean stay,
            Boolean endOthers) {

        public Attempt(Assertion passkey, Bytes lookupHash, Transport transport, boolean stay) {
            this(passkey, lookupHash, transport, stay, null);
        }

        public Attempt {
            Check.present("passkey", passkey);
            Check.length("lookupHash", lookupHash, 32);
            Check.present("transport", transport);
        }
    }

    /// `POST /v1/signup/passkey`: an account without a password. Nothing waits, as no code of an
    /// authenticator has to be tried first.
    ///
    /// @param mailedCode null where the server has not mailed one
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SignUpNow(
            AccountId account,
            Bytes hashedEmail,
            SignUp.NewSlot slot,
            Registration registration,
            SignUp.NewSlot recovery,
            DomainKeys domainKeys,
            KeyPair keyPair,
            Bytes profile,
            Bytes directory,
            Transport transport,
            @JsonProperty(required = true) boolean stay,
            MailedCodes.Proof mailedCode) {

        /// Where mail is off.
        public SignUpNow(
                AccountId account,
                Bytes hashedEmail,
                SignUp.NewSlot slot,
                Registration registration,
                SignUp.NewSlot recovery,
                DomainKeys domainKeys,
                KeyPair keyPair,
                Bytes profile,
                Bytes directory,
                Transport transport,
                boolean stay) {
            this(
                    account,
                    hashedEmail,
                    slot,
                    registration,
                    recovery,
                    domainKeys,
                    keyPair,
                    profile,
                    directory,
                    transport,
                    stay,
                    null);
        }

        public SignUpNow {
            Check.present("account", account);
            Check.length("hashedEmail", hashedEmail, 32);
            SignUp.NewSlot.require("slot", slot, SlotKind.PASSKEY);
            Check.present("registration", registration);
            SignUp.NewSlot.require("recovery", recovery, SlotKind.RECOVERY);
            if (slot.id().equals(recovery.id())) {
                throw new InvalidField("slot and recovery must be two slots");
            }
            Check.present("domainKeys", domainKeys);
            Check.present("keyPair", keyPair);
            Check.envelope("profile", profile, Limits.ENVELOPE);
            Check.envelope("directory", directory, Limits.ENVELOPE);
            Check.present("transport", transport);
        }
    }

    /// `PUT /v1/slots/passkey`: one more passkey.
    ///
    /// @param directory the one that lists the new slot
    public record Add(SignUp.NewSlot slot, Registration registration, Counted directory) {

        public Add {
            SignUp.NewSlot.require("slot", slot, SlotKind.PASSKEY);
            Check.present("registration", registration);
            Check.present("directory", directory);
        }
    }

    /// `POST /v1/slots/{id}/remove`.
    ///
    /// @param directory the one that does not list the slot any more
    /// @param endOthers whether the account's other sessions end
    public record Remove(
            Counted directory,
            @JsonProperty(required = true) boolean endOthers) {

        public Remove {
            Check.present("directory", directory);
        }
    }

    static void checkCredentialId(String field, Bytes credentialId) {
        Check.lengths(field, credentialId, LEAST_CREDENTIAL_ID, MOST_CREDENTIAL_ID);
    }
}
