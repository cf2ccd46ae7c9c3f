package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.client.Account;
import dev.nescio.client.ConfirmResult;
import dev.nescio.client.DeviceMemory;
import dev.nescio.client.Finding;
import dev.nescio.client.Hints;
import dev.nescio.client.Nescio;
import dev.nescio.client.NescioException;
import dev.nescio.client.PendingSignUp;
import dev.nescio.client.ResetResult;
import dev.nescio.client.SecondFactor;
import dev.nescio.client.SignInResult;
import dev.nescio.keys.Address;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Json;
import dev.nescio.systemtests.World.Person;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Beginning an account anew when every way in is lost (spec, section 10.18), with real clients, and the operator's
/// command beside a server that runs.
class ResetAccountsTest extends AccountsThatEnd {

    private static final String WORDS = "destroy everything";
    private static final String NEXT_PASSWORD = "another horse battery";
    private static final Pattern TOTP_SECRET = Pattern.compile("[A-Z2-7]{4}( [A-Z2-7]{4}){7}|\\b[A-Z2-7]{32}\\b");

    // ---- the operator -----------------------------------------------------------------------------------------------

    private static CommandRun operator(int exitCode, String address, String... more) {
        List<String> arguments = Stream.concat(
                        Stream.of(
                                "serve",
                                "reset-code",
                                "--json",
                                "--data",
                                folder.resolve("data").toString()),
                        Stream.of(more))
                .toList();
        return run(folder.resolve("operator"), exitCode, List.of(before -> address), arguments.toArray(String[]::new));
    }

    private static String codeFor(Person person) {
        CommandRun run = operator(Exit.OK, person.address);
        assertFalse(run.out().contains(person.address), run.out());
        return run.last().get("resetCode").asString();
    }

    private static String totp(String shown) {
        String secret = TOTP_SECRET
                .matcher(shown)
                .results()
                .map(MatchResult::group)
                .reduce((earlier, later) -> later)
                .orElseThrow();
        return World.totp(secret.replace(" ", ""));
    }

    private static String group(String shown) {
        String number = last(Pattern.compile("Type group ([0-9]+)"), shown);
        return last(Pattern.compile("[ ]" + number + ":([A-Z0-9]{4})"), shown);
    }

    private static String last(Pattern pattern, String shown) {
        return pattern.matcher(shown)
                .results()
                .map(found -> found.group(1))
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    // ---- the person -------------------------------------------------------------------------------------------------

    private static PendingSignUp begun(Nescio nescio, Person person, String code) {
        return assertInstanceOf(
                        ResetResult.Started.class,
                        nescio.resetDestroyingAll(person.address, code, NEXT_PASSWORD.toCharArray()))
                .pending();
    }

    private static ConfirmResult confirm(PendingSignUp pending) {
        return pending.confirm(new SecondFactor.Totp(World.totp(pending.totpSecret())), false);
    }

    // ---- tests ------------------------------------------------------------------------------------------------------

    @Test
    void theAddressBeginsAnewAndNothingOfBeforeOpens() throws InterruptedException {
        CountDownLatch revoked = new CountDownLatch(1);
        // One device's memory for both, as on a machine that the person goes on with.
        try (Nescio laptop = Nescio.connect(world.uri())) {
            World.Joined joined = World.join(laptop);
            Account before = joined.account();
            before.chats().create("Plans").send("hello");
            AccountId old = before.id();
            try (Hints _ = before.listen(new RevocationListener(revoked));
                    PendingSignUp pending = begun(laptop, joined.person(), codeFor(joined.person()))) {
                World.assertReadsHello(before);
                assertNotEquals(joined.person().recoveryKey, pending.recoveryKey());
                try (Account again = assertInstanceOf(ConfirmResult.Confirmed.class, confirm(pending))
                        .account()) {
                    assertTrue(revoked.await(1, TimeUnit.MINUTES), "the old device is told to wipe what it holds");
                    assertThrows(NescioException.SessionEnded.class, before::checkSession);
                    assertNotEquals(old, again.id());
                    assertEquals(joined.person().address, again.address());
                    assertEquals(List.of(), again.chats().list());
                    again.chats().create("Plans").send("hello");
                    World.assertReadsHello(again);
                    assertTrue(again.hasRecoveryKey());
                }
                try (Nescio phone = Nescio.connect(world.uri());
                        Account onPhone = assertInstanceOf(
                                        SignInResult.SignedIn.class,
                                        phone.signIn(
                                                joined.person().address,
                                                NEXT_PASSWORD.toCharArray(),
                                                SecondFactor.backupCode(
                                                        pending.backupCodes().getFirst())))
                                .account()) {
                    World.assertReadsHello(onPhone);
                }
            }
            before.close();
            assertGone(joined.person());
        }
    }

    @Test
    void aCodeThatCannotBeUsedChangesNothing() {
        Person person = world.signUp();
        Person other = world.signUp();
        String replaced = codeFor(person);
        String code = codeFor(person);
        try (Nescio nescio = Nescio.connect(world.uri())) {
            for (Map.Entry<Person, String> wrong :
                    List.of(Map.entry(person, replaced), Map.entry(other, code), Map.entry(person, codeFor(other)))) {
                assertInstanceOf(
                        ResetResult.Failed.class,
                        nescio.resetDestroyingAll(
                                wrong.getKey().address, wrong.getValue(), NEXT_PASSWORD.toCharArray()));
            }
            World.signIn(nescio, other).close();
            World.signIn(nescio, person).close();
        }
    }

    @Test
    void whoeverSignsInCancelsItAndIsTold() {
        Person person = world.signUp();
        String code = codeFor(person);
        try (Nescio nescio = Nescio.connect(world.uri())) {
            try (PendingSignUp pending = begun(nescio, person, code);
                    Account own = World.signIn(nescio, person)) {
                assertTrue(own.isResetCodeCancelled());
                own.checkSession();
                assertTrue(own.resetCodeUntil().isEmpty());
                assertInstanceOf(ConfirmResult.ResetFailed.class, confirm(pending));
                own.checkSession();
            }
            try (Account own = World.signIn(nescio, person)) {
                assertFalse(own.isResetCodeCancelled());
            }
        }
    }

    /// H18: a reset whose request or answer is lost has happened as a whole, or not at all.
    @Test
    void h18AfterADroppedRequestOrAnswerTheAccountIsTheOldOneOrTheNewOne() {
        for (boolean done : new boolean[] {false, true}) {
            Person person = world.signUp();
            try (Nescio laptop = World.connect(proxy);
                    PendingSignUp pending = begun(laptop, person, codeFor(person))) {
                AtomicInteger dropped = new AtomicInteger();
                proxy.drop(
                        request -> request.path().equals("/v1/reset/confirm") && dropped.getAndIncrement() == 0, done);
                assertThrows(NescioException.Unreachable.class, () -> confirm(pending));
                assertEquals(1, dropped.get());
                if (done) {
                    assertGone(person);
                    assertInstanceOf(
                                    SignInResult.SignedIn.class,
                                    laptop.signIn(
                                            person.address,
                                            NEXT_PASSWORD.toCharArray(),
                                            SecondFactor.backupCode(
                                                    pending.backupCodes().getFirst())))
                            .account()
                            .close();
                } else {
                    // A code of the authenticator that did not arrive was not used.
                    assertInstanceOf(ConfirmResult.Confirmed.class, confirm(pending))
                            .account()
                            .close();
                    assertGone(person);
                }
            }
        }
    }

    /// H7: the server keeps the old account, or makes up another one, and shows it as the new one.
    @Test
    void h7AnotherAccountInPlaceOfTheNewOneIsRefused() {
        Person person = world.signUp();
        Person eve = world.signUp();
        try (Nescio ofEve = Nescio.connect(world.uri());
                Account other = World.signIn(ofEve, eve);
                Nescio laptop = World.connect(proxy);
                PendingSignUp pending = begun(laptop, person, codeFor(person))) {
            proxy.mutate(
                    "/v1/reset/confirm",
                    answer -> ((ObjectNode) answer).put("account", other.id().hex()));
            assertEquals(
                    Finding.ADDRESS_EXCHANGED,
                    assertThrows(NescioException.Distrust.class, () -> confirm(pending))
                            .finding());
        }
    }

    /// H1: a device that has pinned a dear password hash would refuse a cheaper one later.
    @Test
    void h1ThePasswordOfAResetIsNeverCheaperThanWhatIsPinned() {
        Argon2Parameters dear = new Argon2Parameters(65537, 4, 1);
        Person person = world.signUp();
        DeviceMemory memory = DeviceMemory.inMemory();
        memory.pin(proxy.uri().toString(), Address.parse(person.address).hashed(), dear);
        try (Nescio laptop = Nescio.connect(proxy.uri(), memory);
                PendingSignUp pending = begun(laptop, person, codeFor(person))) {
            JsonNode sent = proxy.takeSeen().stream()
                    .filter(request -> request.path().equals("/v1/reset/start"))
                    .map(request -> Json.LENIENT.readTree(request.body()).at("/account/slot"))
                    .findFirst()
                    .orElseThrow();
            assertEquals(
                    dear,
                    new Argon2Parameters(
                            sent.get("memoryKiB").asInt(),
                            sent.get("passes").asInt(),
                            sent.get("lanes").asInt()));
            assertInstanceOf(ConfirmResult.Confirmed.class, confirm(pending))
                    .account()
                    .close();
            assertInstanceOf(
                            SignInResult.SignedIn.class,
                            laptop.signIn(
                                    person.address,
                                    NEXT_PASSWORD.toCharArray(),
                                    SecondFactor.backupCode(
                                            pending.backupCodes().getFirst())))
                    .account()
                    .close();
        }
    }

    /// What a server sees of it: no password, address, key or code in clear, and no key of the old account.
    @Test
    void theServerIsSentNoCodeAndNoAddress() throws IOException {
        Person person = world.signUp();
        String code = codeFor(person);
        proxy.takeSeen();
        try (Nescio laptop = World.connect(proxy);
                PendingSignUp pending = begun(laptop, person, code)) {
            assertInstanceOf(ConfirmResult.Confirmed.class, confirm(pending))
                    .account()
                    .close();
            for (HostileProxy.Seen request : proxy.takeSeen()) {
                for (String secret :
                        List.of(person.address, code, code.replace("-", ""), NEXT_PASSWORD, pending.recoveryKey())) {
                    assertFalse(request.body().contains(secret), request.path());
                    assertFalse(request.path().contains(secret), request.path());
                }
            }
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(file -> !file.startsWith(folder.resolve("operator")))
                    .toList()) {
                String held = Files.readString(file, StandardCharsets.ISO_8859_1);
                assertFalse(held.contains(code), file.toString());
                assertFalse(file.startsWith(folder.resolve("data")) && held.contains(person.address), file.toString());
            }
        }
        String log = Files.readString(world.server().logFile());
        assertFalse(log.contains(person.address) || log.contains(code), log);
    }

    // ---- the commands -----------------------------------------------------------------------------------------------

    @Test
    void thePersonTypesTwoAcknowledgementsAndBeginsAnew() {
        Path home = folder.resolve("typed");
        Path phone = folder.resolve("typed-phone");
        Person person = world.signUp();
        signIn(phone, person);
        String code = codeFor(person);
        for (List<UnaryOperator<String>> wrong : List.<List<UnaryOperator<String>>>of(
                List.of(before -> code, before -> ""),
                List.of(before -> code, before -> "yes"),
                List.of(before -> code, before -> "somebody.else@example.org"),
                List.of(before -> code, before -> person.address, before -> ""),
                List.of(before -> code, before -> person.address, before -> "yes"),
                List.of(before -> code, before -> person.address, before -> person.address))) {
            CommandRun refused = run(home, Exit.FAILED, wrong, "account", "reset", person.address);
            assertTrue(refused.err().contains("Nothing was deleted"), refused.toString());
            assertTrue(refused.out().contains("destroys everything"), refused.out());
        }
        run(home, Exit.USAGE, List.of(before -> code.substring(5)), "account", "reset", person.address);
        CommandRun whoami = run(phone, Exit.OK, List.of(), "whoami");
        assertTrue(whoami.err().contains("RESET CODE"), whoami.err());
        CommandRun reset = run(
                home,
                Exit.OK,
                List.of(
                        before -> person.address,
                        before -> code.toLowerCase(java.util.Locale.ROOT).replace("-", " "),
                        before -> person.address,
                        before -> " Destroy Everything ",
                        before -> NEXT_PASSWORD,
                        before -> NEXT_PASSWORD,
                        ResetAccountsTest::group,
                        ResetAccountsTest::group,
                        before -> "000000",
                        ResetAccountsTest::totp),
                "account",
                "reset",
                "--unsealed-profile");
        assertTrue(reset.out().contains("The account exists"), reset.out());
        assertTrue(run(home, Exit.OK, List.of(), "whoami").out().contains(person.address));
        assertTrue(run(home, Exit.OK, List.of(), "chat", "list", "--json")
                .last()
                .get("ok")
                .asBoolean());
        run(phone, Exit.NOT_SIGNED_IN, List.of(), "chat", "list");
        assertGone(person);
        // On a device that is signed in there is something left to sign in with.
        run(home, Exit.PROFILE, List.of(), "account", "reset", person.address);
    }

    @Test
    void aProgramResetsByWhatStandsOnStandardInput() {
        Path home = folder.resolve("program");
        Person person = world.signUp();
        String code = codeFor(person);
        String[] arguments = {
            "account", "reset", "--json", "--reset-code-stdin", "--password-stdin", "--unsealed-profile", person.address
        };
        CommandRun givenUp =
                run(home, Exit.FAILED, List.of(before -> code, before -> person.address, before -> "no"), arguments);
        assertEquals("cancelled", givenUp.last().get("problem").asString());
        CommandRun reset = run(
                home,
                Exit.OK,
                List.of(
                        before -> code,
                        before -> person.address,
                        before -> WORDS,
                        before -> NEXT_PASSWORD,
                        ResetAccountsTest::totp),
                arguments);
        assertEquals("confirm", reset.lines().getFirst().get("step").asString());
        assertEquals(WORDS, reset.lines().getFirst().get("words").asString());
        assertEquals(10, reset.last().get("backupCodes").size());
        CommandRun again = run(
                folder.resolve("program-again"),
                Exit.FAILED,
                List.of(before -> code, before -> person.address, before -> WORDS, before -> NEXT_PASSWORD),
                arguments);
        assertEquals("reset-failed", again.last().get("problem").asString());
        assertGone(person);
    }

    @Test
    void aSignedInDeviceIsToldAndRefuses() {
        Path home = folder.resolve("refuses");
        Person person = world.signUp();
        String[] signIn = {"signin", "--json", "--recovery-key-stdin", "--unsealed-profile"};
        UnaryOperator<String> key = before -> person.recoveryKey;
        assertFalse(run(home, Exit.OK, List.of(key), signIn)
                .last()
                .get("resetCancelled")
                .asBoolean());
        assertFalse(run(home, Exit.OK, List.of(), "whoami", "--json").last().has("resetUntil"));
        codeFor(person);
        assertTrue(run(home, Exit.OK, List.of(), "whoami", "--json").last().has("resetUntil"));
        String[] refuse = {"account", "refuse-reset", "--json", "--recovery-key-stdin"};
        run(home, Exit.USAGE, List.of(), refuse);
        assertTrue(run(home, Exit.OK, List.of(), "chat", "list").err().contains("RESET CODE"), "any command says it");
        assertTrue(run(home, Exit.OK, List.of(), "whoami", "--json").last().has("resetUntil"));
        CommandRun refused = run(home, Exit.OK, List.of(key), refuse);
        // A command that checks the session anyway says it before its own result.
        assertTrue(refused.err().contains("{\"alert\":\"reset-code\""), refused.err());
        assertTrue(refused.last().get("cancelled").asBoolean());
        assertFalse(run(home, Exit.OK, List.of(), "whoami", "--json").last().has("resetUntil"));
        assertFalse(
                run(home, Exit.OK, List.of(), refuse).last().get("cancelled").asBoolean());
        codeFor(person);
        assertTrue(run(folder.resolve("refuses-too"), Exit.OK, List.of(key), signIn)
                .last()
                .get("resetCancelled")
                .asBoolean());
    }

    @Test
    void theOperatorIsToldWhetherTheAccountIsInUse() {
        Person person = world.signUp();
        JsonNode used = operator(Exit.OK, person.address).last();
        assertEquals(1, used.get("sessions").asInt());
        Instant hour = Instant.parse(used.get("lastUsed").asString());
        assertEquals(hour, hour.truncatedTo(ChronoUnit.HOURS));
        assertTrue(hour.isAfter(Instant.now().minus(Duration.ofHours(2))), hour.toString());
        CommandRun typed = run(
                folder.resolve("operator"),
                Exit.OK,
                List.of(before -> person.address),
                "serve",
                "reset-code",
                "--data",
                folder.resolve("data").toString());
        assertTrue(typed.out().replace('\n', ' ').contains("signed in to on 1 device"), typed.out());
    }

    /// As a process of its own: it lasts until a signal ends it.
    @Test
    void whoFollowsAChatIsWarned() throws Exception {
        Path home = folder.resolve("follows");
        Person person = world.signUp();
        run(
                home,
                Exit.OK,
                List.of(before -> person.recoveryKey),
                "signin",
                "--json",
                "--recovery-key-stdin",
                "--unsealed-profile");
        run(home, Exit.OK, List.of(), "chat", "new", "Plans");
        codeFor(person);
        ProcessBuilder follow = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.nescio.cli.Nescio",
                "chat",
                "read",
                "--follow",
                "Plans");
        follow.environment().put("NESCIO_HOME", home.toString());
        Process following = follow.redirectErrorStream(true).start();
        CompletableFuture<Boolean> warned = CompletableFuture.supplyAsync(
                () -> following.inputReader().lines().anyMatch(line -> line.contains("RESET CODE")));
        try {
            assertTrue(warned.get(5, TimeUnit.MINUTES));
        } finally {
            following.destroyForcibly();
        }
    }

    @Test
    void theOperatorIsToldWhereThereIsNoSuchAccountOrServer() {
        CommandRun unknown = operator(Exit.FAILED, "nobody.at.all@example.org");
        assertEquals("no-account", unknown.last().get("problem").asString());
        assertFalse(unknown.out().contains("nobody.at.all"), unknown.out());
        operator(Exit.USAGE, "no address");
        Person person = world.signUp();
        CommandRun elsewhere = run(
                folder.resolve("operator"),
                Exit.FAILED,
                List.of(before -> person.address),
                "serve",
                "--data",
                folder.resolve("nowhere").toString(),
                "reset-code",
                "--json");
        assertTrue(elsewhere.last().get("message").asString().contains("There is no database"), elsewhere.out());
        assertFalse(Files.exists(folder.resolve("nowhere")));
        CommandRun passedOn = operator(
                Exit.FAILED, person.address, "--keyring", folder.resolve("none").toString());
        assertTrue(passedOn.last().get("message").asString().contains("keyring"), passedOn.out());
        CommandRun typed = run(
                folder.resolve("operator"),
                Exit.OK,
                List.of(before -> "not one", before -> person.address),
                "serve",
                "reset-code",
                "--data",
                folder.resolve("data").toString());
        assertTrue(typed.out().contains("RESE-T1"), typed.out());
        assertTrue(typed.out().contains("nobody else"), typed.out());
    }
}
