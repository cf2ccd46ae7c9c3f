package dev.nescio.cli.demo;

import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.client.Account;
import dev.nescio.client.Chat;
import dev.nescio.client.HintListener;
import dev.nescio.client.Hints;
import dev.nescio.client.Message;
import dev.nescio.client.Nescio;
import dev.nescio.client.NescioException;
import dev.nescio.client.PairingAnswer;
import dev.nescio.client.PairingApproval;
import dev.nescio.client.PairingOffer;
import dev.nescio.client.PairingOutcome;
import dev.nescio.client.PairingRequest;
import dev.nescio.client.PairingResult;
import dev.nescio.client.ProfileProtection;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/// Device C: paired without a password, and signed out from device A when it is lost.
final class ThirdDevice implements AutoCloseable {

    private static final int HINT_SECONDS = 60;

    private final Narrator narrator;
    private final Nescio nescio;

    ThirdDevice(Narrator narrator, URI server) {
        this.narrator = narrator;
        this.nescio = Nescio.connect(server);
    }

    /// What a person carries from one screen to the other, both ways.
    record Paired(String code, Account account) {}

    /// @param all what is in the chat
    Paired pair(Account onA, List<Message> all, JsonLine result) throws Exception {
        try (PairingRequest request = nescio.pair()) {
            narrator.say("Code       " + request.code() + " (shown on device C, typed into device A)");
            FutureTask<Optional<String>> digits = new FutureTask<>(request::digits);
            Thread.ofVirtual().start(digits);
            try (PairingApproval approval = answered(onA, request)) {
                String shown = digits.get().orElseThrow(ThirdDevice::gone);
                narrator.say("Digits     " + shown + " (the same way; others if the server had come in between)");
                StepFailed.unless(
                        approval.confirm(shown) instanceof PairingOutcome.Approved, "The right digits were refused.");
            }
            narrator.check("device A handed the master key over, sealed to device C; no password was typed there");
            Account onC = join(request);
            read(onC, all);
            result.and("messages", all.size());
            return new Paired(request.code(), onC);
        }
    }

    private static PairingApproval answered(Account onA, PairingRequest request) {
        return switch (onA.pair(request.code())) {
            case PairingAnswer.Answered(PairingApproval approval) -> approval;
            case PairingAnswer.Gone() -> throw gone();
        };
    }

    private Account join(PairingRequest request) {
        return switch (request.result(false)) {
            case PairingResult.Offered(PairingOffer offer) -> {
                try (offer) {
                    StepFailed.unless(offer.address().equals(Texts.ADDRESS), "Device C was given another account.");
                    narrator.check("device C asks whether " + offer.address() + " is Ada's account: yes");
                    yield offer.join();
                }
            }
            case PairingResult.Gone() -> throw gone();
        };
    }

    private static StepFailed gone() {
        return new StepFailed("The pairing was gone.");
    }

    private void read(Account onC, List<Message> all) {
        Chat chat = Story.onlyChat(onC);
        List<String> read = chat.messages().stream().map(Message::text).toList();
        StepFailed.unless(
                read.equals(all.stream().map(Message::text).toList()), "Device C does not read what the others do.");
        narrator.check("it reads the title and all " + read.size() + " messages");
    }

    /// Ends the session of device C, which hears of it and wipes what it has.
    void signOutFrom(Account onA, Account onC, JsonLine result) throws InterruptedException {
        Bell bell = new Bell();
        try (Hints _ = onC.listen(bell)) {
            long begin = System.nanoTime();
            StepFailed.unless(onA.endSession(onC.session()), "The server knows no session of device C.");
            StepFailed.unless(
                    bell.revoked.await(HINT_SECONDS, TimeUnit.SECONDS),
                    "Device C heard nothing within " + HINT_SECONDS + " s.");
            onC.close();
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            narrator.check(String.format(
                    Locale.ROOT, "device A ended the session; %d ms later device C had heard it and wiped", millis));
            result.and("millis", millis);
        }
        StepFailed.unless(hasEnded(onC), "The server still takes the token of device C.");
        StepFailed.unless(isWiped(onC), "Device C still has the master key.");
        narrator.check("its token is refused, and it has no key left to save");
    }

    private static boolean hasEnded(Account account) {
        try {
            account.checkSession();
            return false;
        } catch (NescioException.SessionEnded e) {
            return true;
        }
    }

    private static boolean isWiped(Account account) {
        try {
            account.save(ProfileProtection.insecureInClear());
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    private static final class Bell implements HintListener {

        private final CountDownLatch revoked = new CountDownLatch(1);

        @Override
        public void changed() {}

        @Override
        public void revoked() {
            revoked.countDown();
        }

        @Override
        public void disconnected() {}
    }

    @Override
    public void close() {
        nescio.close();
    }
}
