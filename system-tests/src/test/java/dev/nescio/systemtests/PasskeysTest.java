package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.client.AccessKeyAddition;
import dev.nescio.client.Account;
import dev.nescio.client.Finding;
import dev.nescio.client.MasterKeyRotation;
import dev.nescio.client.Nescio;
import dev.nescio.client.NescioException;
import dev.nescio.client.NewAccessKey;
import dev.nescio.client.NewMasterKey;
import dev.nescio.client.PasskeyAddition;
import dev.nescio.client.PasskeyEntry;
import dev.nescio.client.PasskeyRemoval;
import dev.nescio.client.PasskeySignIn;
import dev.nescio.client.PasskeySignUp;
import dev.nescio.client.PasskeySignUpResult;
import dev.nescio.client.PasskeyStart;
import dev.nescio.client.SignInResult;
import dev.nescio.client.SlotChange;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Scope;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.SlotKind;
import dev.nescio.systemtests.HostileProxy.Seen;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Passkeys in the Java SDK, with an authenticator in memory and the real server, behind a proxy that can make it a
/// hostile one. The proxy's address is the public URL.
class PasskeysTest {

    private static final AtomicInteger PEOPLE = new AtomicInteger();

    @TempDir
    static Path folder;

    private static HostileProxy proxy;
    private static World world;

    private final SoftPasskeys authenticator = new SoftPasskeys();

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        proxy = new HostileProxy(() -> world.uri());
        world = new World(folder, "--public-url", proxy.uri().toString());
    }

    @AfterAll
    static void stop() {
        proxy.close();
        world.close();
    }

    @AfterEach
    void behaveAgain() {
        proxy.behave();
        proxy.takeSeen();
    }

    private static String freshAddress() {
        return "keyholder" + PEOPLE.incrementAndGet() + "@example.org";
    }

    private static Account signUp(Nescio nescio, SoftPasskeys authenticator) {
        try (PasskeySignUp signUp = nescio.signUpWithPasskey(freshAddress())) {
            return assertInstanceOf(
                            PasskeySignUpResult.SignedUp.class, signUp.finish(authenticator, "First key", false))
                    .account();
        }
    }

    private static void add(Account account, SoftPasskeys authenticator, String name) {
        PasskeyStart.Made made = assertInstanceOf(PasskeyStart.Made.class, account.newPasskey(authenticator, name));
        assertInstanceOf(PasskeyAddition.Added.class, made.passkey().use());
        assertInstanceOf(PasskeyAddition.Added.class, made.passkey().use(), "whoever asks again adds it once");
    }

    private static Account signedIn(PasskeySignIn result) {
        return assertInstanceOf(PasskeySignIn.SignedIn.class, result).account();
    }

    private static List<String> names(Account account) {
        return account.passkeys().stream().map(PasskeyEntry::name).sorted().toList();
    }

    private static PasskeyEntry called(Account account, String name) {
        return account.passkeys().stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aPasskeyOpensTheAccountOnAnotherDevice() {
        try (Nescio laptop = World.connect(proxy);
                Nescio phone = World.connect(proxy)) {
            World.Joined joined = World.join(laptop);
            try (Account account = joined.account()) {
                account.chats().create("Plans").send("hello");
                add(account, authenticator, "Security key");
                assertTrue(account.proveWithPasskey(authenticator));
            }
            try (Account account = signedIn(phone.signInWithPasskey(authenticator, false))) {
                assertTrue(account.hasPassword());
                assertEquals(joined.person().address, account.address());
                World.assertReadsHello(account);
                assertEquals(List.of("Security key"), names(account));
            }
        }
    }

    @Test
    void aRotationKeepsThePasskeysThatArePresentedAndNamesTheOthers() {
        SoftPasskeys other = new SoftPasskeys();
        try (Nescio laptop = World.connect(proxy);
                Nescio phone = World.connect(proxy)) {
            World.Joined joined = World.join(laptop);
            joined.account().chats().create("Plans").send("hello");
            add(joined.account(), authenticator, "Laptop");
            add(joined.account(), other, "Phone");
            try (NewMasterKey next = joined.account().newMasterKey()) {
                assertTrue(next.keepPasskey(authenticator));
                MasterKeyRotation.Rotated rotated = assertInstanceOf(MasterKeyRotation.Rotated.class, next.use());
                assertEquals(
                        Set.of(
                                new MasterKeyRotation.Dropped(SlotKind.PASSWORD, ""),
                                new MasterKeyRotation.Dropped(SlotKind.PASSKEY, "Phone")),
                        Set.copyOf(rotated.dropped()));
                try (Account account = rotated.account();
                        Account onPhone = signedIn(phone.signInWithPasskey(authenticator, false))) {
                    World.assertReadsHello(onPhone);
                    assertEquals(List.of("Laptop"), names(account));
                    assertFalse(account.hasPassword());
                }
            }
            assertInstanceOf(PasskeySignIn.Failed.class, phone.signInWithPasskey(other, false));
            assertInstanceOf(
                    SignInResult.Failed.class,
                    phone.signIn(
                            joined.person().address,
                            World.PASSWORD.toCharArray(),
                            joined.person().nextFactor()));
        }
    }

    @Test
    void anAccountNeedsNoPassword() {
        authenticator.prfWhileCreating = true;
        try (Nescio laptop = World.connect(proxy);
                Nescio phone = World.connect(proxy);
                PasskeySignUp signUp = laptop.signUpWithPasskey(freshAddress())) {
            try (Account account = assertInstanceOf(
                            PasskeySignUpResult.SignedUp.class, signUp.finish(authenticator, "First key", false))
                    .account()) {
                account.chats().create("Plans").send("hello");
                assertTrue(account.hasRecoveryKey());
                assertFalse(account.hasPassword());
                assertInstanceOf(
                        PasskeyRemoval.LastWayIn.class,
                        account.removePasskey(called(account, "First key").id(), true));
            }
            try (Account account = signedIn(phone.signInWithPasskey(authenticator, false))) {
                World.assertReadsHello(account);
            }
            try (Account account = assertInstanceOf(
                            SignInResult.SignedIn.class, phone.signInWithRecoveryKey(signUp.recoveryKey(), false))
                    .account()) {
                World.assertReadsHello(account);
                assertTrue(account.proveWithPasskey(authenticator));
            }
            assertInstanceOf(
                    PasskeySignUpResult.AddressTaken.class, signUp.finish(new SoftPasskeys(), "Another", false));
        }
    }

    @Test
    void severalAreNamedRenamedAndRemoved() {
        try (Nescio laptop = World.connect(proxy);
                Nescio phone = World.connect(proxy);
                Account account = signUp(laptop, authenticator)) {
            SoftPasskeys second = new SoftPasskeys();
            add(account, second, "  Telefon für unterwegs ");
            assertEquals(List.of("First key", "Telefon für unterwegs"), names(account));
            assertInstanceOf(PasskeyStart.Declined.class, account.newPasskey(second, "The same again"));
            PasskeyEntry phoneKey = called(account, "Telefon für unterwegs");
            assertInstanceOf(SlotChange.Changed.class, account.renamePasskey(phoneKey.id(), "Old phone"));
            for (String wrong : List.of("", " ", "a".repeat(65))) {
                assertThrows(IllegalArgumentException.class, () -> account.renamePasskey(phoneKey.id(), wrong));
            }
            try (Account elsewhere = signedIn(phone.signInWithPasskey(second, false))) {
                assertEquals(List.of("First key", "Old phone"), names(elsewhere));
                assertInstanceOf(PasskeyRemoval.Removed.class, elsewhere.removePasskey(phoneKey.id(), false));
            }
            assertInstanceOf(PasskeySignIn.Failed.class, phone.signInWithPasskey(second, false));
            assertInstanceOf(PasskeyRemoval.NotThere.class, account.removePasskey(phoneKey.id(), true));
            assertThrows(IllegalArgumentException.class, () -> account.renamePasskey(phoneKey.id(), "Gone"));
            assertEquals(List.of("First key"), names(account));
            assertFalse(account.proveWithPasskey(second));
        }
    }

    @Test
    void removingOneSignsTheOtherDevicesOutUnlessTheyAreKept() {
        SoftPasskeys stolen = new SoftPasskeys();
        try (Nescio laptop = World.connect(proxy);
                Nescio thief = World.connect(proxy);
                Account account = signUp(laptop, authenticator)) {
            add(account, stolen, "Stolen key");
            add(account, new SoftPasskeys(), "Old key");
            try (Account elsewhere = signedIn(thief.signInWithPasskey(stolen, false))) {
                assertInstanceOf(
                        PasskeyRemoval.Removed.class,
                        account.removePasskey(called(account, "Old key").id(), false));
                elsewhere.checkSession();
                assertInstanceOf(
                        PasskeyRemoval.ProofRequired.class,
                        elsewhere.removePasskey(called(account, "First key").id(), true));
                assertInstanceOf(
                        PasskeyRemoval.Removed.class,
                        account.removePasskey(called(account, "Stolen key").id(), true));
                assertThrows(NescioException.SessionEnded.class, elsewhere::checkSession);
                assertEquals(1, account.sessions().entries().size(), "nor is it shown as hidden");
            }
        }
    }

    /// Nothing says that others are signed out unless a request of this device has done it.
    @Test
    void oneThatAnotherDeviceHasRemovedMeanwhileSignsNobodyOut() {
        SoftPasskeys second = new SoftPasskeys();
        try (Nescio laptop = World.connect(proxy);
                Nescio phone = World.connect(proxy);
                Account account = signUp(laptop, authenticator)) {
            add(account, second, "Old key");
            SlotId old = called(account, "Old key").id();
            try (Account elsewhere = signedIn(phone.signInWithPasskey(authenticator, false))) {
                AtomicInteger loads = new AtomicInteger();
                proxy.drop(
                        request -> {
                            // When it has seen that the passkey is there, and before it makes the next directory.
                            if (request.path().equals("/v1/account") && loads.incrementAndGet() == 2) {
                                assertInstanceOf(PasskeyRemoval.Removed.class, elsewhere.removePasskey(old, false));
                            }
                            return false;
                        },
                        false);
                assertInstanceOf(PasskeyRemoval.RemovedMeanwhile.class, account.removePasskey(old, true));
                elsewhere.checkSession();
                assertEquals(2, account.sessions().entries().size());
            }
        }
    }

    @Test
    void whatIsSentHoldsNeitherPrfOutputsNorNames() {
        authenticator.prfWhileCreating = true;
        try (Nescio laptop = World.connect(proxy);
                Nescio phone = World.connect(proxy);
                Account account = signUp(laptop, authenticator)) {
            assertInstanceOf(
                    SlotChange.Changed.class,
                    account.renamePasskey(called(account, "First key").id(), "My very own name"));
            signedIn(phone.signInWithPasskey(authenticator, false)).close();
            assertEquals(2, authenticator.prfOutputs.size());
            for (Seen request : proxy.takeSeen()) {
                for (String name : List.of("First key", "My very own name")) {
                    Bytes octets = Bytes.copyOf(name.getBytes(StandardCharsets.UTF_8));
                    for (String written : List.of(name, octets.base64url(), octets.hex())) {
                        assertFalse(request.body().contains(written), request.path());
                    }
                }
                for (Bytes output : authenticator.prfOutputs) {
                    assertFalse(request.body().contains(output.base64url()), request.path());
                    assertFalse(request.body().contains(output.hex()), request.path());
                }
            }
        }
    }

    @Test
    void withoutAPrfOutputNothingIsAddedOrSignedIn() {
        try (Nescio laptop = World.connect(proxy);
                Account account = signUp(laptop, authenticator)) {
            SoftPasskeys without = new SoftPasskeys();
            without.hasPrf = false;
            proxy.takeSeen();
            assertInstanceOf(PasskeyStart.Unsuitable.class, account.newPasskey(without, "No PRF"));
            authenticator.hasPrf = false;
            assertInstanceOf(PasskeySignIn.Unsuitable.class, laptop.signInWithPasskey(authenticator, false));
            assertFalse(account.proveWithPasskey(authenticator));
            assertTrue(proxy.takeSeen().stream()
                    .allMatch(request ->
                            request.method().equals("GET") || request.path().equals("/v1/passkeys/challenge")));
            try (PasskeySignUp other = laptop.signUpWithPasskey(freshAddress())) {
                assertInstanceOf(PasskeySignUpResult.Unsuitable.class, other.finish(without, "No PRF", false));
            }
        }
    }

    @Test
    void thePersonCanDecline() {
        try (Nescio laptop = World.connect(proxy);
                Account account = signUp(laptop, authenticator)) {
            authenticator.declines = true;
            assertInstanceOf(PasskeyStart.Declined.class, account.newPasskey(authenticator, "Declined"));
            assertInstanceOf(PasskeySignIn.Declined.class, laptop.signInWithPasskey(authenticator, false));
            assertFalse(account.proveWithPasskey(authenticator));
        }
    }

    /// Where the PRF gives nothing while the passkey is made, the person is asked twice.
    @Test
    void thePersonCanDeclineTheSecondQuestion() {
        try (Nescio laptop = World.connect(proxy);
                Account account = signUp(laptop, authenticator);
                PasskeySignUp other = laptop.signUpWithPasskey(freshAddress())) {
            SoftPasskeys another = new SoftPasskeys();
            another.declinesToSign = true;
            assertInstanceOf(PasskeyStart.Declined.class, account.newPasskey(another, "Declined"));
            assertInstanceOf(PasskeySignUpResult.Declined.class, other.finish(another, "Declined", false));
        }
    }

    /// Another's PRF output would wrap the master key for a passkey that could never unwrap it.
    @Test
    void anAnswerOfAnotherPasskeyThanWasAskedForIsNotTaken() {
        SoftPasskeys others = new SoftPasskeys();
        try (Nescio laptop = World.connect(proxy);
                Account _ = signUp(laptop, others);
                Account account = signUp(laptop, authenticator)) {
            others.answersAnother = true;
            proxy.takeSeen();
            assertThrows(IllegalStateException.class, () -> account.proveWithPasskey(others));
            assertThrows(IllegalStateException.class, () -> account.newPasskey(others, "Another"));
            assertTrue(proxy.takeSeen().stream()
                    .allMatch(request ->
                            request.method().equals("GET") || request.path().equals("/v1/passkeys/challenge")));
            others.answersAnother = false;
            assertInstanceOf(PasskeyStart.Made.class, account.newPasskey(others, "The one that was made"));
        }
    }

    @Test
    void aCopyThatWasRefusedIsShown() {
        try (Nescio laptop = World.connect(proxy);
                Account account = signUp(laptop, authenticator)) {
            assertEquals(Optional.empty(), called(account, "First key").copyRefusedAt());
            proxy.mutate("/v1/account", answer -> {
                for (JsonNode slot : answer.get("slots")) {
                    if (slot.has("credentialId")) {
                        ((ObjectNode) slot).put("cloneRefusedAt", 1_767_225_600_000L);
                    }
                }
                return answer;
            });
            assertEquals(
                    Optional.of(Instant.ofEpochMilli(1_767_225_600_000L)),
                    called(account, "First key").copyRefusedAt());
        }
    }

    /// The copy counts on from where it was made; the server has seen the original go further.
    @Test
    void theCommandWarnsOfACopyThatWasRefused() {
        String recoveryKey;
        try (Nescio laptop = World.connect(proxy);
                PasskeySignUp signUp = laptop.signUpWithPasskey(freshAddress())) {
            recoveryKey = signUp.recoveryKey();
            assertInstanceOf(PasskeySignUpResult.SignedUp.class, signUp.finish(authenticator, "First key", false))
                    .account()
                    .close();
            authenticator.count = 7;
            signedIn(laptop.signInWithPasskey(authenticator, false)).close();
            authenticator.count = 5;
            assertInstanceOf(PasskeySignIn.Failed.class, laptop.signInWithPasskey(authenticator, false));
        }
        run("copied", Exit.OK, List.of(recoveryKey), "signin", "--json", "--recovery-key-stdin", "--unsealed-profile");
        JsonNode line = run("copied", Exit.OK, List.of(), "passkey", "list", "--json")
                .lines()
                .getFirst();
        assertEquals("First key", line.get("name").asString());
        assertTrue(Instant.parse(line.get("copyRefusedAt").asString()).isBefore(Instant.now()));
        String id = line.get("passkey").asString().substring(0, 8);
        String shown = run("copied", Exit.OK, List.of(), "passkey", "list").out();
        assertTrue(shown.contains(id + "  First key"), shown);
        assertTrue(shown.contains("A COPY of its authenticator was refused"), shown);
        assertTrue(shown.contains("nescio passkey remove " + id), shown);
    }

    /// A terminal cannot ask an authenticator to keep one.
    @Test
    void newKeysAtTheCommandLineNameThePasskeysThatTheyDropAndSayWhatToDo() {
        World.Person person;
        try (Nescio laptop = World.connect(proxy)) {
            World.Joined joined = World.join(laptop);
            person = joined.person();
            try (Account account = joined.account()) {
                add(account, authenticator, "Security key");
                try (NewAccessKey key =
                        account.accessKeys().create("nightly", Scope.parse("chats:read"), Optional.empty())) {
                    assertInstanceOf(AccessKeyAddition.Added.class, key.use());
                }
            }
        }
        String help = oneLine(
                run("rotating", Exit.OK, List.of(), "help", "keys", "rotate").out());
        assertTrue(help.contains("passkeys and access keys stop working"), help);
        assertTrue(help.contains("Passkeys can be kept in a browser only"), help);
        run(
                "rotating",
                Exit.OK,
                List.of(World.PASSWORD, person.backupCodes.get(0)),
                "signin",
                "--json",
                "--password-stdin",
                "--code-stdin",
                "--unsealed-profile",
                person.address);
        JsonNode refused = run("rotating", Exit.FAILED, List.of(), "keys", "rotate", "--json")
                .last();
        assertEquals("others-dropped", refused.get("problem").asString());
        String why = refused.get("message").asString();
        assertTrue(why.contains("These passkeys would stop working: Security key."), why);
        assertTrue(why.contains("cannot ask an authenticator to keep them"), why);
        assertTrue(why.contains("These access keys would stop working: nightly."), why);
        CommandRun rotated = CommandRun.of(
                environment("rotating"),
                List.of(
                        CommandLineTest::group,
                        CommandLineTest::group,
                        before -> World.PASSWORD,
                        before -> person.backupCodes.get(1)),
                "keys",
                "rotate",
                "--drop-others");
        assertEquals(Exit.OK, rotated.exitCode(), rotated::toString);
        String told = oneLine(rotated.out() + rotated.err());
        assertTrue(told.contains("These passkeys work no longer: Security key."), told);
        assertTrue(told.contains("add them again in a browser"), told);
        assertTrue(told.contains("These access keys work no longer: nightly."), told);
        assertTrue(told.contains("nescio accesskey new"), told);
        assertTrue(run("rotating", Exit.OK, List.of(), "passkey", "list").out().contains("There are no passkeys."));
        try (Nescio phone = World.connect(proxy)) {
            assertInstanceOf(PasskeySignIn.Failed.class, phone.signInWithPasskey(authenticator, false));
        }
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ");
    }

    @Test
    void theCommandListsRenamesAndRemoves() {
        String recoveryKey;
        try (Nescio laptop = World.connect(proxy);
                PasskeySignUp signUp = laptop.signUpWithPasskey(freshAddress())) {
            recoveryKey = signUp.recoveryKey();
            try (Account account = assertInstanceOf(
                            PasskeySignUpResult.SignedUp.class, signUp.finish(authenticator, "First key", false))
                    .account()) {
                add(account, new SoftPasskeys(), "Phone");
            }
        }
        run(Exit.OK, List.of(recoveryKey), "signin", "--json", "--recovery-key-stdin", "--unsealed-profile");
        CommandRun listed = run(Exit.OK, List.of(), "passkey", "list", "--json");
        assertEquals(2, listed.last().get("passkeys").asInt());
        Map<String, String> ids = listed.lines().stream()
                .filter(line -> line.has("name"))
                .collect(Collectors.toMap(
                        line -> line.get("name").asString(),
                        line -> line.get("passkey").asString().substring(0, 8)));
        assertEquals(Set.of("First key", "Phone"), ids.keySet());

        run(Exit.OK, List.of(), "passkey", "rename", ids.get("Phone"), "Old phone");
        run(Exit.USAGE, List.of(), "passkey", "rename", ids.get("Phone"), "a".repeat(65));
        String shown = run(Exit.OK, List.of(), "passkey", "list").out();
        assertTrue(shown.contains(ids.get("Phone") + "  Old phone"), shown);
        assertFalse(shown.contains("COPY"), shown);
        run(Exit.FAILED, List.of(), "passkey", "remove", "0000");
        CommandRun removed = run(Exit.OK, List.of(), "passkey", "remove", ids.get("Phone"), "--json");
        assertEquals("ended", removed.last().get("otherSessions").asString());
        CommandRun last = run(Exit.FAILED, List.of(), "passkey", "remove", ids.get("First key"), "--json");
        assertTrue(last.out().contains("last-way-in"), last.out());
        for (List<String> ofPasswords :
                List.of(List.of("password", "change"), List.of("totp", "new"), List.of("totp", "backup-codes"))) {
            CommandRun refused = run(Exit.FAILED, List.of(), ofPasswords.getFirst(), ofPasswords.getLast(), "--json");
            assertTrue(refused.out().contains("no-password"), refused.out());
        }
    }

    private static Map<String, String> environment(String name) {
        String home = folder.resolve(name).toString();
        return Map.of(
                "NESCIO_HOME", home, "HOME", home, "NESCIO_SERVER", proxy.uri().toString());
    }

    private static CommandRun run(int exitCode, List<String> answers, String... arguments) {
        return run("command", exitCode, answers, arguments);
    }

    private static CommandRun run(String home, int exitCode, List<String> answers, String... arguments) {
        CommandRun run = CommandRun.of(
                environment(home),
                answers.stream()
                        .map(answer -> (UnaryOperator<String>) before -> answer)
                        .toList(),
                arguments);
        assertEquals(exitCode, run.exitCode(), run::toString);
        return run;
    }

    /// H5: a passkey of another server is asked for, whose challenge the hostile one passes on.
    @Test
    void h5NoPasskeyOfAnotherServerIsAskedFor() {
        try (Nescio laptop = World.connect(proxy);
                Account account = signUp(laptop, authenticator)) {
            int before = authenticator.askedFor.size();
            for (String other : List.of("nescio.example.org", "0.0.1", "")) {
                proxy.mutate("/v1/passkeys/challenge", answer -> ((ObjectNode) answer).put("rpId", other));
                assertEquals(
                        Finding.OTHER_RELYING_PARTY,
                        assertThrows(
                                        NescioException.Distrust.class,
                                        () -> laptop.signInWithPasskey(authenticator, false))
                                .finding());
                assertThrows(NescioException.Distrust.class, () -> account.newPasskey(authenticator, "Another"));
                assertThrows(NescioException.Distrust.class, () -> account.proveWithPasskey(authenticator));
            }
            assertEquals(before, authenticator.askedFor.size());
        }
    }

    /// H5: the answer to somebody else's sign-in, whole or in part.
    @Test
    void h5AnotherAccountsSlotIsRefused() {
        SoftPasskeys others = new SoftPasskeys();
        AtomicReference<JsonNode> theirs = new AtomicReference<>();
        try (Nescio laptop = World.connect(proxy)) {
            signUp(laptop, authenticator).close();
            signUp(laptop, others).close();
            proxy.mutate("/v1/signin/passkey", answer -> {
                theirs.set(answer.deepCopy());
                return answer;
            });
            signedIn(laptop.signInWithPasskey(others, false)).close();
        }
        for (boolean saysWhose : new boolean[] {true, false}) {
            authenticator.saysWhose = saysWhose;
            refuses(Finding.SLOTS_CHANGED, answer -> theirs.get());
        }
        UnaryOperator<JsonNode> relabelled = answer -> {
            JsonNode changed = theirs.get().deepCopy();
            ((ObjectNode) changed.at("/slots").get(passkeyIn(changed)))
                    .set(
                            "credentialId",
                            answer.at("/slots").get(passkeyIn(answer)).get("credentialId"));
            return changed;
        };
        authenticator.saysWhose = true;
        refuses(Finding.ADDRESS_EXCHANGED, relabelled);
        authenticator.saysWhose = false;
        refuses(Finding.REJECTED, relabelled);
        refuses(Finding.REJECTED, answer -> {
            ((ObjectNode) answer.at("/slots").get(passkeyIn(answer)))
                    .set(
                            "wrappedMasterKey",
                            theirs.get()
                                    .at("/slots")
                                    .get(passkeyIn(theirs.get()))
                                    .get("wrappedMasterKey"));
            return answer;
        });
    }

    /// H7, H17: the slots are not those that the account's devices sealed.
    @Test
    void h7ChangedOrMissingSlotsAreRefused() {
        try (Nescio laptop = World.connect(proxy);
                Account account = signUp(laptop, new SoftPasskeys())) {
            add(account, authenticator, "Second key");
        }
        // By the second passkey, so that what is changed is not what signs in: only the directory tells.
        refuses(Finding.SLOTS_CHANGED, answer -> {
            other(answer).put("credentialId", Bytes.copyOf(new byte[32]).base64url());
            return answer;
        });
        refuses(Finding.SLOTS_CHANGED, answer -> {
            ((ArrayNode) answer.get("slots")).remove(indexOf(answer, other(answer)));
            return answer;
        });
        refuses(Finding.SLOTS_CHANGED, answer -> {
            ObjectNode added = other(answer).deepCopy();
            added.put("id", "ab".repeat(16));
            ((ArrayNode) answer.get("slots")).add(added);
            return answer;
        });
        refuses(Finding.SLOTS_CHANGED, answer -> {
            other(answer).put("id", answer.get("slot").asString());
            return answer;
        });
    }

    /// H17: a passkey that was removed is brought back, with the directory that listed it.
    @Test
    void h17ARemovedPasskeyIsNotRevived() {
        SoftPasskeys removed = new SoftPasskeys();
        try (Nescio laptop = World.connect(proxy);
                Account account = signUp(laptop, authenticator)) {
            add(account, removed, "Lost key");
            AtomicReference<JsonNode> before = new AtomicReference<>();
            proxy.mutate("/v1/account", answer -> {
                before.set(answer.deepCopy());
                return answer;
            });
            PasskeyEntry lost = called(account, "Lost key");
            JsonNode listed = before.get();
            assertInstanceOf(PasskeyRemoval.Removed.class, account.removePasskey(lost.id(), true));
            proxy.mutate("/v1/account", answer -> listed);
            assertEquals(
                    Finding.ROLLBACK,
                    assertThrows(NescioException.Distrust.class, account::passkeys)
                            .finding());
            proxy.mutate("/v1/account", answer -> {
                ((ObjectNode) answer).set("slots", listed.get("slots"));
                return answer;
            });
            assertEquals(
                    Finding.SLOTS_CHANGED,
                    assertThrows(NescioException.Distrust.class, account::passkeys)
                            .finding());
        }
    }

    /// Signs in on a fresh device, and sees that nothing is sent after the answer.
    private void refuses(Finding finding, UnaryOperator<JsonNode> change) {
        proxy.mutate("/v1/signin/passkey", change);
        proxy.takeSeen();
        try (Nescio nescio = World.connect(proxy)) {
            assertEquals(
                    finding,
                    assertThrows(NescioException.Distrust.class, () -> nescio.signInWithPasskey(authenticator, false))
                            .finding());
        }
        assertEquals("/v1/signin/passkey", proxy.takeSeen().getLast().path());
    }

    private static int passkeyIn(JsonNode answer) {
        for (int i = 0; i < answer.get("slots").size(); i++) {
            if (answer.get("slots").get(i).has("credentialId")) {
                return i;
            }
        }
        throw new AssertionError("there is a passkey");
    }

    /// The passkey that did not sign in.
    private static ObjectNode other(JsonNode answer) {
        for (JsonNode slot : answer.get("slots")) {
            if (slot.has("credentialId") && !slot.get("id").equals(answer.get("slot"))) {
                return (ObjectNode) slot;
            }
        }
        throw new AssertionError("there are two passkeys");
    }

    private static int indexOf(JsonNode answer, JsonNode slot) {
        for (int i = 0; i < answer.get("slots").size(); i++) {
            if (answer.get("slots").get(i).equals(slot)) {
                return i;
            }
        }
        throw new AssertionError("it is one of them");
    }
}
