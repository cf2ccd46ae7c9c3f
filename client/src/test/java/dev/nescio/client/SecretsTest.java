package dev.nescio.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.nescio.keys.AccessKey;
import dev.nescio.keys.AccountKeys;
import dev.nescio.keys.Address;
import dev.nescio.keys.Credential;
import dev.nescio.keys.PairingTranscript;
import dev.nescio.keys.Password;
import dev.nescio.keys.ScopedKeys;
import dev.nescio.protocol.AccessKeys;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Devices;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.MailAlerts;
import dev.nescio.protocol.MailedCodes;
import dev.nescio.protocol.Pairings;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.Passwords;
import dev.nescio.protocol.Resets;
import dev.nescio.protocol.Scope;
import dev.nescio.protocol.SecondFactors;
import dev.nescio.protocol.ServerInfo;
import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.SlotKind;
import dev.nescio.protocol.Sync;
import dev.nescio.protocol.Transport;
import dev.nescio.protocol.Versioned;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.SecretBytes;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// No object of this SDK shows a key, a password, a token, a code or an address when somebody logs it.
class SecretsTest {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String ADDRESS = "ada.lovelace@example.org";
    private static final String PASSWORD = "correct horse battery staple";
    private static final String PASSPHRASE = "open sesame please";
    private static final String TITLE = "Plans for the weekend";
    private static final String TEXT = "Nobody else reads this";
    private static final String TOTP = "492039";
    private static final Bytes HANDLE = random(32);
    private static final Bytes TOTP_SECRET = random(20);
    private static final Bytes TOKEN = random(32);

    private static final List<Object> OBJECTS = new ArrayList<>();
    private static final Set<String> SECRETS = new HashSet<>();

    private static final Pairings.Share REVEALED = new Pairings.Share(random(32), random(32));
    private static final SessionId SESSION = SessionId.generate(RANDOM);

    private static HttpServer server;
    private static SignUp.Start start;

    private static Bytes random(int length) {
        byte[] octets = new byte[length];
        RANDOM.nextBytes(octets);
        return Bytes.copyOf(octets);
    }

    @BeforeAll
    static void signUp() throws IOException, RejectedException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", SecretsTest::answer);
        server.start();
        Nescio nescio = Nescio.connect(
                URI.create("http://localhost:" + server.getAddress().getPort()));
        SignUpResult.Started started =
                assertInstanceOf(SignUpResult.Started.class, nescio.signUp(ADDRESS, PASSWORD.toCharArray()));
        PendingSignUp pending = started.pending();
        SecondFactor.Totp totp = new SecondFactor.Totp(TOTP);
        ConfirmResult.Confirmed confirmed =
                assertInstanceOf(ConfirmResult.Confirmed.class, pending.confirm(totp, false));
        Account account = confirmed.account();
        NewRecoveryKey another = account.newRecoveryKey();
        Chat chat = account.chats().create(TITLE);
        byte[] inClear = account.save(ProfileProtection.insecureInClear());
        SavedProfile.Whole saved = assertInstanceOf(
                SavedProfile.Whole.class, SavedProfile.open(inClear, ProfileProtection.insecureInClear()));
        ItemId item = ItemId.generate(RANDOM);
        Message message = new Message(item, TEXT, Instant.EPOCH);
        ChatReading.Entry entry = new ChatReading.Entry.Opened(message);
        SecondFactor backup = SecondFactor.backupCode(pending.backupCodes().getFirst());

        OBJECTS.addAll(List.of(
                nescio,
                started,
                pending,
                totp,
                backup,
                confirmed,
                account,
                new SignInResult.SignedIn(account),
                saved,
                saved.session(),
                saved.session().token(),
                account.newRecoveryKey(),
                new SlotChange.Changed(),
                new SlotChange.ProofRequired(),
                new ThisDevice("laptop", "sdk"),
                new SessionEntry.Known(SESSION, "laptop", "sdk", Instant.EPOCH, Instant.EPOCH, Instant.EPOCH, true),
                new SessionEntry.Unknown(SESSION, Instant.EPOCH, Instant.EPOCH, Instant.EPOCH, true),
                new SessionEntry.Hidden(SESSION, "laptop", "sdk", Instant.EPOCH),
                new SessionReading.Complete(List.of(new SessionEntry.Hidden(SESSION, "laptop", "sdk", Instant.EPOCH))),
                new SessionReading.Tampered(Finding.REJECTED, Optional.of(Finding.FORK), List.of()),
                new SessionReading.Unexplained(Finding.REJECTED, List.of()),
                saved.masterKey(),
                SavedSession.of(inClear),
                ProfileProtection.passphrase(Password.of(PASSPHRASE.toCharArray())),
                ProfileProtection.insecureInClear(),
                account.chats(),
                chat,
                new ChatEntry.Opened(chat),
                new ChatEntry.Unreadable(chat),
                new ChatEntry.Rejected(ContainerId.generate(RANDOM), Finding.ROLLBACK),
                message,
                entry,
                new ChatReading.Entry.Unreadable(item),
                new ChatReading.Entry.Rejected(item),
                new ChatReading.Complete(List.of(entry)),
                new ChatReading.Tampered(Finding.ROLLBACK, List.of(entry)),
                new DeviceMemory.Mark(1, TOKEN)));
        MailedCode mailed = new MailedCode(Address.parse(ADDRESS), new MailedCodes.Asked(HANDLE, 1));
        OBJECTS.addAll(List.of(
                new SignInResult.Failed(),
                new SignUpResult.AddressTaken(),
                new SignUpResult.Closed(),
                new SignUpResult.AddressUnconfirmed(),
                new SignUpResult.WrongMailedCode(1),
                new SignUpResult.MailedCodeGone(),
                mailed,
                mailed.proof("7k2m-9qxa"),
                new MailedCodes.Ask(ADDRESS, HANDLE),
                new MailResult.Sent(mailed),
                new MailResult.Off(),
                new MailResult.Unavailable(),
                new MailResult.Closed(),
                new ServerInfo(true),
                account.mailAlerts(),
                new MailAlerts.TurnOn(ADDRESS),
                new MailAlerts.State(true),
                new MailAlertsChange.Changed(),
                new MailAlertsChange.ProofRequired(),
                new MailAlertsChange.MailOff(true),
                new MailAlertsChange.AlreadyOff(),
                new ResetResult.Failed(),
                new ResetMailResult.Sent(Instant.EPOCH),
                new ResetMailResult.Off(),
                new ResetMailResult.Unavailable(),
                new Resets.CodeAsked(1),
                new ResetResult.Started(pending),
                new SlotChange.Changed(),
                new SlotChange.ProofRequired(),
                another,
                new ConfirmResult.AddressTaken(),
                new ConfirmResult.ResetFailed(),
                new ConfirmResult.Gone(),
                new ConfirmResult.WrongCode(1),
                new NescioException("The server refused.", null),
                new NescioException.Distrust(Finding.ROLLBACK),
                new NescioException.TitleChanged(),
                new NescioException.SessionEnded(),
                new NescioException.TitleChanged(),
                new NescioException.Refused("unavailable", "The server refused: unavailable"),
                new NescioException.TooManyRequests(Duration.ofSeconds(1)),
                new NescioException.Unreachable("The server did not answer in time. Try again.", null)));
        AuthenticatorStart.Started authenticator =
                assertInstanceOf(AuthenticatorStart.Started.class, account.newAuthenticator());
        PasswordStart.Started password =
                assertInstanceOf(PasswordStart.Started.class, account.addPassword(PASSWORD.toCharArray()));
        OBJECTS.addAll(List.of(
                password,
                password.password(),
                new StoredRow("account", Map.of("profile", HANDLE, "address", ADDRESS)),
                new StoredRows.Page(List.of(new StoredRow("account", Map.of("profile", HANDLE))), false),
                new StoredRows.ProofRequired(),
                new AccountDeletion.Deleted(),
                new AccountDeletion.ProofRequired(),
                new PasswordStart.ProofRequired(),
                new PasswordStart.AlreadyThere(),
                new PasswordAddition.Added(),
                new PasswordAddition.WrongCode(1),
                new PasswordAddition.Gone(),
                new PasswordAddition.ProofRequired(),
                new PasswordAddition.AlreadyThere(),
                new PasswordRemoval.Removed(),
                new PasswordRemoval.RemovedMeanwhile(),
                new PasswordRemoval.ProofRequired(),
                new PasswordRemoval.LastWayIn(),
                new PasswordRemoval.NotThere(),
                new Passwords.Confirm(HANDLE, TOTP, new Counted(2, random(473)))));
        password.password().backupCodes().forEach(code -> SECRETS.addAll(List.of(code, code.replace("-", ""))));
        NewBackupCodes backupCodes = account.newBackupCodes();
        NewRecoveryKey recoveryKey = account.newRecoveryKey();
        OBJECTS.addAll(List.of(
                authenticator,
                authenticator.authenticator(),
                new AuthenticatorStart.ProofRequired(),
                new AuthenticatorChange.Changed(),
                new AuthenticatorChange.WrongCode(1),
                new AuthenticatorChange.Gone(),
                new AuthenticatorChange.ProofRequired(),
                backupCodes,
                recoveryKey,
                new SlotChange.Changed(),
                new SlotChange.ProofRequired()));
        backupCodes.codes().forEach(code -> SECRETS.addAll(List.of(code, code.replace("-", ""))));
        SECRETS.addAll(List.of(pending.recoveryKey(), recoveryKey.text()));
        PairingRequest request = nescio.pair();
        PairingAnswer answer = account.pair(request.code());
        PairingOffer offer = new PairingOffer(
                account, new UnkeptMemory(DeviceMemory.inMemory()), () -> new ThisDevice("laptop", "sdk"));
        OBJECTS.addAll(List.of(
                request,
                answer,
                assertInstanceOf(PairingAnswer.Answered.class, answer).approval(),
                new PairingAnswer.Gone(),
                new PairingOutcome.Approved(),
                new PairingOutcome.WrongDigits(),
                new PairingOutcome.ProofRequired(),
                new PairingOutcome.Gone(),
                offer,
                new PairingResult.Offered(offer),
                new PairingResult.Gone()));
        SECRETS.addAll(List.of(request.code(), request.qr(), request.code().replace("-", "")));
        addPasskeys(nescio, account);
        addRotation(account);
        addAccessKeys(account);
        addLog(account);
        // What the SDK sends and gets.
        OBJECTS.addAll(List.of(
                start,
                start.slot(),
                new SignUp.Started(HANDLE, TOTP_SECRET, 1),
                new SignUp.Confirm(HANDLE, TOTP, Transport.BEARER, false),
                new SignUp.Cancel(HANDLE),
                new SecondFactors.Started(HANDLE, TOTP_SECRET, 1),
                new SecondFactors.Confirm(HANDLE, TOTP),
                new SecondFactors.Cancel(HANDLE),
                new SignIn.Lookup(start.hashedEmail()),
                new SignIn.Attempt(start.hashedEmail(), start.slot().lookupHash(), TOTP, null, Transport.BEARER, false),
                new SignIn.Proof(start.slot().lookupHash(), TOTP, null, null),
                opened()));

        SECRETS.addAll(List.of("7K2M9QXA", ADDRESS, PASSWORD, PASSPHRASE, TITLE, TEXT, TOTP, pending.totpSecret()));
        pending.backupCodes().forEach(code -> SECRETS.addAll(List.of(code, code.replace("-", ""))));
        start.backupCodeHashes().forEach(SecretsTest::hide);
        SECRETS.addAll(List.of(pending.recoveryKey(), pending.recoveryKey().replace("-", "")));
        hide(start.recovery().lookupHash());
        SECRETS.add(another.text());
        JsonNode clear = Json.LENIENT.readTree(inClear).get("insecureInClear");
        hide(Bytes.parse(clear.get("masterKey").stringValue()));
        assertEquals(TOKEN, Bytes.parse(clear.get("token").stringValue()));
        hide(TOKEN);
        hide(HANDLE);
        hide(TOTP_SECRET);
        hide(start.hashedEmail());
        hide(start.slot().lookupHash());
    }

    private static void addPasskeys(Nescio nescio, Account account) {
        PasskeySignUp signUp = nescio.signUpWithPasskey(ADDRESS);
        Bytes output = random(32);
        Bytes id = random(32);
        NewPasskey passkey = new NewPasskey(
                null,
                SignUp.NewSlot.of(SignIn.Slot.passkey(SlotId.generate(RANDOM), id, null, random(137)), random(32)),
                new Passkeys.Registration(random(32), random(100), random(200)),
                "Laptop");
        OBJECTS.addAll(List.of(
                new PasskeyAuthenticator.Creation(
                        "https://localhost", "localhost", random(32), account.id(), ADDRESS, List.of(id), random(32)),
                new PasskeyAuthenticator.Made(id, random(100), random(200), SecretBytes.copyOf(output.toArray())),
                new PasskeyAuthenticator.Request("https://localhost", "localhost", random(32), List.of(id), random(32)),
                new PasskeyAuthenticator.Signed(
                        id,
                        random(100),
                        random(37),
                        random(70),
                        account.id().bytes(),
                        SecretBytes.copyOf(output.toArray())),
                passkey,
                signUp,
                new PasskeyEntry(SlotId.generate(RANDOM), "Laptop", id, Optional.empty()),
                new PasskeyStart.Made(passkey),
                new PasskeyStart.Declined(),
                new PasskeyStart.Unsuitable(),
                new PasskeyAddition.Added(),
                new PasskeyAddition.ProofRequired(),
                new PasskeyAddition.Refused(),
                new PasskeyRemoval.Removed(),
                new PasskeyRemoval.RemovedMeanwhile(),
                new PasskeyRemoval.ProofRequired(),
                new PasskeyRemoval.LastWayIn(),
                new PasskeyRemoval.NotThere()));
        OBJECTS.addAll(List.of(
                new PasskeySignIn.SignedIn(account),
                new PasskeySignIn.Failed(),
                new PasskeySignIn.Declined(),
                new PasskeySignIn.Unsuitable(),
                new PasskeySignUpResult.SignedUp(account),
                new PasskeySignUpResult.AddressTaken(),
                new PasskeySignUpResult.Closed(),
                new PasskeySignUpResult.AddressUnconfirmed(),
                new PasskeySignUpResult.WrongMailedCode(1),
                new PasskeySignUpResult.MailedCodeGone(),
                new PasskeySignUpResult.Declined(),
                new PasskeySignUpResult.Unsuitable(),
                new PasskeySignUpResult.Refused()));
        SECRETS.addAll(List.of(signUp.recoveryKey(), signUp.recoveryKey().replace("-", "")));
        hide(output);
    }

    private static void addRotation(Account account) {
        NewMasterKey next = account.newMasterKey();
        OBJECTS.addAll(List.of(
                next,
                new MasterKeyRotation.Dropped(SlotKind.PASSWORD, ""),
                new MasterKeyRotation.Rotated(account, List.of()),
                new MasterKeyRotation.EarlierFound(account),
                new MasterKeyRotation.ProofRequired(0),
                new MasterKeyRotation.UnreadableList(Domain.CHATS, 1),
                new MasterKeyRotation.TooManyKeys(ContainerId.generate(RANDOM)),
                new MasterKeyRotation.Unreadable(List.of(ContainerId.generate(RANDOM)), List.of())));
        SECRETS.addAll(List.of(next.recoveryKey(), next.recoveryKey().replace("-", "")));
    }

    private static void addAccessKeys(Account account) throws RejectedException {
        Scope scope = Scope.parse("chats:read");
        NewAccessKey drawn = account.accessKeys().create("Backup", scope, Optional.of(Instant.EPOCH.plusMillis(7)));
        try (AccessKey key = AccessKey.parse(drawn.text());
                Credential credential = key.credential();
                AccountKeys keys = AccountKeys.generate(account.id(), RANDOM)) {
            Bytes sealed = credential.sealScope(key.slot(), account.id(), scope, null, keys, RANDOM);
            ScopedKeys scoped = credential.openScope(account.id(), key.slot(), sealed);
            Account.Session session = Account.Session.now(SESSION, new Token(TOKEN), 1_800_000_000_000L);
            ScopedAccount opened = ScopedAccount.resume(
                    new Api(URI.create("http://localhost:1")), DeviceMemory.inMemory(), RANDOM, session, scoped);
            byte[] inClear = opened.save(ProfileProtection.insecureInClear());
            OBJECTS.addAll(List.of(
                    drawn,
                    account.accessKeys(),
                    opened,
                    SavedProfile.open(inClear, ProfileProtection.insecureInClear()),
                    new AccessKeySignIn.SignedIn(opened),
                    new AccessKeySignIn.Failed(),
                    new AccessKeys.Opened(account.id(), SESSION, TOKEN, 1, sealed, null, null),
                    new AccessKeyEntry(
                            key.slot(), "Backup", scope, Optional.empty(), Optional.empty(), Optional.empty()),
                    new AccessKeyAddition.Added(),
                    new AccessKeyAddition.ProofRequired(),
                    new AccessKeyAddition.Refused(),
                    new AccessKeyRemoval.Removed(),
                    new AccessKeyRemoval.ProofRequired(),
                    new AccessKeyRemoval.NotThere(),
                    new SessionEntry.ByAccessKey(
                            SESSION, key.slot(), "Backup", Instant.EPOCH, Instant.EPOCH, Instant.EPOCH, true)));
            try (SecretBytes record = scoped.insecureExport()) {
                hide(Bytes.parse(record.lend(octets -> Json.LENIENT.readTree(octets))
                        .get("keys")
                        .get("chats")
                        .stringValue()));
            }
        }
        SECRETS.add(drawn.text());
    }

    private static void hide(Bytes secret) {
        SECRETS.addAll(List.of(secret.hex(), secret.base64url(), java.util.Arrays.toString(secret.toArray())));
    }

    private static SignIn.SessionOpened opened() {
        SignUp.NewSlot slot = start.slot();
        return new SignIn.SessionOpened(
                start.account(),
                SESSION,
                TOKEN,
                1_800_000_000_000L,
                List.of(slot.asSlot(), start.recovery().asSlot()),
                slot.id(),
                new Counted(1, start.directory()),
                start.domainKeys(),
                start.keyPair(),
                new Versioned(1, start.profile()));
    }

    /// As a server that keeps nothing but the sign-up.
    private static void answer(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        Object answer = switch (exchange.getRequestURI().getPath()) {
            case "/v1/signup/start" -> {
                start = Json.STRICT.readValue(body, SignUp.Start.class);
                yield new SignUp.Started(HANDLE, TOTP_SECRET, 1_800_000_000_000L);
            }
            case "/v1/signup/confirm" -> opened();
            case "/v1/totp/start", "/v1/slots/password/start" ->
                new SecondFactors.Started(HANDLE, TOTP_SECRET, 1_800_000_000_000L);
            case "/v1/pairings/start" -> new Pairings.Started(1_800_000_000_000L);
            case "/v1/pairings/look" -> new Pairings.Looked(PairingTranscript.commitment(REVEALED), REVEALED);
            case "/v1/sessions" ->
                new Devices.Sessions(List.of(new Devices.Session(SESSION, 0, 0, 1_800_000_000_000L, true)), null);
            default ->
                exchange.getRequestMethod().equals("GET")
                        ? new Sync.ContainerPage(null, List.of(), false)
                        : new Sync.Committed(1);
        };
        byte[] json = Json.STRICT.writeValueAsString(answer).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, json.length);
        exchange.getResponseBody().write(json);
        exchange.close();
    }

    @AfterAll
    static void stop() {
        server.stop(0);
    }

    @Test
    void noneIsShown() {
        for (Object object : OBJECTS) {
            String shown = object.toString();
            for (String secret : SECRETS) {
                assertFalse(shown.contains(secret), () -> object.getClass().getName() + " shows " + shown);
            }
        }
    }

    private static void addLog(Account account) {
        LogEvent event = new LogEvent(
                1,
                Instant.EPOCH,
                Optional.of(LogKind.SIGNED_UP),
                LogKind.SIGNED_UP.text(),
                Optional.of(account.session()),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new FromServer.Said("unknown")));
        OBJECTS.addAll(List.of(
                event,
                new SignInNews(Optional.of(Finding.LOG_DIFFERS), List.of(), 0),
                new SignInNews.SignIn(
                        SESSION,
                        Instant.EPOCH,
                        Optional.of(new SignInNews.Device("laptop", "sdk")),
                        true,
                        Optional.of(new FromServer.Said("unknown"))),
                new SignInNews.Device("laptop", "sdk"),
                new FromServer.Said("unknown"),
                new FromServer.Unreadable(),
                new LogReading.Complete(List.of(event)),
                new LogReading.Tampered(Finding.LOG_BROKEN, List.of(event))));
    }

    /// So that a new type is not forgotten here. One that says of itself what every object does shows nothing.
    @Test
    void everyTypeOfTheSdkIsTried() throws Exception {
        Set<Class<?>> tried = new HashSet<>();
        OBJECTS.forEach(object -> tried.add(object.getClass()));
        int types = 0;
        for (Class<?> type : types()) {
            boolean made = !type.isEnum() && !Modifier.isAbstract(type.getModifiers());
            if (made
                    && Modifier.isPublic(type.getModifiers())
                    && type.getMethod("toString").getDeclaringClass() != Object.class) {
                assertTrue(tried.contains(type), type::getName);
                types++;
            }
        }
        assertTrue(types > 20, "types were found");
    }

    private static List<Class<?>> types() throws IOException, ReflectiveOperationException {
        Path folder = Path.of(
                Nescio.class.getProtectionDomain().getCodeSource().getLocation().getPath(), "dev/nescio/client");
        List<Class<?>> types = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".class") && !name.equals("package-info.class")) {
                    types.add(Class.forName("dev.nescio.client." + name.replace(".class", "")));
                }
            }
        }
        return types;
    }
}
