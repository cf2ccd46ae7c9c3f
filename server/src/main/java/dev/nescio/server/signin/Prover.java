package dev.nescio.server.signin;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.SlotId;
import dev.nescio.server.credential.AccessSlots;
import dev.nescio.server.credential.Credentials;
import dev.nescio.server.credential.PasskeySlot;
import dev.nescio.server.credential.PasskeySlots;
import dev.nescio.server.credential.PasswordSlot;
import dev.nescio.server.credential.SlotSealing;
import dev.nescio.server.credential.StoredSlot;
import dev.nescio.server.credential.Totp;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Transaction;
import dev.nescio.server.keyservice.KeyService;
import dev.nescio.server.keyservice.KeyService.Purpose;
import dev.nescio.server.passkey.Ceremonies;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// Compares what somebody shows of a credential with what is stored, and uses nothing up.
///
/// What is not there is answered from a decoy by the same statements, hashes and openings, so that neither answer
/// nor work tells whether it is.
final class Prover {

    private final Database database;
    private final KeyService keys;
    private final SlotSealing sealing;
    private final Totp totp;
    private final Ceremonies ceremonies;
    private final Clock clock;
    private final PasswordSlot decoy;
    private final Bytes decoyPasskey;

    Prover(
            Database database,
            KeyService keys,
            SlotSealing sealing,
            Totp totp,
            Ceremonies ceremonies,
            RandomGenerator random,
            Clock clock) {
        this.database = database;
        this.keys = keys;
        this.sealing = sealing;
        this.totp = totp;
        this.ceremonies = ceremonies;
        this.clock = clock;
        this.decoy = Decoy.draw(sealing, totp, random);
        this.decoyPasskey = ceremonies.decoy();
    }

    /// Checks both factors, whatever the first one says.
    ///
    /// @param code null where a backup code is given
    /// @param backupCodeHash null where a code is given
    Proof password(
            Function<Transaction, Optional<PasswordSlot>> find, Bytes lookupHash, String code, Bytes backupCodeHash) {
        Bytes lookupHmac = keys.hmac(Purpose.LOOKUP, lookupHash);
        Optional<Bytes> codeHmac =
                Optional.ofNullable(backupCodeHash).map(hash -> keys.hmac(Purpose.BACKUP_CODE, hash));
        return database.read(transaction -> {
            PasswordSlot slot = find.apply(transaction).orElse(decoy);
            // Opened for a backup code too: the work does not tell which accounts exist.
            Bytes secret = sealing.openTotpSecret(slot);
            SecondFactor second = codeHmac.<SecondFactor>map(hmac -> new SecondFactor.BackupCode(
                            hmac, Credentials.hasBackupCode(transaction, slot.account(), hmac)))
                    .orElseGet(() -> SecondFactor.step(totp.stepOf(secret, code), slot));
            return new Proof(slot, slot.lookupHmac().equals(lookupHmac), second);
        });
    }

    /// A key has 256 bits, so no guess of it can be right.
    Proof key(SlotId slot, Bytes lookupHash) {
        Bytes lookupHmac = keys.hmac(Purpose.LOOKUP, lookupHash);
        StoredSlot stored = database.read(transaction -> Credentials.recovery(transaction, slot)
                .<StoredSlot>map(found -> found)
                .orElse(decoy));
        return new Proof(stored, stored.lookupHmac().equals(lookupHmac), new SecondFactor.NotNeeded());
    }

    /// Of an access key. One that has ended is as good as none.
    Proof accessKey(SlotId slot, Bytes lookupHash) {
        Bytes lookupHmac = keys.hmac(Purpose.LOOKUP, lookupHash);
        StoredSlot stored = database.read(transaction -> AccessSlots.find(transaction, slot)
                .filter(found -> !found.isOver(clock.millis()))
                .<StoredSlot>map(found -> found)
                .orElse(decoy));
        return new Proof(stored, stored.lookupHmac().equals(lookupHmac), new SecondFactor.NotNeeded());
    }

    /// Checks what the authenticator signed and the lookup hash that its PRF output gave, whatever the other says.
    Proof passkey(Passkeys.Assertion assertion, Bytes lookupHash) {
        Bytes lookupHmac = keys.hmac(Purpose.LOOKUP, lookupHash);
        Optional<PasskeySlot> known =
                database.read(transaction -> PasskeySlots.ofCredential(transaction, assertion.credentialId()));
        OptionalLong count = ceremonies.prove(
                assertion, known.map(PasskeySlot::attestedCredential).orElse(decoyPasskey));
        StoredSlot slot = known.<StoredSlot>map(found -> found).orElse(decoy);
        boolean ownHandle = assertion.userHandle() == null
                || assertion.userHandle().equals(slot.account().bytes());
        boolean right = known.isPresent() && count.isPresent() && ownHandle;
        return new Proof(
                slot,
                slot.lookupHmac().equals(lookupHmac),
                new SecondFactor.Signed(slot.slot(), count.orElse(0), clock.millis(), right));
    }
}
