package dev.nescio.server.account;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.SignIn;
import dev.nescio.server.credential.Credentials;
import dev.nescio.server.db.AccountRows;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Transaction;
import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Call;
import dev.nescio.server.http.Caller;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.Handler;
import dev.nescio.server.http.ProblemType;
import dev.nescio.server.http.Refusal;
import dev.nescio.server.log.SecurityLog;
import dev.nescio.server.session.Sessions;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// What an account's own sessions may see of it (spec, section 10.8).
public final class AccountRoutes {

    private static final int MOST_ROWS = 100;

    private final Database database;
    private final Sessions sessions;
    private final Clock clock;

    public AccountRoutes(Database database, Sessions sessions, Clock clock) {
        this.database = database;
        this.sessions = sessions;
        this.clock = clock;
    }

    public Map<Endpoint, Handler> handlers() {
        return Map.of(Endpoint.ACCOUNT, this::show, Endpoint.STORED_ROWS, this::rows);
    }

    private Answer show(Call call) {
        Caller caller = call.caller();
        return Answer.of(database.read(transaction -> Accounts.find(transaction, caller.account())
                        .map(state -> shown(transaction, state, resetUntil(transaction, caller))))
                .orElseThrow(() -> Refusal.of(ProblemType.SESSION_REQUIRED)));
    }

    private OptionalLong resetUntil(Transaction transaction, Caller caller) {
        return caller.isOfAccessKey()
                ? OptionalLong.empty()
                : ResetCodes.expiry(transaction, caller.account(), clock.millis());
    }

    /// All that is stored of the account, as it is stored (spec, section 10.16).
    private Answer rows(Call call) {
        long from = call.cursor("from");
        int limit = call.limit(MOST_ROWS);
        AccountId account = call.caller().account();
        noteExport(call.caller());
        return Answer.of(database.read(transaction -> AccountRows.page(database, transaction, account, from, limit)));
    }

    /// Once in an hour for a session, so that pages of one export do not add rows to what they show.
    private void noteExport(Caller caller) {
        AccountId account = caller.account();
        LogKind kind = LogKind.ROWS_EXPORTED;
        database.write(transaction -> {
            Accounts.take(transaction, account);
            sessions.requireStillProven(transaction, caller);
            long now = clock.millis();
            if (!SecurityLog.has(transaction, account, caller.session(), kind, now)) {
                SecurityLog.append(transaction, account, SecurityLog.Event.by(caller.session(), kind), now);
            }
            return null;
        });
    }

    public static SignIn.Account shown(Transaction transaction, AccountState state) {
        return shown(transaction, state, OptionalLong.empty());
    }

    private static SignIn.Account shown(Transaction transaction, AccountState state, OptionalLong resetUntil) {
        AccountId account = state.account();
        List<SignIn.Slot> slots = Credentials.slots(transaction, account).stream()
                .map(slot -> slot.shown(null))
                .toList();
        return new SignIn.Account(
                account,
                slots,
                state.directory(),
                state.domainKeys(),
                state.keyPair(),
                state.profile(),
                SecurityLog.newest(transaction, account),
                resetUntil.isPresent() ? resetUntil.getAsLong() : null);
    }
}
