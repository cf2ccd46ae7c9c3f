package dev.nescio.server.account;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Resets;
import dev.nescio.sealing.Bech32m;
import dev.nescio.sealing.v1.Derivation;
import dev.nescio.server.config.PublicUrl;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Transaction;
import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Call;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.Handler;
import dev.nescio.server.keyservice.KeyService;
import dev.nescio.server.keyservice.KeyService.Purpose;
import dev.nescio.server.mail.Mailer;
import dev.nescio.server.session.LastUse;
import dev.nescio.server.throttle.Throttle;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Reset codes that go to an account's address by mail (spec, section 10.18). What is done with one is in
/// [ResetRoutes], as with the operator's.
public final class MailedResetCodes {

    /// A device that was used within it keeps an account from being reset by mail.
    static final Duration IN_USE = Duration.ofDays(3);

    private static final String PREFIX = "reset";
    private static final int OCTETS = 20;

    /// What is known of an address. Whoever reads its mail learns it, and nobody else.
    private enum Found {
        NOBODY,
        IN_USE,
        LOST
    }

    private final AddressMails mails;
    private final Database database;
    private final KeyService keys;
    private final RandomGenerator random;
    private final Clock clock;
    private final PublicUrl url;

    /// @param mailer nothing where mail is off
    /// @param random a cryptographically strong source
    public MailedResetCodes(
            Optional<Mailer> mailer,
            Database database,
            KeyService keys,
            Throttle throttle,
            RandomGenerator random,
            Clock clock,
            PublicUrl url) {
        this.mails = new AddressMails(mailer, throttle);
        this.database = database;
        this.keys = keys;
        this.random = random;
        this.clock = clock;
        this.url = url;
    }

    public Map<Endpoint, Handler> handlers() {
        return Map.of(Endpoint.MAIL_RESET_CODE, this::mail);
    }

    private Answer mail(Call call) {
        return mails.send(call, this::letter);
    }

    /// All is done alike whatever is found: a code is drawn, hashed and written, and where it is nobody's it is of no
    /// use to anybody.
    private AddressMails.Letter letter(Bytes hashedEmail, boolean wanted) {
        byte[] code = new byte[OCTETS];
        random.nextBytes(code);
        try {
            Bytes addressHmac = keys.hmac(Purpose.ADDRESS, hashedEmail);
            Bytes codeHmac = keys.hmac(Purpose.RESET_CODE, hash(code, hashedEmail));
            Found found = database.write(transaction -> put(transaction, addressHmac, codeHmac, wanted));
            Answer answer = Answer.of(new Resets.CodeAsked(clock.millis() + ResetCodes.MAILED_LIFE.toMillis()));
            return new AddressMails.Letter(answer, subject(), text(found, code));
        } finally {
            Arrays.fill(code, (byte) 0);
        }
    }

    private Found put(Transaction transaction, Bytes addressHmac, Bytes codeHmac, boolean wanted) {
        AccountId nobody = AccountId.generate(random);
        Optional<AccountId> known = ResetCodes.accountOf(transaction, addressHmac);
        boolean used = LastUse.ofPersons(transaction, known.orElse(nobody), clock.millis())
                .isWithin(IN_USE, clock.millis());
        Found found = known.isEmpty() ? Found.NOBODY : used ? Found.IN_USE : Found.LOST;
        AccountId resettable = found == Found.LOST && wanted ? known.get() : nobody;
        ResetCodes.putMailed(transaction, resettable, codeHmac, clock.millis());
        return found;
    }

    /// As a client makes it from what is typed (spec, section 3.13).
    private static Bytes hash(byte[] code, Bytes hashedEmail) {
        return Bytes.copyOf(Derivation.from(code).derive("reset-code", hashedEmail.toArray()));
    }

    private String subject() {
        return "Resetting an account on " + url.rpId();
    }

    private String text(Found found, byte[] code) {
        String lost = lost(String.join("-", Bech32m.groups(PREFIX, code)));
        String inUse = inUse();
        String nobody = nobody();
        return AddressMails.equallyLong(
                switch (found) {
                    case LOST -> lost;
                    case IN_USE -> inUse;
                    case NOBODY -> nobody;
                },
                List.of(lost, inUse, nobody));
    }

    private String lost(String code) {
        return """
                Somebody, you most likely, wants to lose an account on %s and begin anew with this address.

                The reset code is  %s

                Whoever uses it DESTROYS all that the account holds, for good. It works once, within 15 minutes. Type it
                where you are resetting the account, and nowhere else: nobody who runs the server will ask you for it.

                If it was not you, somebody may read your mail, and can destroy your account. Sign in to it now, which
                makes the code useless, and change the password of your mailbox.
                """.formatted(url.origin(), code);
    }

    private String inUse() {
        return """
                Somebody, you most likely, wants to lose an account on %s and begin anew with this address.

                No code is mailed: a device that is signed in to the account was used within the last three days.

                If that device is yours, copy from it what you need, sign it out, and ask again. If it is not in your
                hands, ask again when it was not used for three days, or ask whoever runs the server for a code.

                If it was not you, nothing has happened to your account. But somebody knows its address; if they may
                read your mail as well, change the password of your mailbox.
                """.formatted(url.origin());
    }

    private String nobody() {
        return """
                Somebody, you most likely, wants to lose an account on %s and begin anew with this address.

                No code is mailed: this address has no account there.

                If it was you, you may have signed up with another address of yours, or on another server; or the
                account was deleted.

                If it was not you, do nothing: this address is not kept, and whoever asked was not told that it has no
                account.
                """.formatted(url.origin());
    }
}
