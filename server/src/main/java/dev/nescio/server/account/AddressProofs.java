package dev.nescio.server.account;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.MailedCodes;
import dev.nescio.server.config.PublicUrl;
import dev.nescio.server.db.Database;
import dev.nescio.server.ephemeral.EphemeralStore;
import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Call;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.Handler;
import dev.nescio.server.http.ProblemType;
import dev.nescio.server.http.Refusal;
import dev.nescio.server.keyservice.KeyService;
import dev.nescio.server.keyservice.KeyService.Purpose;
import dev.nescio.server.mail.Mailer;
import dev.nescio.server.throttle.Throttle;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Codes that show that whoever signs up reads the mail of an address (spec, section 10.19).
public final class AddressProofs {

    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int CHARACTERS = 8;
    private static final String NO_CODE = "-".repeat(CHARACTERS);

    private final AddressMails mails;
    private final Database database;
    private final KeyService keys;
    private final Pending pending;
    private final RandomGenerator random;
    private final Clock clock;
    private final PublicUrl url;
    private final boolean open;

    /// @param mailer nothing where mail is off
    /// @param random a cryptographically strong source
    /// @param open whether anybody can sign up
    public AddressProofs(
            Optional<Mailer> mailer,
            Database database,
            KeyService keys,
            EphemeralStore store,
            Throttle throttle,
            RandomGenerator random,
            Clock clock,
            PublicUrl url,
            boolean open) {
        this.mails = new AddressMails(mailer, throttle);
        this.database = database;
        this.keys = keys;
        this.pending = Pending.mailedCodes(store, random);
        this.random = random;
        this.clock = clock;
        this.url = url;
        this.open = open;
    }

    public Map<Endpoint, Handler> handlers() {
        return Map.of(Endpoint.MAIL_CODE, this::mail);
    }

    private Answer mail(Call call) {
        if (!open) {
            throw Refusal.of(ProblemType.SIGN_UP_CLOSED);
        }
        return mails.send(call, this::letter);
    }

    /// All is done alike whether there is an account or not: only the words of the mail differ. Where none is
    /// wanted, what waits is the hash of what no code can be, so that more networks have no more tries at a code.
    private AddressMails.Letter letter(Bytes hashedEmail, boolean wanted) {
        String code = generateCode();
        boolean taken = hasAccount(hashedEmail);
        Bytes handle = pending.add(hash(hashedEmail, wanted ? code : NO_CODE));
        Answer answer = Answer.of(new MailedCodes.Asked(handle, clock.millis() + Pending.LIFE.toMillis()));
        return new AddressMails.Letter(answer, subject(), text(taken, code));
    }

    private boolean hasAccount(Bytes hashedEmail) {
        Bytes addressHmac = keys.hmac(Purpose.ADDRESS, hashedEmail);
        return database.read(transaction -> Accounts.hasAddress(transaction, addressHmac));
    }

    /// Before anything is said of an address. The code is not used up by it: whoever gets no answer, or another
    /// refusal, asks again with the same code.
    ///
    /// @param proof null where the client has sent none
    /// @return for [#use]; null where mail is off
    /// @throws Refusal unless mail is off, or the code is the one that was mailed to this address
    Bytes require(MailedCodes.Proof proof, Bytes hashedEmail) {
        if (!mails.areOn()) {
            return null;
        }
        if (proof == null) {
            throw Refusal.of(ProblemType.ADDRESS_UNCONFIRMED);
        }
        Pending.Try attempt = pending.attempt(proof.mailed()).orElseThrow(() -> Refusal.of(ProblemType.NOT_FOUND));
        if (!MessageDigest.isEqual(
                attempt.waiting().toArray(), hash(hashedEmail, proof.code()).toArray())) {
            throw pending.wrongCode(proof.mailed(), attempt);
        }
        pending.giveBack(proof.mailed());
        return pending.key(proof.mailed());
    }

    /// There is an account now.
    ///
    /// @param required by [#require]
    void use(Bytes required) {
        if (required != null) {
            pending.discardKey(required);
        }
    }

    private String generateCode() {
        StringBuilder code = new StringBuilder();
        for (int i = 0; i < CHARACTERS; i++) {
            code.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return code.toString();
    }

    private Bytes hash(Bytes hashedEmail, String code) {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(hashedEmail.toArray());
        both.writeBytes(code.getBytes(StandardCharsets.US_ASCII));
        return keys.hmac(Purpose.MAILED_CODE, Bytes.copyOf(both.toByteArray()));
    }

    private String subject() {
        return "Signing up on " + url.rpId();
    }

    private String text(boolean taken, String code) {
        String toFree = free(code);
        String toTaken = taken();
        return AddressMails.equallyLong(taken ? toTaken : toFree, List.of(toFree, toTaken));
    }

    private String free(String code) {
        return """
                Somebody, you most likely, is making an account on %s with this address.

                The code is  %s-%s

                Type it where you are signing up, and nowhere else: nobody who runs the server will ask you for it. It
                makes one account, within 15 minutes.

                If it was not you, do nothing: no account is made, and this address is not kept.
                """.formatted(url.origin(), code.substring(0, 4), code.substring(4));
    }

    private String taken() {
        return """
                Somebody, you most likely, is making an account on %s with this address.

                There is one already.

                If it was you, sign in to the account that you have. If you have lost its password, sign in with a
                backup of yours: the recovery key, a passkey, or a device that is signed in.

                If it was not you, do nothing: your account is as it was, and whoever asked was told nothing.
                """.formatted(url.origin());
    }
}
