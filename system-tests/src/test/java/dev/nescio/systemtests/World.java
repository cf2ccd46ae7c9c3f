package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import dev.nescio.cli.ServerProcess;
import dev.nescio.cli.proof.Authenticator;
import dev.nescio.client.Account;
import dev.nescio.client.Chat;
import dev.nescio.client.ChatEntry;
import dev.nescio.client.ConfirmResult;
import dev.nescio.client.DeviceMemory;
import dev.nescio.client.Message;
import dev.nescio.client.Nescio;
import dev.nescio.client.PendingSignUp;
import dev.nescio.client.ProfileProtection;
import dev.nescio.client.SecondFactor;
import dev.nescio.client.SignInResult;
import dev.nescio.client.SignUpResult;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.spec.SecretKeySpec;

/// A real server and what tests do with it: people who sign up and sign in on devices of theirs.
final class World implements AutoCloseable {

    static final String PASSWORD = "correct horse battery";

    private static final AtomicInteger PEOPLE = new AtomicInteger();

    private final ServerProcess server;

    /// @param options further ones of the server
    World(Path folder, String... options) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("--rate-limits", "off"));
        all.addAll(List.of(options));
        server = ServerProcess.start(
                folder.resolve("data"),
                ServerProcess.Options.loggingTo(folder.resolve("server.log")).withServer(all.toArray(String[]::new)));
    }

    URI uri() {
        return server.uri();
    }

    ServerProcess server() {
        return server;
    }

    /// Somebody with an account, and a backup code for each further sign-in of theirs, on several devices at once as
    /// well.
    static final class Person {

        final String address;
        final List<String> backupCodes;
        final String recoveryKey;
        private final AtomicInteger used = new AtomicInteger();

        private Person(String address, List<String> backupCodes, String recoveryKey) {
            this.address = address;
            this.backupCodes = backupCodes;
            this.recoveryKey = recoveryKey;
        }

        SecondFactor nextFactor() {
            return SecondFactor.backupCode(backupCodes.get(used.getAndIncrement()));
        }
    }

    /// Signs a new person up through the honest server; the session made by that is closed.
    Person signUp() {
        try (Nescio nescio = Nescio.connect(uri())) {
            Joined joined = join(nescio);
            joined.account.close();
            return joined.person;
        }
    }

    record Joined(Person person, Account account) {}

    /// Signs a new person up.
    static Joined join(Nescio nescio) {
        String address = "person" + PEOPLE.incrementAndGet() + "@example.org";
        if (!(nescio.signUp(address, PASSWORD.toCharArray()) instanceof SignUpResult.Started(PendingSignUp pending))) {
            throw new AssertionError("a fresh address is free");
        }
        try (pending) {
            ConfirmResult result = pending.confirm(new SecondFactor.Totp(totp(pending.totpSecret())), false);
            if (!(result instanceof ConfirmResult.Confirmed(Account account))) {
                throw new AssertionError("the code of the authenticator is right");
            }
            return new Joined(new Person(address, pending.backupCodes(), pending.recoveryKey()), account);
        }
    }

    /// Signs in on a device that has never been used.
    /// The same session, taken up by another program.
    ///
    /// @param at where it reaches the server
    /// @param saved at which address the session was opened
    static Account resumedAt(Nescio nescio, URI at, URI saved, Account account) {
        String profile = new String(account.save(ProfileProtection.insecureInClear()), StandardCharsets.UTF_8);
        return nescio.resume(
                profile.replace(saved.toString(), at.toString()).getBytes(StandardCharsets.UTF_8),
                ProfileProtection.insecureInClear());
    }

    static Account signIn(Nescio nescio, Person person) {
        SignInResult result = nescio.signIn(person.address, PASSWORD.toCharArray(), person.nextFactor());
        if (!(result instanceof SignInResult.SignedIn(Account account))) {
            throw new AssertionError("address, password and code are right");
        }
        return account;
    }

    /// A backup code that nobody has.
    static SecondFactor wrongFactor() {
        return SecondFactor.backupCode("0000-0000-0000-0000");
    }

    static Chat onlyChat(Account account) {
        List<ChatEntry> chats = account.chats().list();
        if (chats.size() != 1 || !(chats.getFirst() instanceof ChatEntry.Opened(Chat chat))) {
            throw new AssertionError("there is one chat, and it opens");
        }
        return chat;
    }

    /// The account's only chat opens, and has this one message.
    static void assertReadsHello(Account account) {
        assertEquals(
                List.of("hello"),
                onlyChat(account).messages().stream().map(Message::text).toList());
    }

    static Nescio connect(HostileProxy proxy) {
        return Nescio.connect(proxy.uri(), DeviceMemory.inMemory());
    }

    /// The code that an authenticator shows now.
    static String totp(String base32) {
        try {
            return new TimeBasedOneTimePasswordGenerator()
                    .generateOneTimePasswordString(
                            new SecretKeySpec(new Authenticator(base32).secret(), "RAW"), Instant.now());
        } catch (InvalidKeyException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
