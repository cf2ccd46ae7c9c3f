package dev.nescio.client;

import dev.nescio.client.Api.ProblemException;
import dev.nescio.keys.PairingCode;
import dev.nescio.keys.PairingGrant;
import dev.nescio.keys.PairingKey;
import dev.nescio.keys.PairingTranscript;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Pairings;
import dev.nescio.protocol.Transport;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.Sha256;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// This device, which is new, asks to be paired with one that is signed in (spec, sections 3.10 and 10.11). Show the
/// code; when the other device has it, show the digits; when the person has typed them there, this device gets an
/// account, and the person says whether it is theirs. For one thread, but for [#cancel].
///
/// ```java
/// try (PairingRequest request = nescio.pair()) {
///     show(request.code());
///     request.digits().ifPresent(digits -> show(digits));
///     switch (request.result(false)) {
///         case PairingResult.Offered(PairingOffer offer) -> ask(offer);
///         case PairingResult.Gone() -> begin();
///     }
/// }
/// ```
public final class PairingRequest implements AutoCloseable {

    private static final int SECRET = 32;

    private final Api api;
    private final DeviceMemory memory;
    private final SecureRandom random;
    private final Supplier<ThisDevice> device;
    private final PairingCode code;
    private final PairingKey key;
    private final Bytes secret;
    private final Instant expiresAt;
    private final Patience patience = new Patience();
    private PairingTranscript transcript;

    private PairingRequest(
            Api api,
            DeviceMemory memory,
            SecureRandom random,
            Supplier<ThisDevice> device,
            PairingCode code,
            PairingKey key,
            Bytes secret,
            Pairings.Started started) {
        this.api = api;
        this.memory = memory;
        this.random = random;
        this.device = device;
        this.code = code;
        this.key = key;
        this.secret = secret;
        this.expiresAt = Instant.ofEpochMilli(started.expiresAt());
    }

    static PairingRequest start(Api api, DeviceMemory memory, SecureRandom random, Supplier<ThisDevice> device) {
        PairingCode code = PairingCode.generate(random);
        PairingKey key = PairingKey.generate(random);
        byte[] octets = new byte[SECRET];
        random.nextBytes(octets);
        Bytes secret = Bytes.copyOf(octets);
        Pairings.Start start =
                new Pairings.Start(code.id(), PairingTranscript.commitment(key.share()), Sha256.of(secret));
        try {
            Pairings.Started started = api.postRepeatedly("/v1/pairings/start", null, start, Pairings.Started.class);
            return new PairingRequest(api, memory, random, device, code, key, secret, started);
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    /// Four groups of four characters, joined by hyphens, to be typed into the device that is signed in. Whoever has it
    /// and a device that is signed in, to whichever account, can answer: show it to nobody else.
    public String code() {
        return code.text();
    }

    /// The same as the content of a QR code.
    public String qr() {
        return code.qr();
    }

    /// When the server forgets this.
    public Instant expiresAt() {
        return expiresAt;
    }

    /// Waits until the other device has been given the code.
    ///
    /// @return six digits, to be read here and typed there; nothing when it has expired or was cancelled
    public Optional<String> digits() {
        if (transcript == null) {
            Optional<Pairings.Polled> polled = await(answer -> answer.answered() != null);
            if (polled.isEmpty()) {
                return Optional.empty();
            }
            // The first answer counts, also where this is asked again: whoever answers after the reveal can
            // choose the digits.
            Pairings.Answered answered = polled.get().answered();
            transcript = new PairingTranscript(
                    code.id(),
                    PairingTranscript.commitment(key.share()),
                    answered.share(),
                    key.share(),
                    answered.account());
        }
        Pairings.Reveal reveal = new Pairings.Reveal(code.id(), secret, key.share());
        try {
            api.postRepeatedly("/v1/pairings/reveal", null, reveal, null);
        } catch (ProblemException e) {
            return gone(e);
        }
        return Optional.of(transcript.digits());
    }

    /// Waits until the person has typed the digits into the other device. Nothing is kept on this one yet.
    ///
    /// @param stay whether the session lasts 30 days instead of 24 hours
    /// @throws NescioException.Distrust if what the server hands out was not sealed by a device that knows the
    /// code, or is older than what that device has seen; nothing more is sent then
    /// @throws IllegalStateException before there were [#digits]
    public PairingResult result(boolean stay) {
        if (transcript == null) {
            throw new IllegalStateException("there were no digits yet");
        }
        if (await(Pairings.Polled::approved).isEmpty()) {
            return new PairingResult.Gone();
        }
        try {
            Pairings.Collected collected = api.post(
                    "/v1/pairings/collect",
                    null,
                    new Pairings.Collect(code.id(), secret, Transport.BEARER, stay),
                    Pairings.Collected.class);
            if (collected.token() == null) {
                throw new NescioException.Distrust(Finding.BAD_ANSWER);
            }
            PairingGrant grant = PairingGrant.open(collected.sealed(), key, code, transcript);
            UnkeptMemory unkept = new UnkeptMemory(memory);
            Account account = Account.paired(api, unkept, random, grant, collected);
            return new PairingResult.Offered(new PairingOffer(account, unkept, device));
        } catch (ProblemException e) {
            gone(e);
            return new PairingResult.Gone();
        } catch (RejectedException e) {
            throw new NescioException.Distrust(Finding.REJECTED);
        }
    }

    private Optional<Pairings.Polled> await(Predicate<Pairings.Polled> enough) {
        Pairings.Poll poll = new Pairings.Poll(code.id(), secret);
        try {
            return patience.until(
                    () -> api.postRepeatedly("/v1/pairings/poll", null, poll, Pairings.Polled.class), enough);
        } catch (ProblemException e) {
            return gone(e);
        }
    }

    static <T> Optional<T> gone(ProblemException e) {
        if (e.is("not-found")) {
            return Optional.empty();
        }
        throw e.unexpected();
    }

    /// Asks once in a second, however long the server would have it go on.
    static final class Patience {

        private static final Duration PAUSE = Duration.ofSeconds(1);
        private static final Duration MOST = Duration.ofMinutes(3);

        private final long began = System.nanoTime();

        interface Question<T> {
            T ask() throws ProblemException;
        }

        <T> Optional<T> until(Question<T> question, Predicate<T> enough) throws ProblemException {
            while (System.nanoTime() - began < MOST.toNanos()) {
                T answer = question.ask();
                if (enough.test(answer)) {
                    return Optional.of(answer);
                }
                Api.pause(PAUSE);
            }
            return Optional.empty();
        }
    }

    /// Makes the server forget this at once.
    public void cancel() {
        try {
            api.postRepeatedly("/v1/pairings/cancel", null, new Pairings.Poll(code.id(), secret), null);
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    /// Wipes the keys held here. The server forgets by itself when [#expiresAt] has passed.
    @Override
    public void close() {
        key.close();
        code.close();
    }

    @Override
    public String toString() {
        return "PairingRequest[redacted]";
    }
}
