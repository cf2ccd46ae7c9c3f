package dev.nescio.server.signin;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.SignIn;
import dev.nescio.server.account.Accounts;
import dev.nescio.server.account.ResetCodes;
import dev.nescio.server.credential.Credentials;
import dev.nescio.server.db.Database;
import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Call;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.Handler;
import dev.nescio.server.http.ProblemType;
import dev.nescio.server.http.Refusal;
import dev.nescio.server.session.Sessions;
import dev.nescio.server.throttle.Throttle;
import java.time.Clock;
import java.util.Map;

/// Proving a credential of the session's own account once more (spec, section 10.9).
final class ProofRoutes {

    private final Database database;
    private final Prover prover;
    private final Sessions sessions;
    private final Throttle throttle;
    private final Clock clock;

    ProofRoutes(Database database, Prover prover, Sessions sessions, Throttle throttle, Clock clock) {
        this.database = database;
        this.prover = prover;
        this.sessions = sessions;
        this.throttle = throttle;
        this.clock = clock;
    }

    Map<Endpoint, Handler> handlers() {
        return Map.of(Endpoint.PROVE, this::prove);
    }

    private Answer prove(Call call) {
        AccountId account = call.caller().account();
        // Else a session that has ended could use up the tries of those that have not.
        sessions.requireAlive(call.caller());
        throttle.takeProof(account);
        Proof proof = proofOf(call.body(SignIn.Proof.class), account);
        boolean proven = proof.complete()
                && proof.slot().account().equals(account)
                && database.write(transaction -> {
                    Accounts.take(transaction, account);
                    sessions.requireAlive(transaction, call.caller());
                    boolean used = proof.use(transaction, call.caller().session(), clock.millis());
                    if (used) {
                        sessions.prove(transaction, call.caller());
                        ResetCodes.cancel(transaction, account, call.caller().session(), clock.millis());
                    }
                    return used;
                });
        if (!proven) {
            throw Refusal.of(ProblemType.SIGN_IN_FAILED);
        }
        throttle.giveBackProof(account);
        return Answer.EMPTY;
    }

    private Proof proofOf(SignIn.Proof given, AccountId account) {
        if (given.passkey() != null) {
            return prover.passkey(given.passkey(), given.lookupHash());
        }
        return given.slot() != null
                ? prover.key(given.slot(), given.lookupHash())
                : prover.password(
                        transaction -> Credentials.ofAccount(transaction, account),
                        given.lookupHash(),
                        given.totp(),
                        given.backupCodeHash());
    }
}
