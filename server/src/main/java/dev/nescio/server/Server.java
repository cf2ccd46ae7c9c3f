package dev.nescio.server;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.server.account.AccessKeyRoutes;
import dev.nescio.server.account.AccountRoutes;
import dev.nescio.server.account.Accounts;
import dev.nescio.server.account.AddressProofs;
import dev.nescio.server.account.DeletionRoutes;
import dev.nescio.server.account.Deletions;
import dev.nescio.server.account.MailedResetCodes;
import dev.nescio.server.account.PasskeyRoutes;
import dev.nescio.server.account.PasswordRoutes;
import dev.nescio.server.account.Pending;
import dev.nescio.server.account.ResetCodes;
import dev.nescio.server.account.ResetRoutes;
import dev.nescio.server.account.RotationRoutes;
import dev.nescio.server.account.SecondFactorRoutes;
import dev.nescio.server.account.SignInAlerts;
import dev.nescio.server.account.SignUpRoutes;
import dev.nescio.server.account.SlotRoutes;
import dev.nescio.server.config.PublicUrl;
import dev.nescio.server.config.Settings;
import dev.nescio.server.config.UnusableSetting;
import dev.nescio.server.credential.Credentials;
import dev.nescio.server.credential.PasskeySlots;
import dev.nescio.server.credential.SlotSealing;
import dev.nescio.server.credential.StoredSlot;
import dev.nescio.server.credential.Totp;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Databases;
import dev.nescio.server.db.Transaction;
import dev.nescio.server.ephemeral.MemoryStore;
import dev.nescio.server.health.HealthRoutes;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.Handler;
import dev.nescio.server.http.HttpServer;
import dev.nescio.server.keyservice.KeyService;
import dev.nescio.server.keyservice.KeyringKeyService;
import dev.nescio.server.log.LogRoutes;
import dev.nescio.server.log.SecurityLog;
import dev.nescio.server.mail.Mailer;
import dev.nescio.server.mail.SmtpMailer;
import dev.nescio.server.pairing.PairingRoutes;
import dev.nescio.server.passkey.Ceremonies;
import dev.nescio.server.passkey.ChallengeRoutes;
import dev.nescio.server.passkey.Challenges;
import dev.nescio.server.session.SessionRoutes;
import dev.nescio.server.session.Sessions;
import dev.nescio.server.signin.SignInRoutes;
import dev.nescio.server.sync.Hints;
import dev.nescio.server.sync.RotatedContainers;
import dev.nescio.server.sync.SyncRoutes;
import dev.nescio.server.sync.SyncRows;
import dev.nescio.server.throttle.Throttle;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running server: what plugs into what.
final class Server implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    private static final int MOST_PENDING_SIGN_UPS = 1000;
    private static final int MOST_PENDING_AUTHENTICATORS = 1000;
    private static final int MOST_MAILED_CODES = 10_000;
    private static final int MOST_PAIRINGS = 1000;
    private static final int MOST_USED_CHALLENGES = 50_000;
    private static final Duration SWEEP = Duration.ofMinutes(1);

    private final Database database;
    private final KeyService keys;
    private final MemoryStore ephemeral;
    private final MemoryStore mailedCodes;
    private final Hints hints;
    private final Throttle throttle;
    private final Optional<Mailer> mailer;
    private final SignInAlerts alerts;
    private final HttpServer http;
    private final Sweeper sweeper;

    private Server(Settings settings, Database database, KeyService keys, Clock clock, Ticker ticker, Duration sweep) {
        SecureRandom random = new SecureRandom();
        this.database = database;
        this.keys = keys;
        this.hints = new Hints(database);
        this.ephemeral = new MemoryStore(ticker, MOST_PENDING_SIGN_UPS);
        MemoryStore pairings = new MemoryStore(ticker, MOST_PAIRINGS);
        MemoryStore requests = new MemoryStore(ticker, 0);
        this.throttle = new Throttle(ephemeral, new MemoryStore(ticker, 0), requests, random, settings.rateLimits());
        Totp totp = new Totp(clock, random);
        Sessions sessions = new Sessions(database, clock, random, Server::take, hints::revoked, hints::accountChanged);
        Pending signUps = Pending.signUps(ephemeral, random);
        // Apart, so that those who have accounts take no place from those who sign up.
        MemoryStore waiting = new MemoryStore(ticker, MOST_PENDING_AUTHENTICATORS);
        Pending authenticators = Pending.authenticators(waiting, random);

        this.mailedCodes = new MemoryStore(ticker, MOST_MAILED_CODES);
        this.mailer = mailer(settings, clock, random);
        AddressProofs proofs = new AddressProofs(
                mailer,
                database,
                keys,
                mailedCodes,
                throttle,
                random,
                clock,
                settings.publicUrl(),
                settings.signUpOpen());

        this.alerts = new SignInAlerts(mailer, database, keys, sessions, throttle, clock, settings.publicUrl());

        MemoryStore usedChallenges = new MemoryStore(ticker, MOST_USED_CHALLENGES);
        Challenges challenges = new Challenges(usedChallenges, random, ticker);
        Ceremonies ceremonies = new Ceremonies(challenges, settings.publicUrl());
        warnOfPasskeysElsewhere(database, settings.publicUrl());

        Map<Endpoint, Handler> handlers = new EnumMap<>(Endpoint.class);
        handlers.putAll(proofs.handlers());
        handlers.putAll(alerts.handlers());
        handlers.putAll(new SignUpRoutes(
                        database, keys, signUps, proofs, totp, sessions, throttle, clock, settings.signUpOpen())
                .handlers());
        handlers.putAll(new SignInRoutes(database, keys, totp, ceremonies, sessions, throttle, alerts, random, clock)
                .handlers());
        handlers.putAll(new ChallengeRoutes(challenges, settings.publicUrl(), throttle, clock).handlers());
        handlers.putAll(new PasskeyRoutes(
                        database,
                        keys,
                        ceremonies,
                        proofs,
                        sessions,
                        throttle,
                        clock,
                        settings.signUpOpen(),
                        hints::accountChanged)
                .handlers());
        handlers.putAll(new AccessKeyRoutes(database, new SlotSealing(keys), sessions, clock, hints::accountChanged)
                .handlers());
        handlers.putAll(
                new SlotRoutes(database, new SlotSealing(keys), sessions, clock, hints::accountChanged).handlers());
        handlers.putAll(
                new RotationRoutes(database, new SlotSealing(keys), sessions, clock, hints::accountChanged).handlers());
        handlers.putAll(new SecondFactorRoutes(
                        database, keys, authenticators, totp, sessions, throttle, clock, hints::accountChanged)
                .handlers());
        handlers.putAll(new PasswordRoutes(
                        database,
                        keys,
                        Pending.passwords(waiting, random),
                        totp,
                        sessions,
                        throttle,
                        clock,
                        hints::accountChanged)
                .handlers());
        handlers.putAll(new PairingRoutes(database, pairings, sessions, throttle, alerts, clock).handlers());
        handlers.putAll(new SessionRoutes(
                        database,
                        sessions,
                        (transaction, account) -> ResetCodes.expiry(transaction, account, clock.millis()),
                        hints::accountChanged)
                .handlers());
        handlers.putAll(new AccountRoutes(database, sessions, clock).handlers());
        handlers.putAll(new LogRoutes(database).handlers());
        Deletions deletions = new Deletions(database, sessions, Server::deleteRows, clock, random);
        handlers.putAll(new DeletionRoutes(deletions).handlers());
        handlers.putAll(new ResetRoutes(
                        database, keys, deletions, Pending.resets(waiting, random), totp, sessions, throttle, clock)
                .handlers());
        handlers.putAll(
                new MailedResetCodes(mailer, database, keys, throttle, random, clock, settings.publicUrl()).handlers());
        handlers.putAll(new SyncRoutes(database, hints, sessions, clock).handlers());
        handlers.putAll(new HealthRoutes(database, mailer.isPresent()).handlers());
        this.http = HttpServer.start(settings, sessions, throttle::takeRequest, hints, handlers, clock);
        this.sweeper = Sweeper.start(sweep, () -> {
            // Before what needs the database, which may be away.
            http.renewCertificate();
            ephemeral.sweep();
            requests.sweep();
            waiting.sweep();
            pairings.sweep();
            usedChallenges.sweep();
            mailedCodes.sweep();
            sessions.sweep();
            database.write(transaction -> {
                RotatedContainers.sweep(transaction, database.dialect(), clock.millis());
                ResetCodes.sweep(transaction, database.dialect(), clock.millis());
                return null;
            });
            // The last, since it can be much.
            deletions.sweep();
            database.tidy();
        });
    }

    /// In the order of [Database#write].
    private static void take(Transaction transaction, AccountId account) {
        Accounts.take(transaction, account);
        SyncRows.take(transaction, account);
    }

    /// @throws UnusableSetting if it cannot run like this
    static Server start(Settings settings) {
        return start(settings, Clock.systemUTC(), Ticker.systemTicker());
    }

    /// @param clock for what is stored and for time steps
    /// @param ticker for what only lasts for a while
    static Server start(Settings settings, Clock clock, Ticker ticker) {
        return start(settings, clock, ticker, SWEEP);
    }

    /// @param sweep how long what has expired may stay
    static Server start(Settings settings, Clock clock, Ticker ticker, Duration sweep) {
        DataFolder.prepare(settings.data());
        Database database = Databases.open(settings.database());
        try {
            return new Server(settings, database, openKeys(settings, database), clock, ticker, sweep);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /// @param database closed with the server, as are the keys
    static Server start(Settings settings, Database database, KeyService keys, Clock clock, Ticker ticker) {
        return new Server(settings, database, keys, clock, ticker, SWEEP);
    }

    /// Opens the keyring and makes sure that it is the one that this database depends on.
    static KeyService openKeys(Settings settings, Database database) {
        Optional<StoredSlot> any = database.read(Credentials::any);
        KeyService keys = KeyringKeyService.open(settings.keyring(), any.isPresent(), new SecureRandom());
        if (any.isPresent() && !new SlotSealing(keys).opens(any.get())) {
            throw new UnusableSetting("The keyring " + settings.keyring() + " does not belong to this database: nobody"
                    + " could sign in. Use the keyring that was made with the database, with --keyring.");
        }
        return keys;
    }

    private static Optional<Mailer> mailer(Settings settings, Clock clock, SecureRandom random) {
        if (settings.smtp() == null) {
            return Optional.empty();
        }
        SmtpMailer mailer = new SmtpMailer(settings.smtp(), clock, random);
        Thread.ofVirtual().name("greet the mail server").start(mailer::greet);
        return Optional.of(mailer);
    }

    /// Of every feature that has rows of an account beside its ways in and sessions.
    private static int deleteRows(Transaction transaction, AccountId account, int most) {
        int deleted = SecurityLog.delete(transaction, account, most);
        return deleted < most ? deleted + SyncRows.delete(transaction, account, most - deleted) : deleted;
    }

    private static void warnOfPasskeysElsewhere(Database database, PublicUrl url) {
        long elsewhere = database.read(transaction -> PasskeySlots.boundElsewhere(transaction, url.rpId()));
        if (elsewhere > 0) {
            LOG.warn(
                    "Passkeys were made for another host name than {} and cannot be used with it: {}. Give --public-url"
                            + " the one that they were made for, or have them made anew.",
                    url.rpId(),
                    elsewhere);
        }
    }

    /// How many sign-ups are in memory.
    long signUpsInMemory() {
        return ephemeral.size();
    }

    /// How many mailed codes are in memory.
    long mailedCodesInMemory() {
        return mailedCodes.size();
    }

    /// What waits for a mailed code.
    Optional<Bytes> waitingForMailedCode(Bytes key) {
        return mailedCodes.get(key);
    }

    Throttle throttle() {
        return throttle;
    }

    int port() {
        return http.port();
    }

    /// Finishes what is in flight, then closes everything.
    @Override
    public void close() {
        hints.goAway();
        http.close();
        alerts.close();
        mailer.ifPresent(Mailer::close);
        sweeper.close();
        database.close();
        keys.close();
    }
}
