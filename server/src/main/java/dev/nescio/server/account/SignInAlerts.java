package dev.nescio.server.account;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.MailAlerts;
import dev.nescio.protocol.SessionId;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.Sha256;
import dev.nescio.sealing.v1.AssociatedData;
import dev.nescio.server.config.PublicUrl;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Transaction;
import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Call;
import dev.nescio.server.http.Caller;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.Handler;
import dev.nescio.server.http.ProblemType;
import dev.nescio.server.http.Refusal;
import dev.nescio.server.keyservice.KeyService;
import dev.nescio.server.keyservice.KeyService.Purpose;
import dev.nescio.server.log.SecurityLog;
import dev.nescio.server.mail.MailUnavailableException;
import dev.nescio.server.mail.Mailer;
import dev.nescio.server.session.Sessions;
import dev.nescio.server.throttle.Throttle;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Mails about new sign-ins, to whoever has asked for them (spec, section 10.21). The address is stored sealed
/// by the key service: no entry in the account's log, no look at it.
public final class SignInAlerts implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SignInAlerts.class);
    /// While others have so many mails on their way that none can be added: whoever has stolen a credential could
    /// else keep this one back with theirs.
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final int PATIENCE_AT_CLOSE = 5;
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("d MMMM uuuu", Locale.ENGLISH);
    private static final DateTimeFormatter HOUR = DateTimeFormatter.ofPattern("HH:mm", Locale.ENGLISH);

    private final Optional<Mailer> mailer;
    private final Database database;
    private final KeyService keys;
    private final Sessions sessions;
    private final Throttle throttle;
    private final Clock clock;
    private final PublicUrl url;
    private final ExecutorService alerts = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("mail alert ", 0).factory());

    /// @param mailer nothing where mail is off
    public SignInAlerts(
            Optional<Mailer> mailer,
            Database database,
            KeyService keys,
            Sessions sessions,
            Throttle throttle,
            Clock clock,
            PublicUrl url) {
        this.mailer = mailer;
        this.database = database;
        this.keys = keys;
        this.sessions = sessions;
        this.throttle = throttle;
        this.clock = clock;
        this.url = url;
    }

    public Map<Endpoint, Handler> handlers() {
        return Map.of(
                Endpoint.MAIL_ALERTS, this::show,
                Endpoint.TURN_ON_MAIL_ALERTS, this::turnOn,
                Endpoint.TURN_OFF_MAIL_ALERTS, this::turnOff);
    }

    private Answer show(Call call) {
        AccountId account = call.caller().account();
        return Answer.of(new MailAlerts.State(isOn(account)));
    }

    private boolean isOn(AccountId account) {
        return database.read(
                transaction -> AlertAddresses.find(transaction, account).isPresent());
    }

    private Answer turnOn(Call call) {
        if (mailer.isEmpty()) {
            throw Refusal.of(ProblemType.NOT_FOUND);
        }
        Caller caller = call.caller();
        AccountId account = caller.account();
        Bytes address =
                Bytes.copyOf(call.body(MailAlerts.TurnOn.class).address().getBytes(StandardCharsets.UTF_8));
        Bytes addressHmac = keys.hmac(Purpose.ADDRESS, Bytes.copyOf(Sha256.of(address.toArray())));
        database.write(transaction -> {
            Accounts.take(transaction, account);
            sessions.requireStillProven(transaction, caller);
            // Else this server could be made to mail strangers.
            if (!Accounts.hasAddress(transaction, account, addressHmac)) {
                throw Refusal.badRequest("address is not that of the account");
            }
            AlertAddresses.put(transaction, account, keys.seal(place(account), address));
            note(transaction, account, caller.session(), LogKind.MAIL_ALERTS_ON);
            return null;
        });
        return Answer.EMPTY;
    }

    /// Also where mail is off by now: what was stored before goes.
    private Answer turnOff(Call call) {
        Caller caller = call.caller();
        AccountId account = caller.account();
        boolean wereOn = database.erase(transaction -> {
            Accounts.take(transaction, account);
            sessions.requireStillProven(transaction, caller);
            boolean deleted = AlertAddresses.delete(transaction, account);
            if (deleted) {
                note(transaction, account, caller.session(), LogKind.MAIL_ALERTS_OFF);
            }
            return deleted;
        });
        if (!wereOn) {
            throw Refusal.of(ProblemType.NOT_FOUND);
        }
        return Answer.EMPTY;
    }

    /// A mail that is due. What is sealed in it has its entry in the log.
    ///
    /// @param sealed where it goes
    /// @param when the session began
    public record Due(AccountId account, Bytes sealed, Instant when) {}

    /// A person signs in, or a device is paired. In the transaction in which the session begins, so that whoever is
    /// quick to turn the mails off after signing in does not get there first.
    ///
    /// @return what to give to [#send] when the transaction has ended; empty where nobody is to be mailed
    public Optional<Due> begin(Transaction transaction, AccountId account, SessionId session) {
        return mailer.flatMap(on -> AlertAddresses.find(transaction, account))
                .filter(found -> throttle.takeAlert(account))
                .map(found -> {
                    note(transaction, account, session, LogKind.ALERT_ADDRESS_USED);
                    return new Due(account, found, clock.instant());
                });
    }

    /// Returns at once: nobody waits for the mail, and what goes wrong with it keeps nobody out.
    public void send(Optional<Due> alert) {
        alert.ifPresent(due -> alerts.execute(() -> send(mailer.orElseThrow(), due)));
    }

    private void send(Mailer sending, Due due) {
        boolean sent = false;
        try {
            Mailer.Ready ready = sending.ready(PATIENCE);
            try {
                ready.send(new Mailer.Message(open(due.account(), due.sealed()), subject(), text(due.when())));
                sent = true;
            } finally {
                ready.discard();
            }
        } catch (MailUnavailableException | RuntimeException e) {
            LOG.warn("nobody was mailed about a sign-in: {}", e.getClass().getSimpleName());
        } finally {
            if (!sent) {
                throttle.giveBackAlert(due.account());
            }
        }
    }

    private void note(Transaction transaction, AccountId account, SessionId session, LogKind kind) {
        SecurityLog.append(transaction, account, SecurityLog.Event.by(session, kind), clock.millis());
    }

    private String open(AccountId account, Bytes sealed) {
        try {
            return new String(keys.open(place(account), sealed).toArray(), StandardCharsets.UTF_8);
        } catch (RejectedException e) {
            throw new IllegalStateException("a stored envelope does not open: the database was changed by hand", e);
        }
    }

    private static AssociatedData place(AccountId account) {
        return new AssociatedData("server/alert-address", account, null, null, null, "address", 1);
    }

    /// Waits a while for those that are under way.
    @Override
    public void close() {
        alerts.shutdown();
        try {
            alerts.awaitTermination(PATIENCE_AT_CLOSE, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String subject() {
        return "A new sign-in on " + url.rpId();
    }

    private String text(Instant when) {
        var from = when.truncatedTo(ChronoUnit.HOURS).atOffset(ZoneOffset.UTC);
        return """
                Somebody, you most likely, has signed in to your account on %s,
                on %s between %s and %s UTC.

                If it was you, do nothing.

                If it was not you, take a device on which you are signed in, and see what it shows with

                    nescio sessions list

                End the session that is not yours with nescio sessions end, and change what opens your account: the
                password, the authenticator, the recovery key, whatever somebody else may have.

                This mail has no link in it, and nobody who runs the server asks you for a password or a code. You get it
                because you have asked for it; nescio account alerts off ends it.
                """.formatted(url.rpId(), DAY.format(from), HOUR.format(from), HOUR.format(from.plusHours(1)));
    }
}
