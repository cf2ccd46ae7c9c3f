package dev.nescio.server.signin;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.Transport;
import dev.nescio.server.account.AccountState;
import dev.nescio.server.account.Accounts;
import dev.nescio.server.account.SessionAnswer;
import dev.nescio.server.credential.Credentials;
import dev.nescio.server.credential.PasswordSlot;
import dev.nescio.server.credential.SlotSealing;
import dev.nescio.server.credential.Totp;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Transaction;
import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Call;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.Handler;
import dev.nescio.server.http.ProblemType;
import dev.nescio.server.http.Refusal;
import dev.nescio.server.keyservice.KeyService;
import dev.nescio.server.keyservice.KeyService.Purpose;
import dev.nescio.server.session.Sessions;
import dev.nescio.server.throttle.Limit;
import dev.nescio.server.throttle.Throttle;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Looking up and signing in (spec, sections 10.2 and 10.3).
///
/// An address without an account is answered from a decoy by the same statements, hashes and openings, so
/// that neither answer nor work tells whether it has one.
public final class SignInRoutes {

    private final Database database;
    private final KeyService keys;
    private final SlotSealing sealing;
    private final Totp totp;
    private final Sessions sessions;
    private final Throttle throttle;
    private final PasswordSlot decoy;

    public SignInRoutes(
            Database database,
            KeyService keys,
            Totp totp,
            Sessions sessions,
            Throttle throttle,
            RandomGenerator random) {
        this.database = database;
        this.keys = keys;
        this.sealing = new SlotSealing(keys);
        this.totp = totp;
        this.sessions = sessions;
        this.throttle = throttle;
        this.decoy = Decoy.draw(sealing, totp, random);
    }

    public Map<Endpoint, Handler> handlers() {
        return Map.of(Endpoint.LOOK_UP, this::lookUp, Endpoint.SIGN_IN, this::signIn);
    }

    private Answer lookUp(Call call) {
        Bytes hashedEmail = call.body(SignIn.Lookup.class).hashedEmail();
        throttle.take(Limit.LOOKUP, call.network());
        Bytes addressHmac = keys.hmac(Purpose.ADDRESS, hashedEmail);
        Bytes decoySalt = keys.decoySalt(hashedEmail);
        Optional<PasswordSlot> known = database.read(transaction -> Credentials.ofAddress(transaction, addressHmac));
        PasswordSlot slot = known.orElse(decoy);
        return Answer.of(new SignIn.LookupAnswer(
                known.isPresent() ? slot.salt() : decoySalt, slot.memoryKiB(), slot.passes(), slot.lanes()));
    }

    private Answer signIn(Call call) {
        SignIn.Attempt attempt = call.body(SignIn.Attempt.class);
        throttle.takeSignIn(attempt.hashedEmail(), call.network());
        Proof proof = prove(attempt);
        String kind = proof.second().kind();
        // Counted before it is known whether both are right, so that tries at the same moment count as well.
        boolean admitted = throttle.admitsHalfRight(attempt.hashedEmail(), kind, proof.helpsToGuess());
        Entered entered =
                admitted && proof.complete() ? database.write(transaction -> enter(transaction, proof, attempt)) : null;
        if (entered == null) {
            throw Refusal.of(ProblemType.SIGN_IN_FAILED);
        }
        throttle.giveBackSignIn(attempt.hashedEmail(), call.network());
        throttle.giveBackHalfRight(attempt.hashedEmail(), kind);
        return SessionAnswer.of(
                entered.state(),
                proof.slot(),
                sealing.openWrappedMasterKey(proof.slot()),
                entered.session(),
                attempt.transport() == Transport.COOKIE);
    }

    /// Checks both factors, whatever the first one says, and uses up neither.
    private Proof prove(SignIn.Attempt attempt) {
        Bytes addressHmac = keys.hmac(Purpose.ADDRESS, attempt.hashedEmail());
        Bytes lookupHmac = keys.hmac(Purpose.LOOKUP, attempt.lookupHash());
        Optional<Bytes> codeHmac =
                Optional.ofNullable(attempt.backupCodeHash()).map(hash -> keys.hmac(Purpose.BACKUP_CODE, hash));
        return database.read(transaction -> {
            PasswordSlot slot = Credentials.ofAddress(transaction, addressHmac).orElse(decoy);
            // Opened for a backup code too: the work does not tell which accounts exist.
            Bytes secret = sealing.openTotpSecret(slot);
            SecondFactor second = codeHmac.<SecondFactor>map(hmac -> new SecondFactor.BackupCode(
                            hmac, Credentials.hasBackupCode(transaction, slot.account(), hmac)))
                    .orElseGet(() -> SecondFactor.step(totp.stepOf(secret, attempt.totp()), slot));
            return new Proof(slot, slot.lookupHmac().equals(lookupHmac), second);
        });
    }

    /// Uses the code up and opens a session, both or neither.
    ///
    /// @return null when the code was used in the meantime
    private Entered enter(Transaction transaction, Proof proof, SignIn.Attempt attempt) {
        if (!proof.second().use(transaction, proof.slot().account())) {
            return null;
        }
        AccountState state = Accounts.find(transaction, proof.slot().account()).orElseThrow();
        return new Entered(state, sessions.open(transaction, state.account(), attempt.stay()));
    }

    private record Proof(PasswordSlot slot, boolean password, SecondFactor second) {

        boolean complete() {
            return password && second.right();
        }

        /// Whether whoever tries it knows one factor and could find the other by trying on.
        boolean helpsToGuess() {
            return second.right() || (password && second.canBeGuessed());
        }
    }

    private record Entered(AccountState state, Sessions.Opened session) {}
}
