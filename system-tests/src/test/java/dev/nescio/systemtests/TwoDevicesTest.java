package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.client.Account;
import dev.nescio.client.Chat;
import dev.nescio.client.ChatEntry;
import dev.nescio.client.HintListener;
import dev.nescio.client.Hints;
import dev.nescio.client.Message;
import dev.nescio.client.Nescio;
import dev.nescio.client.NescioException;
import dev.nescio.client.SecondFactor;
import dev.nescio.client.SignInResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One account on two devices, against a real server.
class TwoDevicesTest {

    private static final int MESSAGES = 15;

    @TempDir
    static Path folder;

    private static World world;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        world = new World(folder);
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    @Test
    void whatOneWritesTheOtherReads() {
        String long4000 = "A long message. ".repeat(250);
        String mixed = "שלום עולם — 👩‍🚀🦊 — مرحبا";
        try (Nescio laptop = Nescio.connect(world.uri());
                Nescio phone = Nescio.connect(world.uri())) {
            World.Joined joined = World.join(laptop);
            try (Account onLaptop = joined.account();
                    Account onPhone = World.signIn(phone, joined.person())) {
                Chat chat = onLaptop.chats().create("Plans");
                chat.send("hello");
                chat.send(long4000);
                chat.send(mixed);
                Chat same = World.onlyChat(onPhone);
                assertEquals("Plans", same.title());
                assertEquals(List.of("hello", long4000, mixed), texts(same));
                same.send("and back");
                assertEquals(List.of("hello", long4000, mixed, "and back"), texts(chat));
            }
        }
    }

    @Test
    void bothWritingAtOnceLosesAndDoublesNothing() throws InterruptedException, ExecutionException {
        try (Nescio laptop = Nescio.connect(world.uri());
                Nescio phone = Nescio.connect(world.uri());
                ExecutorService both = Executors.newFixedThreadPool(2)) {
            World.Joined joined = World.join(laptop);
            try (Account onLaptop = joined.account();
                    Account onPhone = World.signIn(phone, joined.person())) {
                Chat one = onLaptop.chats().create("Busy");
                Chat other = World.onlyChat(onPhone);
                List<Future<?>> writers =
                        List.of(both.submit(() -> write(one, "laptop ")), both.submit(() -> write(other, "phone ")));
                for (Future<?> writer : writers) {
                    writer.get();
                }
                List<String> texts = texts(one);
                assertEquals(texts, texts(other), "one order on all devices");
                assertEquals(2 * MESSAGES, texts.size());
                assertEquals(2 * MESSAGES, new HashSet<>(texts).size());
                List<String> laptops = new ArrayList<>(texts);
                laptops.removeIf(text -> !text.startsWith("laptop"));
                assertEquals("laptop 0", laptops.getFirst());
                assertEquals("laptop " + (MESSAGES - 1), laptops.getLast());
            }
        }
    }

    private static void write(Chat chat, String name) {
        for (int at = 0; at < MESSAGES; at++) {
            chat.send(name + at);
        }
    }

    @Test
    void bothCreatingChatsAtOnceKeepsAll() throws InterruptedException, ExecutionException {
        try (Nescio laptop = Nescio.connect(world.uri());
                Nescio phone = Nescio.connect(world.uri());
                ExecutorService both = Executors.newFixedThreadPool(2)) {
            World.Joined joined = World.join(laptop);
            try (Account onLaptop = joined.account();
                    Account onPhone = World.signIn(phone, joined.person())) {
                List<Future<?>> creators = List.of(
                        both.submit(() -> create(onLaptop, "laptop ")), both.submit(() -> create(onPhone, "phone ")));
                for (Future<?> creator : creators) {
                    creator.get();
                }
                List<ChatEntry> chats = onLaptop.chats().list();
                assertEquals(10, chats.size());
                assertTrue(chats.stream().allMatch(ChatEntry.Opened.class::isInstance));
            }
        }
    }

    private static void create(Account account, String name) {
        for (int at = 0; at < 5; at++) {
            account.chats().create(name + at);
        }
    }

    @Test
    void aWriteReachesTheOtherDeviceByItself() throws InterruptedException {
        try (Nescio laptop = Nescio.connect(world.uri());
                Nescio phone = Nescio.connect(world.uri())) {
            World.Joined joined = World.join(laptop);
            try (Account onLaptop = joined.account();
                    Account onPhone = World.signIn(phone, joined.person())) {
                Chat chat = onLaptop.chats().create("Live");
                CountDownLatch hinted = new CountDownLatch(1);
                try (Hints hints = onLaptop.listen(new Listening(hinted, new CompletableFuture<>()))) {
                    assertTrue(hints.isOpen());
                    World.onlyChat(onPhone).send("ping");
                    assertTrue(hinted.await(1, TimeUnit.MINUTES));
                }
                assertEquals(List.of("ping"), texts(chat));
            }
        }
    }

    @Test
    void signingOutEndsTheSessionEverywhere() throws InterruptedException, ExecutionException {
        try (Nescio laptop = Nescio.connect(world.uri());
                Nescio again = Nescio.connect(world.uri())) {
            World.Joined joined = World.join(laptop);
            Account account = joined.account();
            byte[] saved = account.save(dev.nescio.client.ProfileProtection.insecureInClear());
            CompletableFuture<Void> revoked = new CompletableFuture<>();
            try (Hints hints = account.listen(new Listening(new CountDownLatch(1), revoked))) {
                assertTrue(hints.isOpen());
                account.signOut();
                revoked.orTimeout(1, TimeUnit.MINUTES).get();
            }
            assertThrows(
                    NescioException.SessionEnded.class,
                    () -> again.resume(saved, dev.nescio.client.ProfileProtection.insecureInClear()));
            assertThrows(IllegalStateException.class, () -> account.chats().create("after"));
        }
    }

    @Test
    void everythingWrongAboutASignInLooksAlike() {
        World.Person person = world.signUp();
        try (Nescio nescio = Nescio.connect(world.uri())) {
            char[] password = World.PASSWORD.toCharArray();
            SecondFactor right = person.nextFactor();
            assertInstanceOf(
                    SignInResult.Failed.class, nescio.signIn(person.address, "not this one".toCharArray(), right));
            assertInstanceOf(SignInResult.Failed.class, nescio.signIn("nobody@example.org", password, right));
            assertInstanceOf(
                    SignInResult.Failed.class,
                    nescio.signIn(person.address, password, SecondFactor.backupCode("0000-0000-0000-0000")));
            if (nescio.signIn(person.address, password, right) instanceof SignInResult.SignedIn(Account account)) {
                account.close();
            } else {
                throw new AssertionError("wrong tries use no code up");
            }
            assertInstanceOf(SignInResult.Failed.class, nescio.signIn(person.address, password, right));
        }
    }

    private static List<String> texts(Chat chat) {
        return chat.messages().stream().map(Message::text).toList();
    }

    private record Listening(CountDownLatch hinted, CompletableFuture<Void> revocation) implements HintListener {

        @Override
        public void changed() {
            hinted.countDown();
        }

        @Override
        public void revoked() {
            revocation.complete(null);
        }

        @Override
        public void disconnected() {
            revocation.completeExceptionally(new IOException("disconnected before the revocation came"));
        }
    }
}
