package dev.nescio.client;

import dev.nescio.client.Api.ProblemException;
import dev.nescio.keys.Credential;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Passkeys;
import dev.nescio.sealing.SecretBytes;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Has an authenticator make and prove passkeys for a server (spec, sections 3.11 and 10.12). What its PRF gives stays
/// here.
final class PasskeyCeremony {

    private static final int PRF_OUTPUT = 32;

    private final Api api;
    private final RandomGenerator random;
    private final PasskeyAuthenticator authenticator;

    PasskeyCeremony(Api api, RandomGenerator random, PasskeyAuthenticator authenticator) {
        this.api = api;
        this.random = random;
        this.authenticator = authenticator;
    }

    /// The authenticator has no PRF.
    static final class UnsuitableException extends Exception {

        private static final long serialVersionUID = 1L;
    }

    /// @param credential to be closed
    record Created(Bytes credentialId, Passkeys.Registration registration, Credential credential) {}

    /// @param credential to be closed
    record Proven(Passkeys.Assertion assertion, Credential credential) {}

    /// @return empty if the person declined
    Optional<Created> create(AccountId account, String label, List<Bytes> exclude)
            throws ProblemException, UnsuitableException {
        Bytes challenge = challenge();
        Optional<PasskeyAuthenticator.Made> answer = authenticator.create(new PasskeyAuthenticator.Creation(
                api.origin(), host(), challenge, account, label, exclude, prfInput()));
        if (answer.isEmpty()) {
            return Optional.empty();
        }
        PasskeyAuthenticator.Made made = answer.get();
        SecretBytes output = made.prfOutput();
        if (output == null) {
            Optional<PasskeyAuthenticator.Signed> later = askForOutput(made.credentialId());
            if (later.isEmpty()) {
                return Optional.empty();
            }
            output = later.get().prfOutput();
        }
        Credential credential = credential(output, made.credentialId());
        return Optional.of(new Created(
                made.credentialId(),
                new Passkeys.Registration(challenge, made.clientDataJSON(), made.attestationObject()),
                credential));
    }

    /// Many authenticators give no output while they create. This assertion is sent to nobody, so its challenge
    /// is ours.
    private Optional<PasskeyAuthenticator.Signed> askForOutput(Bytes credentialId) {
        byte[] challenge = new byte[32];
        random.nextBytes(challenge);
        return sign(Bytes.copyOf(challenge), List.of(credentialId));
    }

    /// @param allow one of these; if empty, any of this server
    /// @return empty if the person declined
    Optional<Proven> prove(List<Bytes> allow) throws ProblemException, UnsuitableException {
        Bytes challenge = challenge();
        Optional<PasskeyAuthenticator.Signed> answer = sign(challenge, allow);
        if (answer.isEmpty()) {
            return Optional.empty();
        }
        PasskeyAuthenticator.Signed signed = answer.get();
        Credential credential = credential(signed.prfOutput(), signed.credentialId());
        return Optional.of(new Proven(
                new Passkeys.Assertion(
                        signed.credentialId(),
                        challenge,
                        signed.clientDataJSON(),
                        signed.authenticatorData(),
                        signed.signature(),
                        signed.userHandle()),
                credential));
    }

    /// @throws IllegalStateException if another passkey answered than was asked for: what its PRF gives would wrap the
    ///     master key for a passkey that cannot unwrap it
    private Optional<PasskeyAuthenticator.Signed> sign(Bytes challenge, List<Bytes> allow) {
        Optional<PasskeyAuthenticator.Signed> answer = authenticator.sign(
                new PasskeyAuthenticator.Request(api.origin(), host(), challenge, allow, prfInput()));
        if (answer.isPresent()
                && !allow.isEmpty()
                && !allow.contains(answer.get().credentialId())) {
            SecretBytes output = answer.get().prfOutput();
            if (output != null) {
                output.close();
            }
            throw new IllegalStateException("the authenticator answered with a passkey that was not asked for");
        }
        return answer;
    }

    private static Credential credential(SecretBytes output, Bytes credentialId) throws UnsuitableException {
        if (output == null) {
            throw new UnsuitableException();
        }
        try (output) {
            if (output.length() != PRF_OUTPUT) {
                throw new UnsuitableException();
            }
            return Credential.ofPasskey(output, credentialId);
        }
    }

    /// A browser refuses another relying party than that of its page; here this does (spec, section 10.12).
    private Bytes challenge() throws ProblemException {
        Passkeys.Challenge answer = api.post("/v1/passkeys/challenge", null, Passkeys.Challenge.class);
        if (!answer.rpId().equals(host())) {
            throw new NescioException.Distrust(Finding.OTHER_RELYING_PARTY);
        }
        return answer.challenge();
    }

    private String host() {
        return api.server().getHost().toLowerCase(Locale.ROOT);
    }

    private Bytes prfInput() {
        return Credential.passkeyPrfInput(host());
    }
}
