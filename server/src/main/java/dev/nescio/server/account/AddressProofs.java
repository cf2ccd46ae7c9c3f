package dev.nescio.server.account;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.MailedCodes;
import dev.nescio.sealing.Sha256;
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
import dev.nescio.server.mail.MailUnavailableException;
import dev.nescio.server.mail.Mailer;
import dev.nescio.server.throttle.Throttle;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Codes that show that whoever signs up reads the mail of an address (spec, section 10.19). The
/// address is here from when it was received until the mailer has it, and nowhere else.
public final class AddressProofs {

    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int CHARACTERS = 8;
    private static final String NO_CODE = "-".repeat(CHARACTERS);

    private final Optional<Mailer> mailer;
    private final Database database;
    private final KeyService keys;
    private final Pending pending;
    private final Throttle throttle;
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
        this.mailer = mailer;
        this.database = database;
        this.keys = keys;
        this.pending = Pending.mailedCodes(store, random);
        this.throttle = throttle;
        this.random = random;
        this.clock = clock;
        this.url = url;
        this.open = open;
    }

    public Map<Endpoint, Handler> handlers() {
        return Map.of(Endpoint.MAIL_CODE, this::mail);
    }

    /// All is done alike whether there is an account or not: only the words of the mail differ.
    private Answer mail(Call call) {
        if (!open) {
            throw Refusal.of(ProblemType.SIGN_UP_CLOSED);
        }
        Mailer sending = mailer.orElseThrow(() -> Refusal.of(ProblemType.NOT_FOUND));
        MailedCodes.Ask ask = call.body(MailedCodes.Ask.class);
        if (!Bytes.copyOf(Sha256.of(ask.address().getBytes(StandardCharsets.UTF_8)))
                .equals(ask.hashedEmail())) {
            throw Refusal.badRequest("hashedEmail is not the hash of the address");
        }
        boolean wanted = throttle.takeMail(ask.hashedEmail(), call.network());
        boolean answered = false;
        try {
            Answer answer = mail(sending, ask, wanted);
            answered = true;
            return answer;
        } finally {
            if (!answered) {
                throttle.giveBackMail(ask.hashedEmail(), call.network());
            }
        }
    }

    /// @param wanted false for an address that has had enough mails: whoever asks is not told, since that
    /// would tell that others have asked. What waits then is the hash of what no code can be, so that more
    /// networks have no more tries at a code.
    private Answer mail(Mailer sending, MailedCodes.Ask ask, boolean wanted) {
        Mailer.Ready ready = reach(sending);
        try {
            String code = generateCode();
            boolean taken = hasAccount(ask.hashedEmail());
            Bytes handle = pending.add(hash(ask.hashedEmail(), wanted ? code : NO_CODE));
            Answer answer = Answer.of(new MailedCodes.Asked(handle, clock.millis() + Pending.LIFE.toMillis()));
            Mailer.Message message = new Mailer.Message(ask.address(), subject(), text(taken, code));
            if (wanted) {
                ready.send(message);
            }
            return answer;
        } finally {
            ready.discard();
        }
    }

    private static Mailer.Ready reach(Mailer mailer) {
        try {
            return mailer.ready();
        } catch (MailUnavailableException e) {
            throw Refusal.mailUnavailable();
        }
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
        if (mailer.isEmpty()) {
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

    /// Both are equally long, in the same number of lines: on the way to the mail server their length shows
    /// through TLS.
    private String text(boolean taken, String code) {
        String toFree = free(code);
        String toTaken = taken();
        int length = Math.max(toFree.length(), toTaken.length());
        String text = taken ? toTaken : toFree;
        return text.stripTrailing() + " ".repeat(length - text.length()) + "\n";
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
