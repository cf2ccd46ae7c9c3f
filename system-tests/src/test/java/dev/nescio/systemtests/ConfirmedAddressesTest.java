package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.cli.drill.Findings;
import dev.nescio.cli.drill.HeapDump;
import dev.nescio.cli.drill.Limits;
import dev.nescio.cli.drill.Needles;
import dev.nescio.cli.drill.Place;
import dev.nescio.cli.drill.Searcher;
import dev.nescio.cli.drill.Secrecy;
import dev.nescio.cli.drill.Secret;
import dev.nescio.cli.drill.Settling;
import dev.nescio.cli.terminal.Exit;
import dev.nescio.client.Account;
import dev.nescio.client.ConfirmResult;
import dev.nescio.client.MailResult;
import dev.nescio.client.MailedCode;
import dev.nescio.client.Nescio;
import dev.nescio.client.PasskeySignUp;
import dev.nescio.client.PasskeySignUpResult;
import dev.nescio.client.PendingSignUp;
import dev.nescio.client.ResetMailResult;
import dev.nescio.client.SecondFactor;
import dev.nescio.client.SignInResult;
import dev.nescio.client.SignUpResult;
import dev.nescio.protocol.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Mail is on: a real mail server, a real server, and a proxy between that and the clients.
class ConfirmedAddressesTest extends WithMail {

    private static final String PASSPHRASE = "open sesame please";

    private static CommandRun signUp(
            String name, URI server, int exitCode, List<UnaryOperator<String>> answers, String... options) {
        String home = folder.resolve(name).toString();
        List<String> arguments = new ArrayList<>(List.of("signup"));
        arguments.addAll(List.of(options));
        arguments.add(name + "@example.org");
        CommandRun run = CommandRun.of(
                Map.of("NESCIO_HOME", home, "HOME", home, "NESCIO_SERVER", server.toString()),
                answers,
                arguments.toArray(String[]::new));
        assertEquals(exitCode, run.exitCode(), run::toString);
        return run;
    }

    /// The paths of the requests since the last call that hold the address.
    private static List<String> holding(String address) {
        return proxy.takeSeen().stream()
                .filter(request -> (request.path() + request.body()).contains(address))
                .map(HostileProxy.Seen::path)
                .toList();
    }

    private static MailedCode mailed(Nescio nescio, String address) {
        return assertInstanceOf(MailResult.Sent.class, nescio.insecureSendAddress(address))
                .code();
    }

    private static Account signUp(Nescio nescio, String address) {
        return new Mailed(nescio, inbox, address).account;
    }

    @Test
    void aPersonAgreesAndTypesTheMailedCode() {
        CommandRun run = signUp(
                "agreed",
                proxy.uri(),
                Exit.OK,
                List.of(
                        before -> "yes",
                        before -> World.PASSWORD,
                        before -> World.PASSWORD,
                        before -> "what code?",
                        before -> "0000-0000",
                        before -> inbox.takeCode()
                                .toLowerCase(java.util.Locale.ROOT)
                                .replace('0', 'o'),
                        CommandLineTest::group,
                        CommandLineTest::group,
                        CommandLineTest::code,
                        before -> PASSPHRASE,
                        before -> PASSPHRASE));
        assertTrue(run.out().contains("This server wants your address in clear."), run.out());
        assertTrue(run.out().contains("A mailed code is 8 letters and digits"), run.out());
        assertTrue(run.out().contains("Tries left: 4."), run.out());
        assertTrue(inbox.isEmpty(), "one mail");
        assertEquals(List.of("/v1/signup/code"), holding("agreed@example.org"));
    }

    @Test
    void aProgramAgreesByAnOption() {
        CommandRun run = signUp(
                "program",
                proxy.uri(),
                Exit.OK,
                List.of(before -> World.PASSWORD, before -> inbox.takeCode(), CommandLineTest::code),
                "--json",
                "--password-stdin",
                "--unsealed-profile",
                "--send-address");
        assertEquals(
                List.of("mailed-code", "recovery-key", "totp"),
                run.lines().stream()
                        .flatMap(line -> line.findValuesAsString("step").stream())
                        .toList());
        assertTrue(run.last().get("ok").asBoolean());
    }

    @Test
    void nothingIsSentToWhoeverDoesNotAgree() {
        for (UnaryOperator<String> answer :
                List.<UnaryOperator<String>>of(before -> "no", before -> "", before -> "y")) {
            CommandRun run = signUp("disagreed", proxy.uri(), Exit.FAILED, List.of(answer));
            assertTrue(run.err().contains("Your address was not sent."), run.err());
        }
        signUp("disagreed", proxy.uri(), Exit.FAILED, List.of());
        CommandRun program = signUp(
                "disagreed",
                proxy.uri(),
                Exit.FAILED,
                List.of(before -> World.PASSWORD),
                "--json",
                "--password-stdin",
                "--unsealed-profile");
        assertEquals("address-unconfirmed", program.last().get("problem").asString());
        try (Nescio nescio = Nescio.connect(proxy.uri())) {
            assertInstanceOf(
                    SignUpResult.AddressUnconfirmed.class,
                    nescio.signUp("disagreed@example.org", World.PASSWORD.toCharArray()));
            assertThrows(
                    IllegalArgumentException.class, () -> nescio.insecureSendAddress("a<b>@example.org"), "no mailbox");
        }
        assertEquals(List.of(), holding("disagreed"));
        assertTrue(inbox.isEmpty());
    }

    @Test
    void aServerThatAsksForNothingIsNamed() {
        proxy.takeOver((request, exchange) -> {
            if (!request.path().equals("/v1/signup/code")) {
                return false;
            }
            byte[] body = ("{\"type\":\"" + Problem.PREFIX + "not-found\",\"title\":\"\",\"status\":404}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", Problem.MEDIA_TYPE);
            exchange.sendResponseHeaders(404, body.length);
            exchange.getResponseBody().write(body);
            return true;
        });
        CommandRun run = signUp("curious", proxy.uri(), Exit.DISTRUST, List.of(before -> "yes"));
        assertTrue(run.err().contains("It has the address."), run.err());
    }

    @Test
    void aTakenAddressLooksLikeAFreeOne() {
        try (Nescio nescio = Nescio.connect(world.uri())) {
            signUp(nescio, "taken@example.org").close();
            MailedCode mailed = mailed(nescio, "taken@example.org");
            String mail = inbox.take();
            assertTrue(mail.contains("There is one already."), mail);
            assertFalse(mail.contains("The code is"), mail);
            SignUpResult.WrongMailedCode wrong = assertInstanceOf(
                    SignUpResult.WrongMailedCode.class,
                    nescio.signUp(mailed, "7K2M-9QXA", World.PASSWORD.toCharArray()));
            assertEquals(4, wrong.triesLeft());
        }
    }

    @Test
    void aCodeThatWasUsedIsGone() {
        try (Nescio nescio = Nescio.connect(world.uri())) {
            MailedCode mailed = mailed(nescio, "used@example.org");
            String code = inbox.takeCode();
            assertInstanceOf(SignUpResult.Started.class, nescio.signUp(mailed, code, World.PASSWORD.toCharArray()));
            SignUpResult.Started again = assertInstanceOf(
                    SignUpResult.Started.class, nescio.signUp(mailed, code, World.PASSWORD.toCharArray()));
            again.pending().cancel();
            assertInstanceOf(
                    SignUpResult.MailedCodeGone.class, nescio.signUp(mailed, code, World.PASSWORD.toCharArray()));
        }
    }

    @Test
    void anAccountWithAPasskeyIsConfirmedToo() {
        try (Nescio nescio = Nescio.connect(proxy.uri())) {
            try (PasskeySignUp signUp = nescio.signUpWithPasskey("keyholder@example.org")) {
                assertInstanceOf(
                        PasskeySignUpResult.AddressUnconfirmed.class, signUp.finish(new SoftPasskeys(), "Key", false));
            }
            MailedCode mailed = mailed(nescio, "keyholder@example.org");
            String code = inbox.takeCode();
            try (PasskeySignUp signUp = nescio.signUpWithPasskey(mailed, "0000-0000")) {
                assertEquals(
                        new PasskeySignUpResult.WrongMailedCode(4), signUp.finish(new SoftPasskeys(), "Key", false));
            }
            try (PasskeySignUp signUp = nescio.signUpWithPasskey(mailed, code)) {
                assertInstanceOf(PasskeySignUpResult.SignedUp.class, signUp.finish(new SoftPasskeys(), "Key", false))
                        .account()
                        .close();
            }
            try (PasskeySignUp signUp = nescio.signUpWithPasskey(mailed, code)) {
                assertInstanceOf(
                        PasskeySignUpResult.MailedCodeGone.class, signUp.finish(new SoftPasskeys(), "Key", false));
            }
        }
    }

    @Test
    void everythingAfterTheSignUpIsAsWithMailOff() {
        String address = "afterwards@example.org";
        try (Nescio laptop = Nescio.connect(proxy.uri());
                Nescio phone = Nescio.connect(proxy.uri())) {
            MailedCode mailed = mailed(laptop, address);
            try (PendingSignUp pending = assertInstanceOf(
                            SignUpResult.Started.class,
                            laptop.signUp(mailed, inbox.takeCode(), World.PASSWORD.toCharArray()))
                    .pending()) {
                assertEquals(List.of("/v1/signup/code"), holding(address));
                Account account = assertInstanceOf(
                                ConfirmResult.Confirmed.class,
                                pending.confirm(new SecondFactor.Totp(World.totp(pending.totpSecret())), false))
                        .account();
                account.chats().create("Plans").send("hello");
                SignInResult result = phone.signIn(
                        address,
                        World.PASSWORD.toCharArray(),
                        SecondFactor.backupCode(pending.backupCodes().getFirst()));
                try (Account onPhone =
                        assertInstanceOf(SignInResult.SignedIn.class, result).account()) {
                    World.assertReadsHello(onPhone);
                }
            }
        }
        assertEquals(List.of(), holding(address));
    }

    @Test
    void whileTheMailServerIsAwayThePersonIsTold() throws IOException, InterruptedException {
        Path place = Files.createDirectory(folder.resolve("away"));
        Path setting;
        try (Inbox away = new Inbox()) {
            setting = away.setting(place);
        }
        try (World alone = new World(place, "--smtp", setting.toString())) {
            CommandRun run = signUp("away-now", alone.uri(), Exit.FAILED, List.of(before -> "yes"));
            assertTrue(run.err().contains("The server cannot send mail now"), run.err());
            String log = Files.readString(place.resolve("server.log"));
            assertTrue(log.contains("cannot be used: MailConnectException, ConnectException"), log);
            assertFalse(log.contains("away-now"), log);
        }
    }

    /// A server of its own, whose heap nothing else fills.
    @Test
    void theServerKeepsNoAddress() throws IOException, InterruptedException {
        Path place = Files.createDirectory(folder.resolve("forgetful"));
        String address = "forgotten.soon.1815@example.org";
        String taken = "remembered.never.1791@example.org";
        String told = "told.of.each.1843@example.org";
        Findings findings = new Findings();
        Searcher searcher = new Searcher(
                Needles.of(List.of(
                        Secret.text("an address", Secrecy.CLIENT_ONLY, address),
                        Secret.text("a taken address", Secrecy.CLIENT_ONLY, taken),
                        Secret.text("one that is kept sealed", Secrecy.CLIENT_ONLY, told))),
                Limits.DEFAULT,
                findings);
        try (World alone = new World(place, "--smtp", inbox.setting(place).toString());
                Nescio nescio = Nescio.connect(alone.uri())) {
            signUp(nescio, address).close();
            signUp(nescio, taken).close();
            mailed(nescio, taken);
            inbox.take();
            Mailed owner = new Mailed(nescio, inbox, told);
            owner.turnOn();
            owner.signInAndBeTold(nescio);
            owner.account.close();
            assertInstanceOf(ResetMailResult.Sent.class, nescio.insecureSendAddressForReset(taken));
            inbox.take();
            new Settling(alone.uri()).settle(Duration.ofSeconds(20));
            Path dump = place.resolve("server.hprof");
            HeapDump.write(alone.server().pid(), dump);
            search(searcher, Place.Kind.HEAP, dump);
            Files.delete(dump);
        }
        try (Stream<Path> files = Files.walk(place)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                search(searcher, Place.Kind.FILE, file);
            }
        }
        assertTrue(findings.bytes() > 5_000_000, "the heap was searched: " + findings.bytes());
        assertEquals(
                List.of(), findings.firstHits().stream().map(Object::toString).toList());
    }

    private static void search(Searcher searcher, Place.Kind kind, Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            searcher.search(new Place(kind, file.getFileName().toString()), in);
        }
    }
}
