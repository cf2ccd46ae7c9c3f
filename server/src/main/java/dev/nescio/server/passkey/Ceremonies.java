package dev.nescio.server.passkey;

import com.webauthn4j.WebAuthnManager;
import com.webauthn4j.converter.AttestedCredentialDataConverter;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.credential.CredentialRecord;
import com.webauthn4j.credential.CredentialRecordImpl;
import com.webauthn4j.data.AuthenticationParameters;
import com.webauthn4j.data.AuthenticationRequest;
import com.webauthn4j.data.PublicKeyCredentialParameters;
import com.webauthn4j.data.PublicKeyCredentialType;
import com.webauthn4j.data.RegistrationParameters;
import com.webauthn4j.data.RegistrationRequest;
import com.webauthn4j.data.attestation.authenticator.AAGUID;
import com.webauthn4j.data.attestation.authenticator.AttestedCredentialData;
import com.webauthn4j.data.attestation.authenticator.EC2COSEKey;
import com.webauthn4j.data.attestation.statement.COSEAlgorithmIdentifier;
import com.webauthn4j.data.attestation.statement.CertificateBaseAttestationStatement;
import com.webauthn4j.data.client.Origin;
import com.webauthn4j.data.client.challenge.DefaultChallenge;
import com.webauthn4j.server.ServerProperty;
import com.webauthn4j.verifier.attestation.statement.none.NoneAttestationStatementVerifier;
import com.webauthn4j.verifier.attestation.statement.packed.PackedAttestationStatementVerifier;
import com.webauthn4j.verifier.attestation.trustworthiness.self.DefaultSelfAttestationTrustworthinessVerifier;
import com.webauthn4j.verifier.exception.BadAttestationStatementException;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Passkeys;
import dev.nescio.server.config.PublicUrl;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Checks what authenticators made. Safe for use by many threads.
///
/// Whatever is wrong is one answer: which check failed is of use to nobody but an attacker. User verification is always
/// required. An attestation with a certificate is not accepted: it would tell which device somebody has, and is not
/// needed. One that the passkey itself has signed tells nothing, and some browsers pass it on.
public final class Ceremonies {

    private static final List<PublicKeyCredentialParameters> ALGORITHMS = Stream.of(
                    COSEAlgorithmIdentifier.ES256, COSEAlgorithmIdentifier.EdDSA, COSEAlgorithmIdentifier.RS256)
            .map(algorithm -> new PublicKeyCredentialParameters(PublicKeyCredentialType.PUBLIC_KEY, algorithm))
            .toList();

    private final Challenges challenges;
    private final PublicUrl url;
    private final WebAuthnManager manager;
    private final AttestedCredentialDataConverter credentials;

    public Ceremonies(Challenges challenges, PublicUrl url) {
        ObjectConverter converter = new ObjectConverter();
        this.challenges = challenges;
        this.url = url;
        this.manager = new WebAuthnManager(
                List.of(new NoneAttestationStatementVerifier(), new PackedAttestationStatementVerifier()),
                Ceremonies::refuseCertificate,
                new DefaultSelfAttestationTrustworthinessVerifier(),
                converter);
        this.credentials = new AttestedCredentialDataConverter(converter);
    }

    private static void refuseCertificate(
            AAGUID aaguid, CertificateBaseAttestationStatement statement, Instant timestamp) {
        throw new BadAttestationStatementException("there is a certificate", statement);
    }

    /// Whether a passkey that is bound to this relying party can be used at this server.
    public boolean areOf(String rpId) {
        return url.rpId().equals(rpId);
    }

    /// Uses nothing up: whoever has written the passkey down calls [#use]. Until then it can be sent again, so that a
    /// person need not touch the authenticator once more because the database was away.
    ///
    /// @param credentialId what the passkey must have
    /// @return empty when anything is not as it must be
    public Optional<NewPasskey> create(Passkeys.Registration registration, Bytes credentialId) {
        return challenges.isValid(registration.challenge()) ? check(registration, credentialId) : Optional.empty();
    }

    /// Uses a registration's challenge up, once its passkey is written down. Nobody gets in between: a passkey that is
    /// there is not written down again.
    public void use(Passkeys.Registration registration) {
        challenges.use(registration.challenge());
    }

    Optional<NewPasskey> check(Passkeys.Registration registration, Bytes credentialId) {
        RegistrationRequest request = new RegistrationRequest(
                registration.attestationObject().toArray(),
                registration.clientDataJSON().toArray());
        RegistrationParameters parameters =
                new RegistrationParameters(server(registration.challenge()), ALGORITHMS, true, true);
        return verified(() -> manager.verify(request, parameters))
                .map(data -> data.getAttestationObject().getAuthenticatorData())
                .filter(data -> Bytes.copyOf(data.getAttestedCredentialData().getCredentialId())
                        .equals(credentialId))
                .map(data -> new NewPasskey(
                        Bytes.copyOf(credentials.convert(data.getAttestedCredentialData())),
                        data.getSignCount(),
                        url.rpId()));
    }

    /// Uses the challenge up, if all is as it must be. One that is not valid is refused by the work of one that is.
    ///
    /// @param attestedCredential that of the passkey, or [#decoy]
    /// @return what the authenticator has counted; empty when anything is not as it must be
    public OptionalLong prove(Passkeys.Assertion assertion, Bytes attestedCredential) {
        boolean valid = challenges.isValid(assertion.challenge());
        OptionalLong count = check(assertion, attestedCredential);
        return valid && count.isPresent() && challenges.use(assertion.challenge()) ? count : OptionalLong.empty();
    }

    OptionalLong check(Passkeys.Assertion assertion, Bytes attestedCredential) {
        // The count is compared where it is stored, by the statement that replaces it: from 0 every count goes on.
        // Whether a passkey may be copied is not stored, so it is not compared (null): nothing here depends on it, and
        // whoever could change it has the key that signs.
        CredentialRecord record = new CredentialRecordImpl(
                null, null, null, null, 0, credentials.convert(attestedCredential.toArray()), null, null, null, null);
        AuthenticationRequest request = new AuthenticationRequest(
                assertion.credentialId().toArray(),
                assertion.authenticatorData().toArray(),
                assertion.clientDataJSON().toArray(),
                assertion.signature().toArray());
        AuthenticationParameters parameters =
                new AuthenticationParameters(server(assertion.challenge()), record, null, true, true);
        return verified(() -> manager.verify(request, parameters))
                .map(data -> OptionalLong.of(data.getAuthenticatorData().getSignCount()))
                .orElse(OptionalLong.empty());
    }

    /// At hostile input WebAuthn4J, and what it reads CBOR, JSON and keys with, throw exceptions of many kinds,
    /// not all of which they declare. None is passed on: its message may repeat what was sent.
    private static <T> Optional<T> verified(Supplier<T> verification) {
        try {
            return Optional.of(verification.get());
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    /// A credential that nobody has the private key of. It is one for ES256, as most are: a signature by another
    /// algorithm takes another time to check.
    public Bytes decoy() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            ECPublicKey key = (ECPublicKey) generator.generateKeyPair().getPublic();
            EC2COSEKey encoded = EC2COSEKey.create(key, COSEAlgorithmIdentifier.ES256);
            byte[] credentialId = new byte[Passkeys.LEAST_CREDENTIAL_ID];
            return Bytes.copyOf(credentials.convert(new AttestedCredentialData(AAGUID.ZERO, credentialId, encoded)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has this curve", e);
        }
    }

    private ServerProperty server(Bytes challenge) {
        return ServerProperty.builder()
                .origin(new Origin(url.origin()))
                .rpId(url.rpId())
                .challenge(new DefaultChallenge(challenge.toArray()))
                .build();
    }
}
