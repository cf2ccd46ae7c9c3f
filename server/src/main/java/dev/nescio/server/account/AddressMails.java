package dev.nescio.server.account;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.MailedCodes;
import dev.nescio.sealing.Sha256;
import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Call;
import dev.nescio.server.http.ProblemType;
import dev.nescio.server.http.Refusal;
import dev.nescio.server.mail.MailUnavailableException;
import dev.nescio.server.mail.Mailer;
import dev.nescio.server.throttle.Throttle;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// What each request does that holds an address in clear, so that one mail goes there (spec, section 10.19). The
/// address is here from when it was received until the mailer has it, and nowhere else.
final class AddressMails {

    /// What is mailed, and what whoever has asked is told meanwhile.
    record Letter(Answer answer, String subject, String text) {

        @Override
        public String toString() {
            return "Letter[redacted]";
        }
    }

    /// Does all that a request is for, by the same work whatever is known of the address.
    interface Writer {

        /// @param wanted false for an address that has had enough mails: then nothing is sent. Whoever asks is not
        ///     told, since that would tell that others have asked
        Letter write(Bytes hashedEmail, boolean wanted);
    }

    private final Optional<Mailer> mailer;
    private final Throttle throttle;

    /// @param mailer nothing where mail is off
    AddressMails(Optional<Mailer> mailer, Throttle throttle) {
        this.mailer = mailer;
        this.throttle = throttle;
    }

    boolean areOn() {
        return mailer.isPresent();
    }

    Answer send(Call call, Writer writer) {
        Mailer sending = mailer.orElseThrow(() -> Refusal.of(ProblemType.NOT_FOUND));
        MailedCodes.Ask ask = call.body(MailedCodes.Ask.class);
        if (!Bytes.copyOf(Sha256.of(ask.address().getBytes(StandardCharsets.UTF_8)))
                .equals(ask.hashedEmail())) {
            throw Refusal.badRequest("hashedEmail is not the hash of the address");
        }
        boolean wanted = throttle.takeMail(ask.hashedEmail(), call.network());
        boolean answered = false;
        try {
            Answer answer = send(sending, ask, wanted, writer);
            answered = true;
            return answer;
        } finally {
            if (!answered) {
                throttle.giveBackMail(ask.hashedEmail(), call.network());
            }
        }
    }

    private static Answer send(Mailer mailer, MailedCodes.Ask ask, boolean wanted, Writer writer) {
        Mailer.Ready ready = reach(mailer);
        try {
            Letter letter = writer.write(ask.hashedEmail(), wanted);
            Mailer.Message message = new Mailer.Message(ask.address(), letter.subject(), letter.text());
            if (wanted) {
                ready.send(message);
            }
            return letter.answer();
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

    /// One of several texts with as many lines, as long as the longest of them: on the way to the mail server their
    /// length shows through TLS.
    static String equallyLong(String text, List<String> all) {
        int length = all.stream().mapToInt(String::length).max().orElseThrow();
        return text.stripTrailing() + " ".repeat(length - text.length()) + "\n";
    }
}
