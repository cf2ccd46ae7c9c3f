package dev.nescio.cli.demo;

import dev.nescio.cli.proof.Authenticator;
import dev.nescio.cli.proof.DatabaseDump.Row;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.client.Account;
import dev.nescio.client.Chat;
import dev.nescio.client.ChatEntry;
import dev.nescio.client.ConfirmResult;
import dev.nescio.client.HintListener;
import dev.nescio.client.Hints;
import dev.nescio.client.Message;
import dev.nescio.client.Nescio;
import dev.nescio.client.PendingSignUp;
import dev.nescio.client.SecondFactor;
import dev.nescio.client.SignInResult;
import dev.nescio.client.SignUpResult;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// From sign-up to proof.
public final class Story implements AutoCloseable {

    private static final int HINT_SECONDS = 60;

    /// What the database notes about its own migrations; no other table may hold a row before an account is
    /// confirmed.
    private static final String MIGRATIONS = "flyway_schema_history";

    private final Narrator narrator;
    private final Holdings holdings;
    private final URI server;
    private final Nescio deviceA;
    private final Nescio deviceB;

    public Story(Narrator narrator, URI server, Holdings holdings) {
        this.narrator = narrator;
        this.holdings = holdings;
        this.server = server;
        this.deviceA = Nescio.connect(server);
        this.deviceB = Nescio.connect(server);
    }

    /// What the story ends up knowing, to be looked for in what the server holds.
    record Known(
            Account account,
            Authenticator authenticator,
            List<String> backupCodes,
            String recoveryKey,
            String pairingCode,
            Chat chat,
            List<Message> all) {}

    /// @throws Exception if a step did not do what it says
    public void tell() throws Exception {
        try (PendingSignUp pending = narrator.step("signup", "Ada signs up on device A", this::signUp)) {
            Authenticator authenticator = new Authenticator(pending.totpSecret());
            narrator.step("second-factor-required", "No password without a second factor", result -> {
                requireSecondFactor(pending, authenticator, result);
                return null;
            });
            try (Account onA = narrator.step(
                    "confirm", "The authenticator proves itself", result -> confirm(pending, authenticator, result))) {
                Chat chatOnA = narrator.step("chat", "A chat on device A", result -> write(onA, result));
                try (Account onB = narrator.step(
                        "signin",
                        "Ada signs in on device B",
                        result -> signIn(authenticator, pending.backupCodes(), result))) {
                    Chat chatOnB =
                            narrator.step("read", "Device B reads it all", result -> readOnB(onB, chatOnA, result));
                    List<Message> all = narrator.step(
                            "answer",
                            "Device B answers, and A hears of it",
                            result -> answer(onA, chatOnA, chatOnB, result));
                    String pairingCode = useThirdDevice(onA, all);
                    narrator.step("recover", "Everything is lost but the recovery key", result -> {
                        recover(pending.recoveryKey(), all, result);
                        return null;
                    });
                    prove(new Known(
                            onA,
                            authenticator,
                            pending.backupCodes(),
                            pending.recoveryKey(),
                            pairingCode,
                            chatOnA,
                            all));
                }
            }
        }
    }

    private PendingSignUp signUp(JsonLine result) {
        char[] password = Texts.PASSWORD.toCharArray();
        PendingSignUp pending = switch (deviceA.signUp(Texts.ADDRESS, password)) {
            case SignUpResult.Started(PendingSignUp started) -> started;
            case SignUpResult.AddressTaken() -> throw new StepFailed("The empty server knew the address.");
            case SignUpResult.AddressUnconfirmed() ->
                throw new StepFailed("The server wanted the address, although mail is off.");
            case SignUpResult.WrongMailedCode(int left) -> throw new StepFailed("No code was mailed.");
            case SignUpResult.MailedCodeGone() -> throw new StepFailed("No code was mailed.");
            case SignUpResult.Closed() -> throw new StepFailed("The empty server let nobody sign up.");
        };
        narrator.say("Address    " + Texts.ADDRESS);
        narrator.say("Password   " + Texts.PASSWORD);
        narrator.say("Recovery   " + pending.recoveryKey().substring(0, 9) + "… (written down on paper)");
        narrator.check("keys made on the device; the server got them wrapped, and hashes");
        result.and("backupCodes", pending.backupCodes().size());
        return pending;
    }

    private void requireSecondFactor(PendingSignUp pending, Authenticator authenticator, JsonLine result)
            throws Exception {
        int status = post("/v1/signup/confirm", "{\"transport\":\"bearer\",\"stay\":false}");
        StepFailed.unless(status == 400, "Confirming without a code was answered with " + status + ", not 400.");
        narrator.check("to confirm without a code is refused");
        switch (pending.confirm(new SecondFactor.Totp(authenticator.wrongCode()), false)) {
            case ConfirmResult.WrongCode(int triesLeft) ->
                narrator.check("to confirm with a wrong code is refused; " + triesLeft + " tries are left");
            case ConfirmResult.Confirmed confirmed -> throw new StepFailed("A wrong code was accepted.");
            case ConfirmResult.Gone gone -> throw new StepFailed("One wrong code ended the sign-up.");
            case ConfirmResult.AddressTaken taken -> throw new StepFailed("The empty server knew the address.");
            case ConfirmResult.ResetFailed failed -> throw new StepFailed("A sign-up was answered like a reset.");
        }
        long rows = holdings.rows().stream()
                .filter(row -> !row.table().equals(MIGRATIONS))
                .count();
        StepFailed.unless(rows == 0, "Before the first right code the database holds " + rows + " rows.");
        narrator.check("meanwhile every table of the database is empty but for the list of its migrations");
        result.and("rowsBefore", rows);
    }

    private int post(String path, String json) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(server.resolve(path))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(json))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        }
    }

    private Account confirm(PendingSignUp pending, Authenticator authenticator, JsonLine result)
            throws InterruptedException {
        String code = authenticator.code();
        return switch (pending.confirm(new SecondFactor.Totp(code), false)) {
            case ConfirmResult.Confirmed(Account account) -> {
                narrator.check("code " + code + " is right: the account exists, device A is signed in");
                result.and("account", account.id().hex());
                yield account;
            }
            case ConfirmResult.WrongCode(int left) -> throw new StepFailed("The right code was refused.");
            case ConfirmResult.Gone gone -> throw new StepFailed("One wrong code ended the sign-up.");
            case ConfirmResult.AddressTaken taken -> throw new StepFailed("The empty server knew the address.");
            case ConfirmResult.ResetFailed failed -> throw new StepFailed("A sign-up was answered like a reset.");
        };
    }

    private Chat write(Account onA, JsonLine result) {
        Chat chat = onA.chats().create(Texts.TITLE);
        narrator.say("Title      " + Texts.TITLE);
        for (String text : Texts.MESSAGES) {
            chat.send(text);
            narrator.say("Message    " + shortened(text));
        }
        List<String> held = chat.messages().stream().map(Message::text).toList();
        StepFailed.unless(held.equals(Texts.MESSAGES), "Device A does not read what it wrote.");
        narrator.check("sealed on the device, stored by the server");
        result.and("chat", chat.id().hex()).and("messages", held.size());
        return chat;
    }

    private Account signIn(Authenticator authenticator, List<String> backupCodes, JsonLine result) {
        char[] password = Texts.PASSWORD.toCharArray();
        StepFailed.unless(
                deviceB.signIn(Texts.ADDRESS, password, SecondFactor.totp(authenticator.wrongCode()))
                        instanceof SignInResult.Failed,
                "The password alone, with a wrong code, opened a session.");
        narrator.check("the right password with a wrong code is refused");
        SecondFactor backup = SecondFactor.backupCode(backupCodes.getFirst());
        return switch (deviceB.signIn(Texts.ADDRESS, password, backup)) {
            case SignInResult.SignedIn(Account account) -> {
                narrator.check("with a backup code it opens a session");
                narrator.say("(a code of the authenticator works once, and the next one comes in up to 30 s)");
                result.and("account", account.id().hex());
                yield account;
            }
            case SignInResult.Failed() -> throw new StepFailed("The right password and a backup code were refused.");
        };
    }

    private Chat readOnB(Account onB, Chat chatOnA, JsonLine result) {
        List<ChatEntry> chats = onB.chats().list();
        StepFailed.unless(
                chats.size() == 1
                        && chats.getFirst() instanceof ChatEntry.Opened(Chat opened)
                        && opened.title().equals(Texts.TITLE)
                        && opened.id().equals(chatOnA.id()),
                "Device B does not see the one chat of device A.");
        Chat chat = ((ChatEntry.Opened) chats.getFirst()).chat();
        List<String> read = chat.messages().stream().map(Message::text).toList();
        StepFailed.unless(read.equals(Texts.MESSAGES), "Device B does not read what device A wrote.");
        narrator.check("the title and " + read.size() + " messages, character by character the same");
        result.and("messages", read.size());
        return chat;
    }

    private List<Message> answer(Account onA, Chat chatOnA, Chat chatOnB, JsonLine result) throws InterruptedException {
        Doorbell doorbell = new Doorbell();
        try (Hints _ = onA.listen(doorbell)) {
            long begin = System.nanoTime();
            Message sent = chatOnB.send(Texts.ANSWER);
            narrator.say("Message    " + Texts.ANSWER);
            StepFailed.unless(
                    doorbell.rang.await(HINT_SECONDS, TimeUnit.SECONDS),
                    "Device A got no hint within " + HINT_SECONDS + " s.");
            List<Message> all = chatOnA.messages();
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            StepFailed.unless(
                    all.size() == Texts.MESSAGES.size() + 1
                            && all.getLast().id().equals(sent.id())
                            && all.getLast().text().equals(Texts.ANSWER),
                    "Device A does not read the answer of device B.");
            narrator.check(String.format(
                    Locale.ROOT, "device A was hinted, fetched and opened it: %d ms after B sent it", millis));
            result.and("millis", millis);
            return all;
        }
    }

    private String useThirdDevice(Account onA, List<Message> all) throws Exception {
        try (ThirdDevice third = new ThirdDevice(narrator, server)) {
            ThirdDevice.Paired paired = narrator.step(
                    "pair", "A third device is paired, without a password", result -> third.pair(onA, all, result));
            try (Account onC = paired.account()) {
                narrator.step("remote-logout", "It gets lost, and device A signs it out", result -> {
                    third.signOutFrom(onA, onC, result);
                    return null;
                });
            }
            return paired.code();
        }
    }

    private void recover(String recoveryKey, List<Message> all, JsonLine result) {
        try (Nescio deviceD = Nescio.connect(server)) {
            switch (deviceD.signInWithRecoveryKey(recoveryKey, false)) {
                case SignInResult.SignedIn(Account onD) -> {
                    try (onD) {
                        StepFailed.unless(
                                onD.address().equals(Texts.ADDRESS), "The recovery key opened another account.");
                        narrator.check(
                                "the key alone, without address, password or code, opens the account on device D");
                        List<String> read = onlyChat(onD).messages().stream()
                                .map(Message::text)
                                .toList();
                        StepFailed.unless(
                                read.equals(all.stream().map(Message::text).toList()),
                                "Device D does not read what the others do.");
                        narrator.check("it reads the title and all " + read.size() + " messages");
                        result.and("messages", read.size());
                        onD.signOut();
                    }
                }
                case SignInResult.Failed() -> throw new StepFailed("The recovery key was refused.");
            }
        }
    }

    static Chat onlyChat(Account account) {
        List<ChatEntry> chats = account.chats().list();
        StepFailed.unless(
                chats.size() == 1 && chats.getFirst() instanceof ChatEntry.Opened, "There is not one chat that opens.");
        return ((ChatEntry.Opened) chats.getFirst()).chat();
    }

    private static final class Doorbell implements HintListener {

        private final CountDownLatch rang = new CountDownLatch(1);

        @Override
        public void changed() {
            rang.countDown();
        }

        @Override
        public void revoked() {}

        @Override
        public void disconnected() {}
    }

    private void prove(Known known) throws Exception {
        List<Row> rows = holdings.rows();
        narrator.step("compare", "What a device sees, and what the database holds for it", result -> {
            new SideBySide(narrator.terminal()).show(Pairs.of(known, rows), result);
            return null;
        });
        narrator.step("breach-check", "Somebody steals everything the server has", result -> {
            new BreachCheck(narrator, known).search(rows, holdings.files(), result);
            return null;
        });
    }

    static String shortened(String text) {
        String line = text.lines().findFirst().orElse("");
        int characters = text.codePointCount(0, text.length());
        return line.equals(text) ? line : line + " … (" + characters + " characters)";
    }

    @Override
    public void close() {
        deviceA.close();
        deviceB.close();
    }
}
