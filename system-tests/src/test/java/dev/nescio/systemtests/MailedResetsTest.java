package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.client.Account;
import dev.nescio.client.ConfirmResult;
import dev.nescio.client.MailResult;
import dev.nescio.client.Nescio;
import dev.nescio.client.NescioException;
import dev.nescio.client.PendingSignUp;
import dev.nescio.client.ResetMailResult;
import dev.nescio.client.ResetResult;
import dev.nescio.client.SecondFactor;
import dev.nescio.client.SignInResult;
import dev.nescio.client.SignUpResult;
import dev.nescio.protocol.Problem;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// A reset by a code that is mailed (spec, section 10.18): a real mail server, a real server, and a proxy between that
/// and the clients.
class MailedResetsTest extends WithMail {

    private static final String WORDS = "destroy everything";
    private static final String NEXT_PASSWORD = "another horse battery";

    // ---- the person -------------------------------------------------------------------------------------------------

    /// @param recoveryKey which they say that they have lost
    private record Member(String address, String recoveryKey) {}

    /// Somebody with an account that no device is signed in to.
    private static Member lost(String name) {
        String address = name + "@example.org";
        try (Nescio nescio = Nescio.connect(world.uri());
                PendingSignUp pending = begun(nescio, address)) {
            Account account = confirmed(pending);
            account.chats().create("Plans").send("hello");
            account.signOut();
            return new Member(address, pending.recoveryKey());
        }
    }

    private static PendingSignUp begun(Nescio nescio, String address) {
        MailResult.Sent sent = assertInstanceOf(MailResult.Sent.class, nescio.insecureSendAddress(address));
        return assertInstanceOf(
                        SignUpResult.Started.class,
                        nescio.signUp(sent.code(), inbox.takeCode(), World.PASSWORD.toCharArray()))
                .pending();
    }

    private static Account confirmed(PendingSignUp pending) {
        return assertInstanceOf(ConfirmResult.Confirmed.class, confirm(pending)).account();
    }

    private static ConfirmResult confirm(PendingSignUp pending) {
        return pending.confirm(new SecondFactor.Totp(World.totp(pending.totpSecret())), false);
    }

    private static String mailedCode(Nescio nescio, Member member) {
        assertInstanceOf(ResetMailResult.Sent.class, nescio.insecureSendAddressForReset(member.address));
        return inbox.takeResetCode();
    }

    private static ResetResult reset(Nescio nescio, Member member, String code) {
        return nescio.resetDestroyingAll(member.address, code, NEXT_PASSWORD.toCharArray());
    }

    private static boolean opens(Member member) {
        try (Nescio fresh = Nescio.connect(world.uri())) {
            if (fresh.signInWithRecoveryKey(member.recoveryKey, false)
                    instanceof SignInResult.SignedIn(Account account)) {
                account.close();
                return true;
            }
            return false;
        }
    }

    // ---- the command ------------------------------------------------------------------------------------------------

    private static CommandRun run(
            String name, URI server, int exitCode, List<UnaryOperator<String>> answers, String... options) {
        String home = folder.resolve(name).toString();
        List<String> arguments = new ArrayList<>(List.of("account", "reset"));
        arguments.addAll(List.of(options));
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

    private static String operatorsCode(Member member) {
        return CommandRun.of(
                        Map.of("NESCIO_HOME", folder.resolve("operator").toString()),
                        List.of(before -> member.address),
                        "serve",
                        "reset-code",
                        "--json",
                        "--data",
                        folder.resolve("data").toString())
                .last()
                .get("resetCode")
                .asString();
    }

    // ---- tests ------------------------------------------------------------------------------------------------------

    @Test
    void aPersonAgreesTypesTheMailedCodeAndBeginsAnew() {
        Member member = lost("typed");
        CommandRun run = run(
                "typed",
                proxy.uri(),
                Exit.OK,
                List.of(
                        before -> member.address,
                        before -> " Destroy Everything ",
                        before -> "yes",
                        before -> "7K2M-9QXA",
                        before -> inbox.takeResetCode().toLowerCase(Locale.ROOT).replace("-", " "),
                        before -> NEXT_PASSWORD,
                        before -> NEXT_PASSWORD,
                        CommandLineTest::group,
                        CommandLineTest::group,
                        CommandLineTest::code),
                "--unsealed-profile",
                member.address);
        assertTrue(run.out().contains("wants your address in clear"), run.out());
        assertTrue(run.out().contains("A reset code is 11 groups"), run.out());
        assertTrue(run.out().contains("The account exists"), run.out());
        assertTrue(inbox.isEmpty(), "one mail");
        assertEquals(List.of("/v1/reset/code"), holding(member.address));
        assertFalse(opens(member));
    }

    @Test
    void aProgramAgreesByAnOption() {
        Member member = lost("program");
        String[] options = {"--json", "--send-address", "--password-stdin", "--unsealed-profile", member.address};
        CommandRun run = run(
                "program",
                proxy.uri(),
                Exit.OK,
                List.of(
                        before -> member.address,
                        before -> WORDS,
                        before -> inbox.takeResetCode(),
                        before -> NEXT_PASSWORD,
                        CommandLineTest::code),
                options);
        assertEquals(
                List.of("confirm", "mailed-reset-code", "recovery-key", "totp"),
                run.lines().stream()
                        .flatMap(line -> line.findValuesAsString("step").stream())
                        .toList());
        assertTrue(run.last().get("ok").asBoolean());
        assertFalse(opens(member));
    }

    /// Also where both things that a person acknowledges were not typed, and whatever the server says of mail.
    @Test
    void noAddressIsSentToWhoeverDoesNotAgree() {
        Member member = lost("disagreed");
        for (List<UnaryOperator<String>> answers : List.<List<UnaryOperator<String>>>of(
                List.of(before -> "", before -> "yes"),
                List.of(before -> member.address, before -> "no", before -> "yes"),
                List.of(before -> member.address, before -> WORDS, before -> "y"),
                List.of(before -> member.address, before -> WORDS, before -> ""),
                List.of(before -> member.address, before -> WORDS))) {
            CommandRun run = run("disagreed", proxy.uri(), Exit.FAILED, answers, member.address);
            assertTrue(run.err().contains("deleted"), run.err());
        }
        CommandRun program = run(
                "disagreed",
                proxy.uri(),
                Exit.USAGE,
                List.of(before -> member.address, before -> WORDS),
                "--json",
                "--password-stdin",
                "--unsealed-profile",
                member.address);
        assertTrue(program.last().get("message").asString().contains("--send-address"), program.out());
        // A server that has mail off, and says that it is on.
        proxy.mutate("/v1/server", answer -> ((ObjectNode) answer).put("mail", true));
        run(
                "disagreed",
                proxy.uri(),
                Exit.FAILED,
                List.of(before -> member.address, before -> WORDS, before -> "cancel"),
                member.address);
        try (Nescio nescio = Nescio.connect(proxy.uri())) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> nescio.insecureSendAddressForReset("a<b>@example.org"),
                    "no mailbox");
        }
        assertEquals(List.of(), holding("disagreed"));
        assertTrue(inbox.isEmpty());
        assertTrue(opens(member));
    }

    @Test
    void whoeverSaysNoTypesTheOperatorsCode() {
        Member member = lost("operators");
        String code = operatorsCode(member);
        proxy.takeSeen();
        run(
                "operators",
                proxy.uri(),
                Exit.OK,
                List.of(
                        before -> member.address,
                        before -> WORDS,
                        before -> "no",
                        before -> code,
                        before -> NEXT_PASSWORD,
                        before -> NEXT_PASSWORD,
                        CommandLineTest::group,
                        CommandLineTest::group,
                        CommandLineTest::code),
                "--unsealed-profile",
                member.address);
        assertEquals(List.of(), holding(member.address));
        assertTrue(inbox.isEmpty());
        assertFalse(opens(member));
    }

    @Test
    void aServerThatAsksForNothingIsNamed() {
        proxy.takeOver((request, exchange) -> {
            if (!request.path().equals("/v1/reset/code")) {
                return false;
            }
            byte[] body = ("{\"type\":\"" + Problem.PREFIX + "not-found\",\"title\":\"\",\"status\":404}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", Problem.MEDIA_TYPE);
            exchange.sendResponseHeaders(404, body.length);
            exchange.getResponseBody().write(body);
            return true;
        });
        String address = "curious@example.org";
        CommandRun run = run(
                "curious",
                proxy.uri(),
                Exit.DISTRUST,
                List.of(before -> address, before -> WORDS, before -> "yes"),
                address);
        assertTrue(run.err().contains("It has the address."), run.err());
    }

    @Test
    void whereMailIsOffTheAddressIsNotSentEither() {
        proxy.mutate("/v1/server", answer -> ((ObjectNode) answer).put("mail", false));
        String address = "off@example.org";
        CommandRun run = run(
                "off", proxy.uri(), Exit.FAILED, List.of(), "--json", "--send-address", "--unsealed-profile", address);
        assertEquals("mail-off", run.last().get("problem").asString());
        assertEquals(List.of(), holding(address));
    }

    /// A code is of one account, once: mailed again by whoever carries the mail it is of no use.
    @Test
    void aCodeOfBeforeAndOneOfSomebodyElseResetNothing() {
        Member member = lost("once");
        Member other = lost("other");
        try (Nescio nescio = Nescio.connect(world.uri())) {
            String code = mailedCode(nescio, member);
            assertInstanceOf(ResetResult.Failed.class, reset(nescio, other, code));
            Member next;
            try (PendingSignUp pending = assertInstanceOf(ResetResult.Started.class, reset(nescio, member, code))
                    .pending()) {
                confirmed(pending).close();
                next = new Member(member.address, pending.recoveryKey());
            }
            assertInstanceOf(ResetResult.Failed.class, reset(nescio, member, code));
            assertFalse(opens(member));
            assertTrue(opens(next));
            assertTrue(opens(other));
        }
    }

    @Test
    void anAccountInUseIsNotResetByMail() {
        try (Nescio nescio = Nescio.connect(world.uri());
                PendingSignUp pending = begun(nescio, "used@example.org");
                Account account = confirmed(pending)) {
            assertInstanceOf(ResetMailResult.Sent.class, nescio.insecureSendAddressForReset("used@example.org"));
            String mail = inbox.take();
            assertTrue(mail.contains("used within the last three days"), mail);
            assertFalse(mail.contains("RESE-T1"), mail);
            account.checkSession();
            assertTrue(account.resetCodeUntil().isEmpty());
        }
    }

    /// H18: a reset whose request or answer is lost has happened as a whole, or not at all.
    @Test
    void h18AfterADroppedRequestOrAnswerTheAccountIsTheOldOneOrTheNewOne() {
        for (boolean done : new boolean[] {false, true}) {
            Member member = lost("dropped-" + done);
            try (Nescio laptop = World.connect(proxy);
                    PendingSignUp pending = assertInstanceOf(
                                    ResetResult.Started.class, reset(laptop, member, mailedCode(laptop, member)))
                            .pending()) {
                AtomicInteger dropped = new AtomicInteger();
                proxy.drop(
                        request -> request.path().equals("/v1/reset/confirm") && dropped.getAndIncrement() == 0, done);
                assertThrows(NescioException.Unreachable.class, () -> confirm(pending));
                assertEquals(1, dropped.get());
                if (!done) {
                    confirmed(pending).close();
                }
                assertFalse(opens(member));
                assertTrue(opens(new Member(member.address, pending.recoveryKey())));
            }
        }
    }
}
