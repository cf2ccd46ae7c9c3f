package dev.nescio.client;

import dev.nescio.client.Api.ProblemException;
import dev.nescio.keys.Address;
import dev.nescio.protocol.SecondFactors;
import java.time.Instant;

/// An authenticator that waits for its first code (spec, section 10.9). The old one works until [#confirm] succeeds.
/// For one thread.
public final class NewAuthenticator {

    private final Api api;
    private final Token token;
    private final AuthenticatorSecret secret;
    private final SecondFactors.Started started;

    private NewAuthenticator(Api api, Token token, Address address, SecondFactors.Started started) {
        this.api = api;
        this.token = token;
        this.secret = new AuthenticatorSecret(address, started.totpSecret());
        this.started = started;
    }

    static AuthenticatorStart start(Api api, Token token, Address address) {
        try {
            SecondFactors.Started started =
                    api.postRepeatedly("/v1/totp/start", token, null, SecondFactors.Started.class);
            return new AuthenticatorStart.Started(new NewAuthenticator(api, token, address, started));
        } catch (ProblemException e) {
            if (e.is("proof-required")) {
                return new AuthenticatorStart.ProofRequired();
            }
            throw e.unexpected();
        }
    }

    /// The secret to type into an authenticator, in base32.
    public String totpSecret() {
        return secret.base32();
    }

    /// The same as a link, to be shown as a QR code (spec, section 3.6). The server never sees it.
    public String otpauthUri() {
        return secret.uri();
    }

    /// When the server forgets this authenticator, unless it was confirmed.
    public Instant expiresAt() {
        return Instant.ofEpochMilli(started.expiresAt());
    }

    /// @param code the six digits that the *new* authenticator shows now
    /// @throws NescioException.Unreachable if the answer was lost: the new one may be in place or not. To call
    /// again with a code of the new one finds out
    public AuthenticatorChange confirm(SecondFactor.Totp code) {
        try {
            api.postRepeatedly(
                    "/v1/totp/confirm", token, new SecondFactors.Confirm(started.pending(), code.code()), null);
            return new AuthenticatorChange.Changed();
        } catch (ProblemException e) {
            if (e.is("wrong-code")) {
                Integer left = e.problem().triesLeft();
                return new AuthenticatorChange.WrongCode(left == null ? 0 : left);
            }
            if (e.is("not-found")) {
                return new AuthenticatorChange.Gone();
            }
            if (e.is("proof-required")) {
                return new AuthenticatorChange.ProofRequired();
            }
            throw e.unexpected();
        }
    }

    /// Makes the server forget it at once. The authenticator that is in place stays.
    public void cancel() {
        try {
            api.postRepeatedly("/v1/totp/cancel", token, new SecondFactors.Cancel(started.pending()), null);
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    @Override
    public String toString() {
        return "NewAuthenticator[redacted]";
    }
}
