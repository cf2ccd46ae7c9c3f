package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.cli.drill.Findings;
import dev.nescio.cli.drill.Limits;
import dev.nescio.cli.drill.Needles;
import dev.nescio.cli.drill.Place;
import dev.nescio.cli.drill.Searcher;
import dev.nescio.cli.drill.Secrecy;
import dev.nescio.cli.drill.Secret;
import dev.nescio.client.AccessKeyAddition;
import dev.nescio.client.AccessKeySignIn;
import dev.nescio.client.Account;
import dev.nescio.client.AccountDeletion;
import dev.nescio.client.AddedPassword;
import dev.nescio.client.AuthenticatorChange;
import dev.nescio.client.AuthenticatorStart;
import dev.nescio.client.Chat;
import dev.nescio.client.ConfirmResult;
import dev.nescio.client.HintListener;
import dev.nescio.client.Hints;
import dev.nescio.client.MailAlertsChange;
import dev.nescio.client.MailResult;
import dev.nescio.client.MasterKeyRotation;
import dev.nescio.client.Nescio;
import dev.nescio.client.NewAccessKey;
import dev.nescio.client.NewAuthenticator;
import dev.nescio.client.NewBackupCodes;
import dev.nescio.client.NewMasterKey;
import dev.nescio.client.NewRecoveryKey;
import dev.nescio.client.PairingAnswer;
import dev.nescio.client.PairingApproval;
import dev.nescio.client.PairingOffer;
import dev.nescio.client.PairingOutcome;
import dev.nescio.client.PairingRequest;
import dev.nescio.client.PairingResult;
import dev.nescio.client.PasskeyAddition;
import dev.nescio.client.PasskeyRemoval;
import dev.nescio.client.PasskeySignIn;
import dev.nescio.client.PasskeySignUp;
import dev.nescio.client.PasskeySignUpResult;
import dev.nescio.client.PasskeyStart;
import dev.nescio.client.PasswordAddition;
import dev.nescio.client.PasswordRemoval;
import dev.nescio.client.PasswordStart;
import dev.nescio.client.PendingSignUp;
import dev.nescio.client.ProfileProtection;
import dev.nescio.client.ResetMailResult;
import dev.nescio.client.ResetResult;
import dev.nescio.client.SecondFactor;
import dev.nescio.client.SessionReading;
import dev.nescio.client.SignInResult;
import dev.nescio.client.SignUpResult;
import dev.nescio.client.SlotChange;
import dev.nescio.client.StoredRows;
import dev.nescio.protocol.Scope;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// With mail off no request of any flow holds the address in clear, in whatever encoding; and what a request holds that
/// is secret stands where secrets may stand.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AddressPrivacyTest {

    /// As it is typed; normalising makes it lower case.
    private static final String TYPED = "Ada.Lovelace.1815@Example.org";

    private static final String OTHER = "charles.babbage.1791@example.org";

    /// What this client does not call where mail is off.
    private static final Set<String> NOT_CALLED = Set.of(
            "POST /v1/signup/code",
            "POST /v1/reset/code",
            "PUT /v1/account/alerts",
            "GET /v1/health",
            "GET /v1/changes");

    private static final Pattern PATH = Pattern.compile("^  (/v1/\\S+):$");
    private static final Pattern METHOD = Pattern.compile("^    (get|post|put|patch|delete):$");
    private static final char[] PASSWORD = World.PASSWORD.toCharArray();

    @TempDir
    static Path folder;

    /// What the Java client sends of itself; a browser adds its own.
    private static final Set<String> HEADERS = Set.of(
            "authorization",
            "connection",
            "content-length",
            "content-type",
            "host",
            "sec-websocket-key",
            "sec-websocket-version",
            "upgrade",
            "user-agent");

    /// Where something is, which is no secret.
    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

    private static final Pattern TOTP = Pattern.compile("[0-9]{6}");

    private final SoftPasskeys passkeys = new SoftPasskeys();

    /// As people see and type them.
    private final List<String> typed = new ArrayList<>(List.of(World.PASSWORD, TYPED, OTHER));

    private Set<String> uncalled;
    private byte[] sent;
    private List<SentRequest> requests;
    private List<String> foundWhenSent;

    @BeforeAll
    void runAllFlows() throws Exception {
        World[] world = new World[1];
        try (RecordingProxy proxy = new RecordingProxy(() -> world[0].uri())) {
            world[0] = new World(folder, "--public-url", proxy.uri().toString());
            try (World _ = world[0];
                    Nescio laptop = Nescio.connect(proxy.uri());
                    Nescio phone = Nescio.connect(proxy.uri())) {
                assertFalse(laptop.isMailOn());
                withAPassword(laptop, phone);
                withAPasskey(laptop, phone);
                uncalled = uncalled(proxy.requests());
                sent = proxy.sent();
                requests = proxy.connections().stream()
                        .flatMap(connection -> SentRequest.all(connection).stream())
                        .toList();

                assertInstanceOf(MailResult.Off.class, laptop.insecureSendAddress(TYPED));
                foundWhenSent = found(proxy.sent());
                assertInstanceOf(ResetMailResult.Off.class, phone.insecureSendAddressForReset(OTHER));
                assertEquals(
                        Set.of("POST /v1/signup/code", "POST /v1/reset/code"),
                        proxy.requests().stream()
                                .filter(request -> request.endsWith("/code"))
                                .collect(Collectors.toSet()));
            }
        }
    }

    @Test
    void noRequestOfAnyFlowHoldsTheAddress() throws IOException {
        assertEquals(Set.of(), uncalled, "routes that this test does not know of");
        assertTrue(sent.length > 50_000, "all of it was recorded: " + sent.length);
        assertEquals(List.of(), found(sent));
        assertFalse(foundWhenSent.isEmpty(), "one that is sent is found");
    }

    /// Addresses, headers and lines of a log are kept by proxies, browsers and operators; bodies are not.
    @Test
    void h14NothingSecretOfAnyFlowIsInAnAddressAHeaderOrTheLog() throws IOException {
        Set<String> secrets = new TreeSet<>(typed);
        requests.forEach(request -> {
            request.credentials().forEach(secrets::add);
            request.texts()
                    .filter(text -> !ID.matcher(text).matches())
                    .filter(text -> text.length() >= 16 || TOTP.matcher(text).matches())
                    .forEach(secrets::add);
        });
        assertTrue(secrets.size() > 200, "all of it was recorded: " + secrets.size());
        assertTrue(secrets.stream().anyMatch(secret -> TOTP.matcher(secret).matches()));
        String open = requests.stream().map(SentRequest::inTheOpen).collect(Collectors.joining("\n"));
        String log = Files.readString(folder.resolve("server.log"));
        assertTrue(log.contains("POST /v1/signin"), log);
        for (String secret : secrets) {
            assertFalse(holds(open, secret), () -> "sent in the open: " + secret);
            assertFalse(holds(log, secret), () -> "in the log: " + secret);
        }
        Set<String> names = requests.stream()
                .flatMap(request -> request.headers().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        names.removeAll(HEADERS);
        assertEquals(Set.of(), names, "headers that this test does not know of");
        Set<String> targets = requests.stream()
                .map(request -> request.target().replaceAll("[0-9a-f]{32}", "{id}"))
                .filter(target -> !target.matches("/v1/[a-z/-]*(\\{id}[a-z/-]*)?(\\?(after|from)=[0-9]+)?"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(Set.of(), targets, "more than a route, an id and where to go on");
    }

    /// Six digits may stand in an id by chance.
    private static boolean holds(String text, String secret) {
        return TOTP.matcher(secret).matches()
                ? Pattern.compile("(?<![0-9a-zA-Z+/])" + secret + "(?![0-9a-zA-Z+/])")
                        .matcher(text)
                        .find()
                : text.contains(secret);
    }

    private void withAPassword(Nescio laptop, Nescio phone) {
        begun(laptop).cancel();
        Account account;
        List<String> codes;
        String recoveryKey;
        try (PendingSignUp pending = begun(laptop)) {
            codes = pending.backupCodes();
            recoveryKey = pending.recoveryKey();
            typed.addAll(codes);
            typed.add(recoveryKey);
            typed.add(pending.totpSecret());
            account = assertInstanceOf(
                            ConfirmResult.Confirmed.class, pending.confirm(totp(pending.totpSecret()), false))
                    .account();
        }
        assertInstanceOf(SignUpResult.AddressTaken.class, laptop.signUp(TYPED, PASSWORD));
        Chat chat = account.chats().create("Plans");
        try (Hints hints = account.listen(new Quiet())) {
            assertTrue(hints.isOpen());
            chat.send("hello");
            assertEquals(1, chat.messages().size());
        }
        account.checkSession();
        account.renew();

        try (Account onPhone = signedIn(phone.signIn(TYPED, PASSWORD, SecondFactor.backupCode(codes.get(0))))) {
            World.assertReadsHello(onPhone);
            assertInstanceOf(SessionReading.Complete.class, account.sessions());
            assertTrue(account.endSession(onPhone.session()));
        }
        try (Account recovered = signedIn(phone.signInWithRecoveryKey(recoveryKey, false))) {
            recovered.signOut();
        }
        account.endOtherSessions();
        assertTrue(account.prove(PASSWORD, SecondFactor.backupCode(codes.get(1))));
        assertInstanceOf(SlotChange.Changed.class, account.changePassword(PASSWORD, false));
        try (NewRecoveryKey next = account.newRecoveryKey()) {
            typed.add(next.text());
            assertInstanceOf(SlotChange.Changed.class, next.use());
        }
        NewAuthenticator authenticator = started(account);
        authenticator.cancel();
        authenticator = started(account);
        assertInstanceOf(AuthenticatorChange.Changed.class, authenticator.confirm(totp(authenticator.totpSecret())));
        NewBackupCodes fresh = account.newBackupCodes();
        typed.addAll(fresh.codes());
        assertInstanceOf(SlotChange.Changed.class, fresh.use());
        addPasskey(account);
        accessKeys(account, phone);
        pair(account, phone);
        assertTrue(account.prove(PASSWORD, SecondFactor.backupCode(fresh.codes().get(0))));
        assertInstanceOf(StoredRows.Page.class, account.storedRows(0));
        assertFalse(account.mailAlerts().areOn());
        assertInstanceOf(MailAlertsChange.AlreadyOff.class, account.mailAlerts().turnOff());
        assertEquals(new MailAlertsChange.MailOff(false), account.mailAlerts().insecureTurnOn());
        try (NewMasterKey next = account.newMasterKey()) {
            assertTrue(next.keepPassword(
                    PASSWORD, SecondFactor.backupCode(fresh.codes().get(1))));
            account = assertInstanceOf(MasterKeyRotation.Rotated.class, next.use())
                    .account();
        }
        byte[] saved = account.save(ProfileProtection.insecureInClear());
        try (Account resumed = laptop.resume(saved, ProfileProtection.insecureInClear())) {
            assertNotNull(resumed.address());
        }
        try (Account anew = reset(laptop)) {
            assertInstanceOf(AccountDeletion.Deleted.class, anew.delete());
        }
    }

    private Account reset(Nescio nescio) {
        String code = CommandRun.of(
                        Map.of("NESCIO_HOME", folder.resolve("operator").toString()),
                        List.of(_ -> TYPED),
                        "serve",
                        "reset-code",
                        "--json",
                        "--data",
                        folder.resolve("data").toString())
                .last()
                .get("resetCode")
                .asString();
        typed.add(code);
        resetting(nescio, code).cancel();
        try (PendingSignUp pending = resetting(nescio, code)) {
            return assertInstanceOf(ConfirmResult.Confirmed.class, pending.confirm(totp(pending.totpSecret()), false))
                    .account();
        }
    }

    private static PendingSignUp resetting(Nescio nescio, String code) {
        return assertInstanceOf(ResetResult.Started.class, nescio.resetDestroyingAll(TYPED, code, PASSWORD))
                .pending();
    }

    private static PendingSignUp begun(Nescio nescio) {
        return assertInstanceOf(SignUpResult.Started.class, nescio.signUp(TYPED, PASSWORD))
                .pending();
    }

    private static NewAuthenticator started(Account account) {
        return assertInstanceOf(AuthenticatorStart.Started.class, account.newAuthenticator())
                .authenticator();
    }

    private static SecondFactor.Totp totp(String secret) {
        return new SecondFactor.Totp(World.totp(secret));
    }

    private static Account signedIn(SignInResult result) {
        return assertInstanceOf(SignInResult.SignedIn.class, result).account();
    }

    private void addPasskey(Account account) {
        PasskeyStart.Made made = assertInstanceOf(PasskeyStart.Made.class, account.newPasskey(passkeys, "Key"));
        assertInstanceOf(PasskeyAddition.Added.class, made.passkey().use());
        assertInstanceOf(
                SlotChange.Changed.class,
                account.renamePasskey(account.passkeys().getFirst().id(), "Another name"));
        assertInstanceOf(
                PasskeyRemoval.Removed.class,
                account.removePasskey(account.passkeys().getFirst().id(), false));
    }

    private void accessKeys(Account account, Nescio phone) {
        try (NewAccessKey key = account.accessKeys()
                .create(
                        "backup",
                        Scope.parse("chats:read"),
                        Optional.of(Instant.now().plus(Duration.ofDays(1))))) {
            typed.add(key.text());
            assertInstanceOf(AccessKeyAddition.Added.class, key.use());
            assertInstanceOf(AccessKeySignIn.SignedIn.class, phone.signInWithAccessKey(key.text(), false));
            account.accessKeys().revoke(key.id());
        }
    }

    private void pair(Account account, Nescio phone) {
        try (PairingRequest request = phone.pair()) {
            request.cancel();
        }
        try (PairingRequest request = phone.pair()) {
            CompletableFuture<Optional<String>> digits = CompletableFuture.supplyAsync(request::digits);
            try (PairingApproval approval = answered(account, request)) {
                digits.join();
                approval.cancel();
            }
        }
        try (PairingRequest request = phone.pair()) {
            CompletableFuture<Optional<String>> digits = CompletableFuture.supplyAsync(request::digits);
            try (PairingApproval approval = answered(account, request)) {
                typed.addAll(List.of(request.code(), digits.join().orElseThrow().replace(" ", "")));
                assertInstanceOf(
                        PairingOutcome.Approved.class,
                        approval.confirm(digits.join().orElseThrow()));
            }
            try (PairingOffer offer = assertInstanceOf(PairingResult.Offered.class, request.result(false))
                            .offer();
                    Account joined = offer.join()) {
                assertEquals(account.address(), joined.address());
            }
        }
    }

    private static PairingApproval answered(Account account, PairingRequest request) {
        return assertInstanceOf(PairingAnswer.Answered.class, account.pair(request.code()))
                .approval();
    }

    private void withAPasskey(Nescio laptop, Nescio phone) {
        try (PasskeySignUp signUp = laptop.signUpWithPasskey(OTHER)) {
            Account account = assertInstanceOf(
                            PasskeySignUpResult.SignedUp.class, signUp.finish(passkeys, "Key", false))
                    .account();
            AddedPassword password = added(account);
            password.cancel();
            password = added(account);
            assertInstanceOf(PasswordAddition.Added.class, password.confirm(totp(password.totpSecret())));
            assertInstanceOf(PasswordRemoval.Removed.class, account.removePassword(false));
            assertInstanceOf(PasskeySignIn.SignedIn.class, phone.signInWithPasskey(passkeys, false));
            account.endAllSessions();
        }
    }

    private static AddedPassword added(Account account) {
        return assertInstanceOf(PasswordStart.Started.class, account.addPassword(PASSWORD))
                .password();
    }

    /// The routes of the specification that were not called.
    private static Set<String> uncalled(Set<String> called) throws IOException {
        Set<String> uncalled = new TreeSet<>();
        String path = "";
        for (String line : Files.readAllLines(Path.of(System.getProperty("nescio.spec"), "openapi.yaml"))) {
            Matcher newPath = PATH.matcher(line);
            Matcher method = METHOD.matcher(line);
            if (newPath.matches()) {
                path = newPath.group(1);
            } else if (method.matches() && !path.isEmpty()) {
                uncalled.add(method.group(1).toUpperCase(Locale.ROOT) + " " + path);
            }
        }
        assertTrue(uncalled.size() > 50, uncalled.toString());
        uncalled.removeAll(NOT_CALLED);
        return uncalled.stream()
                .filter(route ->
                        called.stream().noneMatch(request -> request.matches(route.replaceAll("\\{\\w+}", "[^/]+"))))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// What of the addresses stands in it, in the encodings of the breach drill.
    private static List<String> found(byte[] sent) throws IOException {
        Findings findings = new Findings();
        Needles needles = Needles.of(List.of(
                Secret.text("the address as it was typed", Secrecy.CLIENT_ONLY, TYPED),
                Secret.text("the normalised address", Secrecy.CLIENT_ONLY, TYPED.toLowerCase(Locale.ROOT)),
                Secret.text("its local part", Secrecy.CLIENT_ONLY, "ada.lovelace.1815"),
                Secret.text("the other one", Secrecy.CLIENT_ONLY, OTHER)));
        new Searcher(needles, Limits.DEFAULT, findings)
                .search(new Place(Place.Kind.FILE, "what clients sent"), new ByteArrayInputStream(sent));
        return findings.firstHits().stream().map(Object::toString).toList();
    }

    private static final class Quiet implements HintListener {

        @Override
        public void changed() {}

        @Override
        public void revoked() {}

        @Override
        public void disconnected() {}
    }
}
