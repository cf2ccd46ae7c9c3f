package dev.nescio.server.account;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.KeyPair;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.Transport;
import dev.nescio.sealing.v1.PublicKeySeal;
import dev.nescio.server.credential.Credentials;
import dev.nescio.server.credential.PasswordSlot;
import dev.nescio.server.credential.SlotSealing;
import dev.nescio.server.credential.StoredSlot;
import dev.nescio.server.db.Transaction;
import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Network;
import dev.nescio.server.http.Refusal;
import dev.nescio.server.keyservice.KeyService;
import dev.nescio.server.keyservice.KeyService.Purpose;
import dev.nescio.server.log.SecurityLog;
import dev.nescio.server.session.Sessions;
import java.time.Clock;
import java.util.List;

/// What signing up and resetting do alike: an account with a password waits hashed and sealed for its first code, and
/// is then written as a whole.
final class NewAccounts {

    private final KeyService keys;
    private final SlotSealing sealing;
    private final Clock clock;

    NewAccounts(KeyService keys, Clock clock) {
        this.keys = keys;
        this.sealing = new SlotSealing(keys);
        this.clock = clock;
    }

    PendingSignUp waiting(SignUp.Start start, Bytes addressHmac, Bytes totpSecret) {
        return new PendingSignUp(
                start.account(),
                addressHmac,
                WaitingPassword.of(sealing.seal(start.account(), start.slot(), totpSecret)),
                PendingSignUp.waiting(sealing.sealRecovery(start.account(), start.recovery())),
                start.domainKeys(),
                start.keyPair(),
                start.profile(),
                start.directory(),
                start.backupCodeHashes().stream()
                        .map(hash -> keys.hmac(Purpose.BACKUP_CODE, hash))
                        .toList(),
                null);
    }

    Bytes totpSecret(PendingSignUp signUp) {
        return sealing.openTotpSecret(signUp.passwordSlot(1));
    }

    /// @param slot the waiting one, with the step of the code that proved its second factor
    /// @return false, with nothing written, when the address or the id has an account
    boolean write(Transaction transaction, PendingSignUp signUp, PasswordSlot slot) {
        if (!Accounts.insert(transaction, signUp.state(), signUp.addressHmac(), clock.millis())) {
            return false;
        }
        Credentials.insert(transaction, slot, signUp.backupCodeHmacs());
        if (!Credentials.putRecovery(transaction, signUp.recoverySlot())) {
            throw DirectoryChanges.slotIdInUse();
        }
        return true;
    }

    /// To be called before anything else is looked at.
    ///
    /// @throws Refusal where everybody could open what is sealed to it
    static void requirePublicKey(KeyPair pair) {
        if (!PublicKeySeal.isPublicKey(pair.publicKey())) {
            throw Refusal.badRequest("keyPair.publicKey must be one of X25519, and not of small order");
        }
    }

    /// A first session that is to be opened.
    ///
    /// @param network from where
    record First(boolean stay, Network network) {}

    /// Opens the first session of an account, whose log begins with it.
    ///
    /// @param slot what it was signed up with
    static Sessions.Opened open(
            Transaction transaction, Sessions sessions, StoredSlot slot, KeyPair pair, First first, long now) {
        Sessions.Opened session = sessions.open(transaction, slot.account(), first.stay());
        SecurityLog.append(
                transaction,
                slot.account(),
                SecurityLog.Event.by(session.session(), LogKind.SIGNED_UP)
                        .about(slot.slot())
                        .from(first.network(), pair.publicKey()),
                now);
        return session;
    }

    Answer answer(PendingSignUp signUp, PasswordSlot slot, Sessions.Opened session, Transport transport) {
        return SessionAnswer.of(
                signUp.state(),
                List.of(slot, signUp.recoverySlot()),
                slot.slot(),
                sealing,
                session,
                transport == Transport.COOKIE,
                false);
    }
}
