package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.client.Account;
import dev.nescio.client.AccountDeletion;
import dev.nescio.client.Finding;
import dev.nescio.client.LogEvent;
import dev.nescio.client.LogReading;
import dev.nescio.client.MailAlertsChange;
import dev.nescio.client.MasterKeyRotation;
import dev.nescio.client.Nescio;
import dev.nescio.client.NewMasterKey;
import dev.nescio.client.SecondFactor;
import dev.nescio.client.SignInResult;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ArrayNode;

/// Mails about sign-ins (spec, section 10.21): a real mail server, a real server, and a proxy between that and the
/// clients, which lies.
class MailAlertsTest extends WithMail {

    private static final String ALERTS = "/v1/account/alerts";

    /// Somebody for whom they stay off.
    private static final String CAREFUL = "careful";

    @BeforeAll
    static void start() {
        signUp(CAREFUL);
    }

    private static CommandRun run(String name, int exitCode, List<UnaryOperator<String>> answers, String... arguments) {
        String home = folder.resolve(name).toString();
        CommandRun run = CommandRun.of(
                Map.of(
                        "NESCIO_HOME",
                        home,
                        "HOME",
                        home,
                        "NESCIO_SERVER",
                        proxy.uri().toString()),
                answers,
                arguments);
        assertEquals(exitCode, run.exitCode(), run::toString);
        return run;
    }

    /// @return the recovery key
    private static String signUp(String name) {
        CommandRun run = run(
                name,
                Exit.OK,
                List.of(before -> World.PASSWORD, before -> inbox.takeCode(), CommandLineTest::code),
                "signup",
                "--json",
                "--password-stdin",
                "--unsealed-profile",
                "--send-address",
                name + "@example.org");
        proxy.takeSeen();
        return run.lines().stream()
                .filter(line -> line.has("recoveryKey"))
                .findFirst()
                .orElseThrow()
                .get("recoveryKey")
                .asString();
    }

    /// The requests since the last call that hold the address.
    private static List<String> holding(String address) {
        return proxy.takeSeen().stream()
                .filter(request -> (request.path() + request.body()).contains(address))
                .map(request -> request.method() + " " + request.path())
                .toList();
    }

    @Test
    void aPersonAgreesAndIsMailedUntilTheyHaveEnough() {
        String recoveryKey = signUp("agreeing");
        assertFalse(isOn("agreeing"));
        CommandRun on = run("agreeing", Exit.OK, List.of(before -> "yes"), "account", "alerts", "on");
        assertTrue(on.out().contains("The server gets your address in clear, and keeps it."), on.out());
        assertEquals(List.of("PUT " + ALERTS), holding("agreeing@example.org"));
        assertTrue(isOn("agreeing"));
        signIn(recoveryKey);
        String mail = inbox.take();
        assertTrue(mail.contains("To: agreeing@example.org"), mail);
        assertTrue(mail.contains("A new sign-in"), mail);
        String log = run("agreeing", Exit.OK, List.of(), "account", "log").out();
        assertTrue(log.contains("mails about sign-ins were turned on"), log);
        assertTrue(log.contains("the server read your address, to mail you about a sign-in"), log);
        assertTrue(off("agreeing"));
        assertFalse(off("agreeing"), "they were off already");
        assertFalse(isOn("agreeing"));
        signIn(recoveryKey);
        assertTrue(inbox.isEmpty());
        assertEquals(List.of(), holding("agreeing@example.org"), "no other request of any of this");
    }

    private static boolean isOn(String name) {
        return run(name, Exit.OK, List.of(), "account", "alerts", "status", "--json")
                .last()
                .get("on")
                .asBoolean();
    }

    private static boolean off(String name) {
        return run(name, Exit.OK, List.of(), "account", "alerts", "off", "--json")
                .last()
                .get("wereOn")
                .asBoolean();
    }

    private static void signIn(String recoveryKey) {
        try (Nescio elsewhere = Nescio.connect(proxy.uri())) {
            elsewhere.signInWithRecoveryKey(recoveryKey, false);
        }
    }

    @Test
    void aProgramAgreesByAnOption() {
        signUp("program");
        CommandRun refused = run("program", Exit.FAILED, List.of(), "account", "alerts", "on", "--json");
        assertEquals("address-unconfirmed", refused.last().get("problem").asString());
        assertEquals(List.of(), holding("program@example.org"));
        run("program", Exit.OK, List.of(), "account", "alerts", "on", "--json", "--send-address");
        assertTrue(isOn("program"));
        assertTrue(off("program"));
    }

    /// Whatever it says.
    @Test
    void noAddressLeavesWithoutTheConsentOfThePerson() {
        proxy.mutate(ALERTS, answer -> Json.LENIENT.readTree("{\"on\":true}"));
        for (String answer : List.of("no", "", "y")) {
            CommandRun run = run(CAREFUL, Exit.FAILED, List.of(before -> answer), "account", "alerts", "on");
            assertTrue(run.err().contains("Your address was not sent."), run.err());
        }
        run(CAREFUL, Exit.FAILED, List.of(), "account", "alerts", "on");
        assertTrue(isOn(CAREFUL), "so it says");
        run(CAREFUL, Exit.OK, List.of(), "whoami");
        run(CAREFUL, Exit.OK, List.of(), "account", "log");
        run(CAREFUL, Exit.OK, List.of(), "sessions", "list");
        proxy.behave();
        assertFalse(isOn(CAREFUL));
        assertEquals(List.of(), holding(CAREFUL + "@example.org"));
    }

    @Test
    void aServerThatTakesTheAddressAndMailsNothingIsNamed() {
        proxy.takeOver((request, exchange) -> {
            if (!request.method().equals("PUT") || !request.path().equals(ALERTS)) {
                return false;
            }
            byte[] body = ("{\"type\":\"" + Problem.PREFIX + "not-found\",\"title\":\"\",\"status\":404}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", Problem.MEDIA_TYPE);
            exchange.sendResponseHeaders(404, body.length);
            exchange.getResponseBody().write(body);
            return true;
        });
        CommandRun run = run(CAREFUL, Exit.DISTRUST, List.of(before -> "yes"), "account", "alerts", "on");
        assertTrue(run.err().contains("The server said that it sends mail"), run.err());
    }

    @Test
    void anAddressIsNotSentToAServerThatSendsNoMail() {
        proxy.mutate("/v1/server", answer -> Json.LENIENT.readTree("{\"mail\":false}"));
        CommandRun run = run(CAREFUL, Exit.FAILED, List.of(before -> "yes"), "account", "alerts", "on");
        assertTrue(run.err().contains("Your address was not sent."), run.err());
        assertEquals(List.of(), holding(CAREFUL + "@example.org"));
    }

    /// Serves the log without the entries of a kind, and without what comes after the first of them.
    private static void hide(LogKind kind) {
        proxy.mutate("/v1/account/log", answer -> {
            ArrayNode entries = (ArrayNode) answer.get("entries");
            for (int i = 0; i < entries.size(); i++) {
                if (entries.get(i).get("kind").asString().equals(kind.text())) {
                    while (entries.size() > i) {
                        entries.remove(i);
                    }
                }
            }
            return answer;
        });
    }

    private static List<LogKind> kinds(Account account) {
        return assertInstanceOf(LogReading.Complete.class, account.log()).events().stream()
                .map(LogEvent::kind)
                .flatMap(Optional::stream)
                .toList();
    }

    /// The server cannot take back a use that a device has seen.
    @Test
    void h8NoticesThatAUseOfTheAddressIsTakenBack() {
        try (Nescio nescio = World.connect(proxy);
                Nescio elsewhere = World.connect(proxy)) {
            Mailed owner = new Mailed(nescio, inbox, "watchful@example.org");
            try (Account account = owner.account) {
                owner.turnOn();
                owner.signInAndBeTold(elsewhere);
                List<LogKind> expected = List.of(
                        LogKind.SIGNED_UP,
                        LogKind.MAIL_ALERTS_ON,
                        LogKind.SIGNED_IN_WITH_RECOVERY_KEY,
                        LogKind.ALERT_ADDRESS_USED);
                assertEquals(expected, kinds(account));
                hide(LogKind.ALERT_ADDRESS_USED);
                assertEquals(
                        Finding.ROLLBACK,
                        assertInstanceOf(LogReading.Tampered.class, account.log())
                                .finding());
            }
        }
    }

    @Test
    void thatAnOwnSignInIsMailedIsNoNewsToTheDevice() {
        try (Nescio nescio = World.connect(proxy);
                Nescio elsewhere = World.connect(proxy)) {
            Mailed owner = new Mailed(nescio, inbox, "informed@example.org");
            try (Account account = owner.account) {
                owner.turnOn();
                account.logWasShown(assertInstanceOf(LogReading.Complete.class, account.log()));
            }
            try (Account again = owner.signIn(nescio)) {
                assertEquals(OptionalLong.of(0), again.newLogEvents());
            }
            owner.signIn(elsewhere).close();
            try (Account again = owner.signIn(nescio)) {
                assertEquals(OptionalLong.of(4), again.newLogEvents(), "its own of before, and the other's");
            }
            for (int i = 0; i < 3; i++) {
                assertTrue(inbox.take().contains("A new sign-in"));
            }
        }
    }

    @Test
    void h8NoticesThatTheLogLeavesOutThatTheyWereTurnedOnOrOff() {
        try (Nescio nescio = World.connect(proxy)) {
            Mailed owner = new Mailed(nescio, inbox, "thorough@example.org");
            try (Account account = owner.account) {
                hide(LogKind.MAIL_ALERTS_ON);
                assertInstanceOf(
                        MailAlertsChange.Changed.class, account.mailAlerts().insecureTurnOn());
                assertEquals(Optional.of(Finding.LOG_OMITS), account.logFinding());
                proxy.behave();
                owner.turnOn();
                hide(LogKind.MAIL_ALERTS_OFF);
                assertInstanceOf(
                        MailAlertsChange.Changed.class, account.mailAlerts().turnOff());
                assertEquals(Optional.of(Finding.LOG_OMITS), account.logFinding());
            }
        }
    }

    @Test
    void theyStayThroughARotationAndGoWithTheAccount() {
        try (Nescio nescio = World.connect(proxy);
                Nescio elsewhere = World.connect(proxy)) {
            Mailed owner = new Mailed(nescio, inbox, "rotating@example.org");
            owner.turnOn();
            try (NewMasterKey next = owner.account.newMasterKey()) {
                assertTrue(next.keepPassword(
                        World.PASSWORD.toCharArray(), SecondFactor.backupCode(owner.backupCodes.getFirst())));
                String recoveryKey = next.recoveryKey();
                Account rotated = assertInstanceOf(MasterKeyRotation.Rotated.class, next.use())
                        .account();
                assertTrue(rotated.mailAlerts().areOn());
                assertInstanceOf(SignInResult.SignedIn.class, elsewhere.signInWithRecoveryKey(recoveryKey, false))
                        .account()
                        .close();
                assertTrue(inbox.take().contains("To: " + rotated.address()));
                assertInstanceOf(AccountDeletion.Deleted.class, rotated.delete());
            }
        }
    }
}
