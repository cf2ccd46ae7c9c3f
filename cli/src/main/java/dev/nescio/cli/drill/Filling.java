package dev.nescio.cli.drill;

import dev.nescio.cli.proof.Authenticator;
import dev.nescio.client.AccessKeyAddition;
import dev.nescio.client.AccessKeySignIn;
import dev.nescio.client.Account;
import dev.nescio.client.Chat;
import dev.nescio.client.ChatEntry;
import dev.nescio.client.ConfirmResult;
import dev.nescio.client.DeviceMemory;
import dev.nescio.client.HintListener;
import dev.nescio.client.Hints;
import dev.nescio.client.Nescio;
import dev.nescio.client.NewAccessKey;
import dev.nescio.client.OpenAccount;
import dev.nescio.client.PendingSignUp;
import dev.nescio.client.ProfileProtection;
import dev.nescio.client.ResetResult;
import dev.nescio.client.SecondFactor;
import dev.nescio.client.SignInResult;
import dev.nescio.client.SignUpResult;
import dev.nescio.client.ThisDevice;
import dev.nescio.keys.Address;
import dev.nescio.keys.ResetCode;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.Scope;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.Sync;
import dev.nescio.protocol.Transport;
import dev.nescio.sealing.RejectedException;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/// Uses a server as people do, through the real client, and writes down everything that the server must not
/// keep: two devices, chats, a wrong password, a backup code, a sign-up that is called off.
final class Filling {

    private static final int LONG_MESSAGE = 4000;

    /// What is left for the rest of the drill.
    ///
    /// @param session of the drill's own, still open
    record Filled(
            Known known, Address address, String password, SignIn.SessionOpened session, List<Sync.Container> chats) {

        @Override
        public String toString() {
            return "Filled[redacted]";
        }
    }

    private final URI server;
    private final Known known = new Known();
    private final RandomText random = new RandomText();
    private final String typedAddress = "Ada." + random.word() + "@" + random.word() + ".Example.org";
    private final Address address = Address.parse(typedAddress);
    private final String password = random.words(4) + " pässwörd 7";

    private final String wrongPassword = random.words(4);

    private Filling(URI server) {
        this.server = server;
    }

    /// @throws DrillFailed if the server does not do what it should
    static Filled fill(URI server) throws DrillFailed, IOException, InterruptedException {
        return new Filling(server).fill();
    }

    private Filled fill() throws DrillFailed, IOException, InterruptedException {
        known.address("of the account", typedAddress);
        known.text("the password", password);
        Authenticator authenticator = useAsPeopleDo();
        callOff();
        tryToReset();
        return signInRaw(authenticator);
    }

    private Authenticator useAsPeopleDo() throws DrillFailed, InterruptedException {
        try (Nescio deviceA = device("A");
                Nescio deviceB = device("B");
                PendingSignUp pending = started(deviceA.signUp(typedAddress, password.toCharArray()))) {
            Authenticator authenticator = new Authenticator(pending.totpSecret());
            known.authenticator("of the account", pending.totpSecret(), authenticator);
            known.backupCodes("of the account", pending.backupCodes(), address);
            known.recoveryKey(pending.recoveryKey());
            String code = authenticator.code();
            known.totpCode(code);
            if (!(pending.confirm(new SecondFactor.Totp(code), true) instanceof ConfirmResult.Confirmed(Account onA))) {
                throw new DrillFailed("The server refused the first code.");
            }
            try (onA) {
                known.passing("the session token of device A", token(onA));
                write(onA);
                useAccessKey(onA, deviceB, "of some domains", Scope.parse("chats:read"));
                useAccessKey(onA, deviceB, "of the whole account", Scope.ALL);
                signInWrongly(deviceB, pending.backupCodes().getLast());
                SecondFactor backup =
                        SecondFactor.backupCode(pending.backupCodes().getFirst());
                if (!(deviceB.signIn(typedAddress, password.toCharArray(), backup)
                        instanceof SignInResult.SignedIn(Account onB))) {
                    throw new DrillFailed("The server refused a backup code.");
                }
                answer(onA, onB);
                recover(deviceB, pending.recoveryKey());
            }
            return authenticator;
        }
    }

    private Nescio device(String letter) {
        String name = "Device " + random.words(3);
        known.text("the name of device " + letter, name);
        return Nescio.connect(server, DeviceMemory.inMemory(), () -> new ThisDevice(name, "drill"));
    }

    private static PendingSignUp started(SignUpResult result) throws DrillFailed {
        return switch (result) {
            case SignUpResult.Started(PendingSignUp pending) -> pending;
            case SignUpResult.AddressTaken() -> throw new DrillFailed("The empty server knew an address.");
            case SignUpResult.AddressUnconfirmed() ->
                throw new DrillFailed("The server wanted an address, although mail is off.");
            case SignUpResult.WrongMailedCode(int left) -> throw new DrillFailed("No code was mailed.");
            case SignUpResult.MailedCodeGone() -> throw new DrillFailed("No code was mailed.");
            case SignUpResult.Closed() -> throw new DrillFailed("The empty server let nobody sign up.");
        };
    }

    /// As the client itself would save it on the device.
    private static Bytes token(OpenAccount account) {
        byte[] saved = account.save(ProfileProtection.insecureInClear());
        String token = Json.LENIENT
                .readTree(saved)
                .path("insecureInClear")
                .path("token")
                .asString();
        return Bytes.parse(token);
    }

    private void write(Account account) {
        send(account.chats().create(title("of the first chat")), "a short message", random.words(5));
        Chat chat = account.chats().create(title("of the second chat"));
        send(chat, "a message with quotes", "\"" + random.words(4) + "\"\n\t\\" + random.words(3));
        send(chat, "a message with emoji and Hebrew", random.words(2) + " 🎉🔑 שלום עולם " + random.words(3));
        send(chat, "a long message", random.words(LONG_MESSAGE));
    }

    private String title(String whose) {
        String title = "Title " + random.words(3);
        known.text("the title " + whose, title);
        return title;
    }

    private void send(Chat chat, String name, String text) {
        known.text(name, text);
        chat.send(text);
    }

    private void signInWrongly(Nescio nescio, String unusedCode) throws DrillFailed {
        known.text("a wrong password", wrongPassword);
        if (!(nescio.signIn(typedAddress, wrongPassword.toCharArray(), SecondFactor.backupCode(unusedCode))
                instanceof SignInResult.Failed)) {
            throw new DrillFailed("The server accepted a wrong password.");
        }
    }

    /// A script signs in, reads and signs out.
    private void useAccessKey(Account account, Nescio script, String which, Scope scope) throws DrillFailed {
        String name = "Script " + random.words(3);
        known.text("the name of the access key " + which, name);
        try (NewAccessKey key = account.accessKeys().create(name, scope, Optional.empty())) {
            known.accessKey(which, key.text());
            if (!(key.use() instanceof AccessKeyAddition.Added)
                    || !(script.signInWithAccessKey(key.text(), false)
                            instanceof AccessKeySignIn.SignedIn(OpenAccount open))) {
                throw new DrillFailed("The server refused an access key.");
            }
            try (open) {
                known.passing("the session token of the access key " + which, token(open));
                if (open.chats().list().isEmpty()) {
                    throw new DrillFailed("A script does not read what device A wrote.");
                }
                open.signOut();
            }
        }
    }

    private void recover(Nescio nescio, String recoveryKey) throws DrillFailed {
        if (!(nescio.signInWithRecoveryKey(recoveryKey, false) instanceof SignInResult.SignedIn(Account account))) {
            throw new DrillFailed("The server refused the recovery key.");
        }
        try (account) {
            known.passing("the session token of the recovered device", token(account));
            account.signOut();
        }
    }

    /// Device B reads, writes while device A listens, and signs out.
    private void answer(Account onA, Account onB) throws DrillFailed {
        try (onB;
                Hints _ = onA.listen(new Ignoring())) {
            known.passing("the session token of device B", token(onB));
            for (ChatEntry entry : onB.chats().list()) {
                if (!(entry instanceof ChatEntry.Opened(Chat chat))
                        || chat.messages().isEmpty()) {
                    throw new DrillFailed("Device B does not read what device A wrote.");
                }
                send(chat, "an answer", random.words(6));
            }
            onB.signOut();
        }
    }

    private static final class Ignoring implements HintListener {

        @Override
        public void changed() {}

        @Override
        public void revoked() {}

        @Override
        public void disconnected() {}
    }

    /// Somebody else begins to sign up and thinks better of it: nothing may stay.
    private void callOff() throws DrillFailed {
        String typed = "Bob." + random.word() + "@" + random.word() + ".example.com";
        String other = random.words(5);
        known.address("of a sign-up called off", typed);
        known.text("the password of a sign-up called off", other);
        try (Nescio nescio = Nescio.connect(server);
                PendingSignUp pending = started(nescio.signUp(typed, other.toCharArray()))) {
            known.authenticator(
                    "of a sign-up called off", pending.totpSecret(), new Authenticator(pending.totpSecret()));
            known.backupCodes("of a sign-up called off", pending.backupCodes(), Address.parse(typed));
            pending.cancel();
        }
    }

    /// Somebody tries to begin the account anew by a code that the operator has not made.
    private void tryToReset() throws DrillFailed {
        String other = random.words(5);
        known.text("the password of a reset that failed", other);
        try (ResetCode code = ResetCode.generate(new SecureRandom());
                Nescio nescio = Nescio.connect(server)) {
            known.resetCode(code.text(), address);
            if (!(nescio.resetDestroyingAll(typedAddress, code.text(), other.toCharArray())
                    instanceof ResetResult.Failed)) {
                throw new DrillFailed("The server took a reset code that nobody has made.");
            }
        }
    }

    /// Signs in without the client, to see what it would hide: all keys.
    private Filled signInRaw(Authenticator authenticator) throws DrillFailed, IOException, InterruptedException {
        try (RawClient raw = new RawClient(server)) {
            SignIn.LookupAnswer answer =
                    raw.post("/v1/signin/lookup", null, new SignIn.Lookup(address.hashed()), SignIn.LookupAnswer.class);
            ClientKeys.OfPassword ofPassword = derive(answer, password);
            ofPassword.addTo(known, "of the account");
            derive(answer, wrongPassword).addTo(known, "of the wrong password");
            String code = authenticator.code();
            known.totpCode(code);
            SignIn.Attempt attempt =
                    new SignIn.Attempt(address.hashed(), ofPassword.lookupHash(), code, null, Transport.BEARER, false);
            SignIn.SessionOpened session = raw.post("/v1/signin", null, attempt, SignIn.SessionOpened.class);
            known.passing("the session token of the drill", session.token());
            ClientKeys keys = ClientKeys.open(known, ofPassword, session);
            Sync.ContainerPage page = raw.get(
                    "/v1/domains/" + Domain.CHATS.text() + "/containers?from=0&limit=100",
                    session.token(),
                    Sync.ContainerPage.class);
            for (Sync.Container container : page.containers()) {
                keys.container("the key of chat " + (container.position() + 1), container);
            }
            return new Filled(known, address, password, session, page.containers());
        } catch (RejectedException e) {
            throw new DrillFailed("A key does not open as the spec says.", e);
        }
    }

    private ClientKeys.OfPassword derive(SignIn.LookupAnswer answer, String from) {
        Argon2Parameters cost = new Argon2Parameters(answer.memoryKiB(), answer.passes(), answer.lanes());
        return ClientKeys.OfPassword.derive(address, from, answer.salt(), cost);
    }
}
