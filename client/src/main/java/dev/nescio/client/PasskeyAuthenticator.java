package dev.nescio.client;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.SecretBytes;
import java.util.List;
import java.util.Optional;

/// Where passkeys are, as a program reaches them: a security key, the passkeys of a platform, a browser. Whoever
/// implements it does for this SDK what a browser does for a page (WebAuthn): writes the client data with the origin
/// that it is given, shows the person what is asked, and has the authenticator verify the person.
public interface PasskeyAuthenticator {

    /// Words for a person whose authenticator gives no PRF output.
    String UNSUITABLE =
            "This passkey cannot be used here: its device or password manager gives no key for encryption (the \"PRF\""
                    + " extension). Remove it there, and try another: a FIDO2 security key with a PIN, or the passkeys of an"
                    + " up-to-date phone, computer or browser, usually work.";

    /// What a new passkey is asked for with. It is to be discoverable and without attestation, for one of the
    /// algorithms −7, −8 and −257.
    ///
    /// @param account the user handle
    /// @param label what the authenticator shows for it
    /// @param exclude passkeys of the account: an authenticator that holds one makes none
    /// @param prfInput what the PRF is evaluated at, there and then where the authenticator can
    record Creation(
            String origin,
            String rpId,
            Bytes challenge,
            AccountId account,
            String label,
            List<Bytes> exclude,
            Bytes prfInput) {

        /// The label is the address.
        @Override
        public String toString() {
            return "Creation[redacted]";
        }
    }

    /// A passkey that was made.
    ///
    /// @param prfOutput 32 octets, which the SDK wipes; null where the authenticator gives none while it creates
    record Made(Bytes credentialId, Bytes clientDataJSON, Bytes attestationObject, SecretBytes prfOutput) {}

    /// What a passkey is asked to sign.
    ///
    /// @param allow one of these; if empty, any that is bound to the relying party
    /// @param prfInput what the PRF is evaluated at
    record Request(String origin, String rpId, Bytes challenge, List<Bytes> allow, Bytes prfInput) {}

    /// What a passkey has signed.
    ///
    /// @param userHandle null where the authenticator does not say
    /// @param prfOutput 32 octets, which the SDK wipes; null where the authenticator gives none
    record Signed(
            Bytes credentialId,
            Bytes clientDataJSON,
            Bytes authenticatorData,
            Bytes signature,
            Bytes userHandle,
            SecretBytes prfOutput) {}

    /// @return empty if the person declined, or there is a passkey of the account already
    Optional<Made> create(Creation creation);

    /// @return empty if the person declined, or there is no such passkey
    Optional<Signed> sign(Request request);
}
