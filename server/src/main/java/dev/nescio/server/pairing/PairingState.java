package dev.nescio.server.pairing;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.Pairings;
import dev.nescio.protocol.SessionId;
import dev.nescio.sealing.Sha256;
import dev.nescio.server.session.Sessions;

/// A pairing as it waits: what each side has said, null until it has. Nothing in it opens anything here.
///
/// @param expiresAt as the new device was told
/// @param session of the signed-in device, which alone may go on
/// @param pairingsEnded of its approval; 0 before
record PairingState(
        long expiresAt,
        Bytes commitment,
        Bytes secretHash,
        AccountId account,
        SessionId session,
        Pairings.Share answer,
        Pairings.Share revealed,
        Bytes sealed,
        long pairingsEnded) {

    static PairingState started(Pairings.Start start, long expiresAt) {
        return new PairingState(expiresAt, start.commitment(), start.secretHash(), null, null, null, null, null, 0);
    }

    PairingState answered(AccountId byAccount, SessionId bySession, Pairings.Share share) {
        return new PairingState(expiresAt, commitment, secretHash, byAccount, bySession, share, revealed, sealed, 0);
    }

    PairingState revealed(Pairings.Share share) {
        return new PairingState(expiresAt, commitment, secretHash, account, session, answer, share, sealed, 0);
    }

    PairingState approved(Bytes grant, Sessions.Approval approval) {
        return new PairingState(
                expiresAt,
                commitment,
                secretHash,
                approval.account(),
                approval.session(),
                answer,
                revealed,
                grant,
                approval.pairingsEnded());
    }

    Sessions.Approval approval() {
        return new Sessions.Approval(account, session, pairingsEnded);
    }

    /// Whether the same request began it, however far it has come.
    boolean beganAs(PairingState started) {
        return commitment.equals(started.commitment) && secretHash.equals(started.secretHash);
    }

    /// Whether it is the new device that asks.
    boolean knows(Bytes secret) {
        return secretHash.equals(Sha256.of(secret));
    }

    static PairingState parse(Bytes stored) {
        return Json.STRICT.readValue(stored.toArray(), PairingState.class);
    }

    Bytes stored() {
        return Bytes.copyOf(Json.STRICT.writeValueAsBytes(this));
    }
}
