package dev.nescio.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/// Messages of pairing a new device with one that is signed in (spec, section 10.11).
public final class Pairings {

    /// Octets of a sealed grant: the encapsulated key, the grant, the tag (spec, section 3.10).
    public static final int SEALED = 32 + 328 + 16;

    private Pairings() {}

    /// What one of the two devices contributes: a public X25519 key and a nonce, both drawn for this pairing.
    public record Share(Bytes publicKey, Bytes nonce) {

        public Share {
            Check.length("share.publicKey", publicKey, 32);
            Check.length("share.nonce", nonce, 32);
        }
    }

    /// `POST /v1/pairings/start`, by the new device.
    ///
    /// @param commitment to its share, which it reveals later
    /// @param secretHash SHA-256 of the secret that its later requests show
    public record Start(PairingId pairing, Bytes commitment, Bytes secretHash) {

        public Start {
            Check.present("pairing", pairing);
            Check.length("commitment", commitment, 32);
            Check.length("secretHash", secretHash, 32);
        }
    }

    /// The answer to [Start]: until when it waits.
    public record Started(long expiresAt) {

        public Started {
            Check.counter("expiresAt", expiresAt);
        }
    }

    /// `POST /v1/pairings/look` and `POST /v1/pairings/refuse`, by the signed-in device.
    public record Look(PairingId pairing) {

        public Look {
            Check.present("pairing", pairing);
        }
    }

    /// @param revealed absent until the new device has revealed its share
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Looked(Bytes commitment, Share revealed) {

        public Looked {
            Check.length("commitment", commitment, 32);
        }
    }

    /// `POST /v1/pairings/answer`, by the signed-in device.
    public record Answer(PairingId pairing, Share share) {

        public Answer {
            Check.present("pairing", pairing);
            Check.present("share", share);
        }
    }

    /// `POST /v1/pairings/poll` and `POST /v1/pairings/cancel`, by the new device.
    public record Poll(PairingId pairing, Bytes secret) {

        public Poll {
            Check.present("pairing", pairing);
            Check.length("secret", secret, 32);
        }
    }

    /// How far it is.
    ///
    /// @param answered absent until a signed-in device has answered
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Polled(Answered answered, boolean approved) {}

    /// @param account of the device that answered
    public record Answered(AccountId account, Share share) {

        public Answered {
            Check.present("account", account);
            Check.present("share", share);
        }
    }

    /// `POST /v1/pairings/reveal`, by the new device.
    public record Reveal(PairingId pairing, Bytes secret, Share share) {

        public Reveal {
            Check.present("pairing", pairing);
            Check.length("secret", secret, 32);
            Check.present("share", share);
        }
    }

    /// `POST /v1/pairings/approve`, by the signed-in device.
    ///
    /// @param sealed the grant, for the new device alone
    public record Approve(PairingId pairing, Bytes sealed) {

        public Approve {
            Check.present("pairing", pairing);
            Check.length("sealed", sealed, SEALED);
        }
    }

    /// `POST /v1/pairings/collect`, by the new device.
    public record Collect(
            PairingId pairing,
            Bytes secret,
            Transport transport,
            @JsonProperty(required = true) boolean stay) {

        public Collect {
            Check.present("pairing", pairing);
            Check.length("secret", secret, 32);
            Check.present("transport", transport);
        }
    }

    /// The sealed grant and a session. `token` is absent when a cookie carries it.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Collected(Bytes sealed, SessionId session, Bytes token, long expiresAt, SignIn.Account account) {

        public Collected {
            Check.length("sealed", sealed, SEALED);
            Check.present("session", session);
            if (token != null) {
                Check.length("token", token, 32);
            }
            Check.counter("expiresAt", expiresAt);
            Check.present("account", account);
        }
    }
}
