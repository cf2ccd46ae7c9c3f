package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.client.Account;
import dev.nescio.client.AddedPassword;
import dev.nescio.client.DeviceMemory;
import dev.nescio.client.Finding;
import dev.nescio.client.HintListener;
import dev.nescio.client.Hints;
import dev.nescio.client.Nescio;
import dev.nescio.client.NescioException;
import dev.nescio.client.PasskeySignIn;
import dev.nescio.client.PasskeySignUp;
import dev.nescio.client.PasskeySignUpResult;
import dev.nescio.client.PasswordAddition;
import dev.nescio.client.PasswordRemoval;
import dev.nescio.client.PasswordStart;
import dev.nescio.client.SecondFactor;
import dev.nescio.client.SignInResult;
import dev.nescio.client.SlotChange;
import dev.nescio.keys.Address;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.Passwords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A password that is added to an account of passkeys, and taken away again (spec, section 10.14), on an honest server
/// and on hostile ones. The proxy's address is the public URL.
class AddedPasswordsTest {

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

    private record Joined(Account account, String recoveryKey) {}

    /// Somebody with a passkey, no password, and a chat.
    private Joined join(Nescio nescio) {
        String address = "adder" + PEOPLE.incrementAndGet() + "@example.org";
        try (PasskeySignUp signUp = nescio.signUpWithPasskey(address)) {
            Account account = assertInstanceOf(
                            PasskeySignUpResult.SignedUp.class, signUp.finish(authenticator, "First key", false))
                    .account();
            account.chats().create("Plans").send("hello");
            return new Joined(account, signUp.recoveryKey());
        }
    }

    private static AddedPassword begun(Account account) {
        return assertInstanceOf(PasswordStart.Started.class, account.addPassword(World.PASSWORD.toCharArray()))
                .password();
    }

    private static AddedPassword added(Account account) {
        AddedPassword password = begun(account);
        assertInstanceOf(PasswordAddition.Added.class, password.confirm(code(password)));
        return password;
    }

    private static SecondFactor.Totp code(AddedPassword password) {
        return new SecondFactor.Totp(World.totp(password.totpSecret()));
    }

    private static SecondFactor.Totp wrongCode(AddedPassword password) {
        // Far from the three that are accepted, but for one time in 300 000.
        int right = Integer.parseInt(World.totp(password.totpSecret()));
        return new SecondFactor.Totp(String.format(Locale.ROOT, "%06d", (right + 500_000) % 1_000_000));
    }

    /// On a device that has never been used.
    private static boolean opens(String address, AddedPassword password, int code) {
        try (Nescio fresh = Nescio.connect(world.uri())) {
            SignInResult result = fresh.signIn(
                    address,
                    World.PASSWORD.toCharArray(),
                    SecondFactor.backupCode(password.backupCodes().get(code)));
            if (result instanceof SignInResult.SignedIn(Account account)) {
                World.assertReadsHello(account);
                assertTrue(account.hasPassword());
                account.close();
                return true;
            }
            return false;
        }
    }

    private void assertPasskeyOpens(boolean withPassword) {
        try (Nescio fresh = World.connect(proxy);
                Account account = assertInstanceOf(
                                PasskeySignIn.SignedIn.class, fresh.signInWithPasskey(authenticator, false))
                        .account()) {
            World.assertReadsHello(account);
            assertEquals(withPassword, account.hasPassword());
        }
    }

    @Test
    void anAddedPasswordReadsEverythingAndThePasskeyStays() {
        try (Nescio laptop = World.connect(proxy);
                Account account = join(laptop).account()) {
            assertThrows(IllegalArgumentException.class, () -> account.addPassword("short".toCharArray()));
            AddedPassword cancelled = begun(account);
            cancelled.cancel();
            assertInstanceOf(PasswordAddition.Gone.class, cancelled.confirm(code(cancelled)));
            AddedPassword password = begun(account);
            assertTrue(password.otpauthUri().contains(password.totpSecret()));
            assertEquals(10, password.backupCodes().size());
            assertFalse(opens(account.address(), password, 0), "nothing counts before the first code");
            assertEquals(
                    4,
                    assertInstanceOf(PasswordAddition.WrongCode.class, password.confirm(wrongCode(password)))
                            .triesLeft());
            assertFalse(account.hasPassword());
            assertInstanceOf(PasswordAddition.Added.class, password.confirm(code(password)));
            assertInstanceOf(PasswordAddition.Added.class, password.confirm(code(password)), "asked again");
            assertTrue(opens(account.address(), password, 0));
            assertTrue(account.prove(
                    World.PASSWORD.toCharArray(),
                    SecondFactor.backupCode(password.backupCodes().get(1))));
            assertPasskeyOpens(true);
            assertInstanceOf(PasswordStart.AlreadyThere.class, account.addPassword(World.PASSWORD.toCharArray()));
            assertInstanceOf(SlotChange.Changed.class, account.changePassword("another horse".toCharArray(), false));
            assertFalse(opens(account.address(), password, 2));
        }
    }

    @Test
    void aRemovedPasswordOpensNothingAndThePasskeyStays() {
        try (Nescio laptop = World.connect(proxy);
                Account account = join(laptop).account()) {
            assertInstanceOf(PasswordRemoval.NotThere.class, account.removePassword(false));
            AddedPassword password = added(account);
            assertInstanceOf(PasswordRemoval.Removed.class, account.removePassword(false));
            assertInstanceOf(PasswordRemoval.NotThere.class, account.removePassword(false));
            assertFalse(opens(account.address(), password, 0));
            assertPasskeyOpens(false);
            World.assertReadsHello(account);
            AddedPassword again = added(account);
            assertTrue(opens(account.address(), again, 0));
            assertFalse(opens(account.address(), password, 0), "the codes of before");
        }
    }

    /// Known to the client itself: the server is not asked.
    @Test
    void thePasswordOfAnAccountWithoutPasskeysStays() {
        try (Nescio laptop = World.connect(proxy)) {
            World.Joined joined = World.join(laptop);
            try (Account account = joined.account()) {
                proxy.takeSeen();
                assertInstanceOf(PasswordRemoval.LastWayIn.class, account.removePassword(false));
                assertTrue(proxy.takeSeen().stream()
                        .allMatch(request -> request.method().equals("GET")));
                World.signIn(laptop, joined.person()).close();
            }
        }
    }

    @Test
    void ofTwoDevicesThatAddAPasswordOneDoes() {
        try (Nescio laptop = World.connect(proxy);
                Nescio phone = World.connect(proxy);
                Account account = join(laptop).account();
                Account other = assertInstanceOf(
                                PasskeySignIn.SignedIn.class, phone.signInWithPasskey(authenticator, false))
                        .account()) {
            AddedPassword first = begun(account);
            AddedPassword second = begun(other);
            assertInstanceOf(PasswordAddition.Added.class, first.confirm(code(first)));
            assertInstanceOf(PasswordAddition.AlreadyThere.class, second.confirm(code(second)));
            assertTrue(opens(account.address(), first, 0));
            assertFalse(opens(account.address(), second, 0));
        }
    }

    /// Another device changes something of the slots between the check and the change: it is sealed anew.
    @Test
    void aChangeThatMeetsAnotherOneIsMadeAgain() {
        try (Nescio laptop = World.connect(proxy);
                Nescio phone = Nescio.connect(world.uri())) {
            Joined joined = join(laptop);
            try (Account account = joined.account();
                    Account other = assertInstanceOf(
                                    SignInResult.SignedIn.class,
                                    phone.signInWithRecoveryKey(joined.recoveryKey(), false))
                            .account();
                    var key = other.newRecoveryKey()) {
                AddedPassword password = begun(account);
                AtomicInteger times = new AtomicInteger();
                proxy.takeOver((request, exchange) -> {
                    if (request.path().endsWith("/password/confirm") && times.getAndIncrement() == 0) {
                        assertInstanceOf(SlotChange.Changed.class, key.use());
                        // The other device has taken from this session what it had proven.
                        assertTrue(account.proveWithPasskey(authenticator));
                    }
                    return false;
                });
                assertInstanceOf(PasswordAddition.Added.class, password.confirm(code(password)));
                assertEquals(2, times.get());
                assertTrue(opens(account.address(), password, 0));

                times.set(0);
                proxy.takeOver((request, exchange) -> {
                    if (request.path().endsWith("/remove") && times.getAndIncrement() == 0) {
                        assertInstanceOf(
                                SlotChange.Changed.class, other.changePassword("another horse".toCharArray(), false));
                        assertTrue(account.proveWithPasskey(authenticator));
                    }
                    return false;
                });
                assertInstanceOf(PasswordRemoval.Removed.class, account.removePassword(false));
                assertEquals(2, times.get());
                assertPasskeyOpens(false);
            }
        }
    }

    @Test
    void otherDevicesNotice() throws InterruptedException {
        try (Nescio laptop = World.connect(proxy);
                Nescio phone = Nescio.connect(world.uri())) {
            Joined joined = join(laptop);
            CountDownLatch noticed = new CountDownLatch(2);
            try (Account account = joined.account();
                    Account other = assertInstanceOf(
                                    SignInResult.SignedIn.class,
                                    phone.signInWithRecoveryKey(joined.recoveryKey(), false))
                            .account();
                    Hints _ = other.listen(new AccountListener(noticed))) {
                added(account);
                assertTrue(other.hasPassword());
                assertInstanceOf(PasswordRemoval.Removed.class, account.removePassword(false));
                assertFalse(other.hasPassword());
                assertTrue(noticed.await(1, TimeUnit.MINUTES), "the other device was hinted");
            }
        }
    }

    private record AccountListener(CountDownLatch noticed) implements HintListener {

        @Override
        public void changed() {}

        @Override
        public void accountChanged() {
            noticed.countDown();
        }

        @Override
        public void revoked() {}

        @Override
        public void disconnected() {}
    }

    // ---- the command ------------------------------------------------------------------------------------------------

    @Test
    void theCommandAddsAndRemoves() throws IOException {
        String recoveryKey;
        String address;
        try (Nescio laptop = World.connect(proxy)) {
            Joined joined = join(laptop);
            recoveryKey = joined.recoveryKey();
            try (Account account = joined.account()) {
                address = account.address();
            }
        }
        run(Exit.OK, List.of(before -> recoveryKey), "signin", "--json", "--recovery-key-stdin", "--unsealed-profile");
        CommandRun none = run(Exit.FAILED, List.of(), "password", "remove", "--json");
        assertTrue(none.out().contains("no-password"), none.out());
        Path file = Files.writeString(folder.resolve("new-password"), World.PASSWORD + "\n");
        run(Exit.FAILED, List.of(before -> "cancel"), "password", "add", "--new-password-file", file.toString());
        CommandRun added = run(
                Exit.OK,
                List.of(before -> "000000", AddedPasswordsTest::code),
                "password",
                "add",
                "--json",
                "--new-password-file",
                file.toString());
        assertEquals(10, added.last().get("backupCodes").size());
        try (Nescio phone = Nescio.connect(world.uri())) {
            assertInstanceOf(
                    SignInResult.SignedIn.class,
                    phone.signIn(
                            address,
                            World.PASSWORD.toCharArray(),
                            SecondFactor.backupCode(
                                    added.last().get("backupCodes").get(0).asString())));
        }
        CommandRun twice =
                run(Exit.FAILED, List.of(), "password", "add", "--json", "--new-password-file", file.toString());
        assertTrue(twice.out().contains("password-exists"), twice.out());
        CommandRun removed = run(Exit.OK, List.of(), "password", "remove");
        assertTrue(removed.out().contains("opens nothing any more"), removed.out());
        CommandRun person = run(
                Exit.OK,
                List.of(before -> World.PASSWORD, before -> World.PASSWORD, AddedPasswordsTest::shownCode),
                "password",
                "add");
        assertTrue(person.out().contains("Ten backup codes"), person.out() + person.err());
    }

    /// The code for the secret that was printed as JSON.
    private static String code(String printed) {
        return World.totp(printed.lines()
                .map(Json.LENIENT::readTree)
                .filter(line -> line.has("secret"))
                .map(line -> line.get("secret").asString())
                .toList()
                .getLast());
    }

    /// The code for the secret that was shown to a person, in groups.
    private static String shownCode(String shown) {
        return World.totp(shown.lines()
                .map(line -> line.replace(" ", ""))
                .filter(line -> line.matches("[A-Z2-7]{32}"))
                .toList()
                .getLast());
    }

    private static CommandRun run(int exitCode, List<UnaryOperator<String>> answers, String... arguments) {
        String home = folder.resolve("command").toString();
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

    // ---- H1 ---------------------------------------------------------------------------------------------------------

    @Test
    void h1AnAddedPasswordIsNeverCheaperThanWhatIsPinnedAndIsPinned() {
        Argon2Parameters dear = new Argon2Parameters(65537, 4, 1);
        DeviceMemory memory = DeviceMemory.inMemory();
        try (Nescio laptop = Nescio.connect(proxy.uri(), memory);
                Account account = join(laptop).account()) {
            var hashed = Address.parse(account.address()).hashed();
            memory.pin(proxy.uri().toString(), hashed, dear);
            begun(account);
            Passwords.Start sent = proxy.takeSeen().stream()
                    .filter(request -> request.path().equals("/v1/slots/password/start"))
                    .map(request -> Json.STRICT.readValue(request.body(), Passwords.Start.class))
                    .toList()
                    .getLast();
            assertEquals(
                    dear,
                    new Argon2Parameters(
                            sent.slot().memoryKiB(),
                            sent.slot().passes(),
                            sent.slot().lanes()));
        }
        DeviceMemory fresh = DeviceMemory.inMemory();
        SoftPasskeys second = new SoftPasskeys();
        try (Nescio phone = Nescio.connect(proxy.uri(), fresh);
                PasskeySignUp signUp = phone.signUpWithPasskey("adder" + PEOPLE.incrementAndGet() + "@example.org");
                Account account = assertInstanceOf(
                                PasskeySignUpResult.SignedUp.class, signUp.finish(second, "First key", false))
                        .account()) {
            var hashed = Address.parse(account.address()).hashed();
            assertTrue(fresh.pinned(proxy.uri().toString(), hashed).isEmpty());
            added(account);
            assertEquals(
                    Argon2Parameters.CURRENT,
                    fresh.pinned(proxy.uri().toString(), hashed).orElseThrow());
        }
    }

    // ---- H17 --------------------------------------------------------------------------------------------------------

    /// The server brings a removed password back: with the directory that listed it, or only its slot; to a device that
    /// is signed in, and when it signs in.
    @Test
    void h17ARemovedPasswordIsNotRevived() {
        try (Nescio laptop = World.connect(proxy);
                Account account = join(laptop).account()) {
            AddedPassword password = added(account);
            AtomicReference<JsonNode> listed = new AtomicReference<>();
            AtomicReference<JsonNode> signedIn = new AtomicReference<>();
            proxy.mutate((request, answer) -> {
                if (request.path().equals("/v1/account")) {
                    listed.set(answer.deepCopy());
                } else if (request.path().equals("/v1/signin/passkey")) {
                    signedIn.set(answer.deepCopy());
                }
                return answer;
            });
            assertTrue(account.hasPassword());
            assertInstanceOf(PasskeySignIn.SignedIn.class, laptop.signInWithPasskey(authenticator, false));
            JsonNode before = listed.get();
            proxy.behave();
            assertInstanceOf(PasswordRemoval.Removed.class, account.removePassword(false));

            proxy.mutate("/v1/account", answer -> before);
            assertEquals(
                    Finding.ROLLBACK,
                    assertThrows(NescioException.Distrust.class, account::hasPassword)
                            .finding());
            proxy.mutate("/v1/account", answer -> ((ObjectNode) answer).set("slots", before.get("slots")));
            assertEquals(
                    Finding.SLOTS_CHANGED,
                    assertThrows(NescioException.Distrust.class, account::hasPassword)
                            .finding());

            proxy.mutate("/v1/signin/passkey", answer -> {
                ((ObjectNode) answer).set("slots", signedIn.get().get("slots"));
                return answer;
            });
            assertEquals(Finding.SLOTS_CHANGED, refusedAtSignIn(laptop));
            proxy.mutate("/v1/signin/passkey", answer -> {
                ((ObjectNode) answer).set("slots", signedIn.get().get("slots"));
                ((ObjectNode) answer).set("directory", signedIn.get().get("directory"));
                return answer;
            });
            assertEquals(Finding.ROLLBACK, refusedAtSignIn(laptop));
            proxy.behave();
            assertFalse(opens(account.address(), password, 0));
        }
    }

    private Finding refusedAtSignIn(Nescio nescio) {
        return assertThrows(NescioException.Distrust.class, () -> nescio.signInWithPasskey(authenticator, false))
                .finding();
    }

    /// The server says yes, and keeps things as they were.
    @Test
    void h17AServerThatOnlySaysThatItRemovedThePasswordIsNoticed() {
        try (Nescio laptop = World.connect(proxy);
                Account account = join(laptop).account()) {
            added(account);
            proxy.takeOver((request, exchange) -> {
                if (request.path().endsWith("/remove")) {
                    exchange.sendResponseHeaders(204, -1);
                    return true;
                }
                return false;
            });
            assertInstanceOf(PasswordRemoval.Removed.class, account.removePassword(false));
            assertEquals(
                    Finding.ROLLBACK,
                    assertThrows(NescioException.Distrust.class, account::hasPassword)
                            .finding());
        }
    }

    // ---- H18 --------------------------------------------------------------------------------------------------------

    /// The server, or the network, drops each request of an addition, before it is done or after, once or each time.
    @Test
    void h18AfterADroppedRequestOrAnswerAPasswordIsThereAsAWholeOrNotAtAll() {
        for (String path : List.of("/v1/slots/password/start", "/v1/account", "/v1/slots/password/confirm")) {
            for (boolean done : new boolean[] {false, true}) {
                for (boolean always : new boolean[] {false, true}) {
                    addedWhileDropped(path, done, always);
                }
            }
        }
    }

    private void addedWhileDropped(String path, boolean done, boolean always) {
        try (Nescio laptop = World.connect(proxy);
                Account account = join(laptop).account()) {
            List<AddedPassword> begun = new ArrayList<>();
            boolean told = false;
            AtomicInteger dropped = drop(path, done, always);
            try {
                begun.add(begun(account));
                told = begun.getFirst().confirm(code(begun.getFirst())) instanceof PasswordAddition.Added;
            } catch (NescioException.Unreachable e) {
                assertTrue(always || path.equals("/v1/account"), path);
            }
            proxy.behave();
            assertTrue(dropped.get() > 0, path);
            boolean there = account.hasPassword();
            if (path.endsWith("/confirm")) {
                assertEquals(done || !always, there);
            }
            assertTrue(there || !told, "what the person was told is so");
            for (AddedPassword password : begun) {
                assertEquals(there, opens(account.address(), password, 0), path);
            }
            assertPasskeyOpens(there);
            // Whoever was not told tries again, with what is still there.
            AddedPassword password = begun.isEmpty() ? begun(account) : begun.getFirst();
            assertInstanceOf(PasswordAddition.Added.class, password.confirm(code(password)));
            assertTrue(opens(account.address(), password, 1));
        }
    }

    private static AtomicInteger drop(String path, boolean done, boolean always) {
        AtomicInteger dropped = new AtomicInteger();
        proxy.drop(request -> request.path().endsWith(path) && (dropped.getAndIncrement() == 0 || always), done);
        return dropped;
    }

    @Test
    void h18AfterADroppedRequestOrAnswerARemovedPasswordIsGoneAsAWholeOrThere() {
        for (String path : List.of("/v1/account", "/remove")) {
            for (boolean done : new boolean[] {false, true}) {
                for (boolean always : new boolean[] {false, true}) {
                    removedWhileDropped(path, done, always);
                }
            }
        }
    }

    private void removedWhileDropped(String path, boolean done, boolean always) {
        try (Nescio laptop = World.connect(proxy);
                Account account = join(laptop).account()) {
            AddedPassword password = added(account);
            boolean told = false;
            AtomicInteger dropped = drop(path, done, always);
            try {
                told = account.removePassword(false) instanceof PasswordRemoval.Removed;
            } catch (NescioException.Unreachable e) {
                assertTrue(always || path.equals("/v1/account"), path);
            }
            proxy.behave();
            assertTrue(dropped.get() > 0, path);
            boolean there = account.hasPassword();
            if (path.equals("/remove")) {
                assertEquals(!done && always, there);
            }
            assertFalse(there && told, "what the person was told is so");
            assertEquals(there, opens(account.address(), password, 0), path);
            assertPasskeyOpens(there);
            if (there) {
                assertInstanceOf(PasswordRemoval.Removed.class, account.removePassword(false));
            }
            assertFalse(opens(account.address(), password, 1));
            World.assertReadsHello(account);
        }
    }
}
