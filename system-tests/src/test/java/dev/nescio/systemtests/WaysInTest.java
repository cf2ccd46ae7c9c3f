package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.client.Account;
import dev.nescio.client.DeviceMemory;
import dev.nescio.client.Finding;
import dev.nescio.client.HintListener;
import dev.nescio.client.Hints;
import dev.nescio.client.Nescio;
import dev.nescio.client.NescioException;
import dev.nescio.client.NewRecoveryKey;
import dev.nescio.client.ProfileProtection;
import dev.nescio.client.SignInResult;
import dev.nescio.client.SlotChange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every way to sign in opens the same account on a second device, and reads the same chat there.
class WaysInTest {

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

    private static Account signedIn(SignInResult result) {
        return assertInstanceOf(SignInResult.SignedIn.class, result).account();
    }

    @Test
    void passwordAndCodeOrTheRecoveryKeyAlone() {
        try (Nescio laptop = Nescio.connect(world.uri());
                Nescio phone = Nescio.connect(world.uri());
                Nescio borrowed = Nescio.connect(world.uri())) {
            World.Joined joined = World.join(laptop);
            try (Account onLaptop = joined.account()) {
                onLaptop.chats().create("Plans").send("hello");
                assertTrue(onLaptop.hasRecoveryKey());
            }
            try (Account byPassword = World.signIn(phone, joined.person())) {
                World.assertReadsHello(byPassword);
            }
            try (Account recovered = signedIn(borrowed.signInWithRecoveryKey(joined.person().recoveryKey, false))) {
                assertEquals(joined.person().address, recovered.address());
                World.assertReadsHello(recovered);
            }
        }
    }

    @Test
    void aNewRecoveryKeyWorksAndTheOldOneNoLonger() {
        try (Nescio laptop = Nescio.connect(world.uri());
                Nescio phone = Nescio.connect(world.uri())) {
            World.Joined joined = World.join(laptop);
            try (Account account = joined.account();
                    NewRecoveryKey next = account.newRecoveryKey()) {
                account.chats().create("Plans").send("hello");
                assertInstanceOf(
                        SignInResult.SignedIn.class,
                        phone.signInWithRecoveryKey(joined.person().recoveryKey, false),
                        "the old one works until the new one is used");
                assertInstanceOf(SlotChange.Changed.class, next.use());
                assertInstanceOf(SlotChange.Changed.class, next.use(), "whoever asks again changes nothing");
                assertInstanceOf(
                        SignInResult.Failed.class, phone.signInWithRecoveryKey(joined.person().recoveryKey, false));
                try (Account recovered = signedIn(phone.signInWithRecoveryKey(next.text(), false))) {
                    World.assertReadsHello(recovered);
                }
                assertFalse(account.prove(World.PASSWORD.toCharArray(), World.wrongFactor()));
                assertTrue(account.prove(
                        World.PASSWORD.toCharArray(), joined.person().nextFactor()));
                assertTrue(account.proveWithRecoveryKey(next.text()));
                assertFalse(account.proveWithRecoveryKey(joined.person().recoveryKey));
            }
        }
    }

    /// H18: the server, or the network, drops each request that puts a recovery key in place, before it is done or
    /// after.
    @Test
    void h18AfterADroppedRequestOrAnswerARecoveryKeyIsUsedAgain() throws IOException {
        for (boolean done : new boolean[] {false, true}) {
            try (HostileProxy proxy = new HostileProxy(world.uri());
                    Nescio laptop = World.connect(proxy);
                    Nescio phone = World.connect(proxy)) {
                World.Joined joined = World.join(laptop);
                String old = joined.person().recoveryKey;
                try (Account account = joined.account();
                        NewRecoveryKey next = account.newRecoveryKey()) {
                    proxy.drop(request -> request.path().equals("/v1/slots/recovery"), done);
                    assertThrows(NescioException.Unreachable.class, next::use);
                    proxy.behave();
                    signedIn(phone.signInWithRecoveryKey(done ? next.text() : old, false))
                            .close();
                    assertInstanceOf(
                            SignInResult.Failed.class, phone.signInWithRecoveryKey(done ? old : next.text(), false));
                    assertInstanceOf(SlotChange.Changed.class, next.use());
                    signedIn(phone.signInWithRecoveryKey(next.text(), false)).close();
                    assertInstanceOf(SignInResult.Failed.class, phone.signInWithRecoveryKey(old, false));
                }
            }
        }
    }

    @Test
    void otherDevicesNotice() throws InterruptedException {
        CountDownLatch noticed = new CountDownLatch(1);
        try (Nescio laptop = Nescio.connect(world.uri());
                Nescio phone = Nescio.connect(world.uri())) {
            World.Joined joined = World.join(laptop);
            try (Account onLaptop = joined.account();
                    Account onPhone = World.signIn(phone, joined.person());
                    Hints _ = onPhone.listen(new AccountListener(noticed));
                    NewRecoveryKey next = onLaptop.newRecoveryKey()) {
                next.use();
                assertTrue(noticed.await(1, TimeUnit.MINUTES), "the other device was hinted");
                assertTrue(onPhone.hasRecoveryKey());
            }
        }
    }

    /// H8, H17: the server brings the directory back in which the old recovery key was listed.
    @Test
    void h17AnOldRecoveryKeyIsNotRevivedForADeviceThatSawTheNewOne() throws IOException {
        DeviceMemory memory = DeviceMemory.inMemory();
        try (HostileProxy proxy = new HostileProxy(world.uri());
                Nescio nescio = Nescio.connect(proxy.uri(), memory)) {
            World.Joined joined = World.join(nescio);
            List<tools.jackson.databind.JsonNode> before = new java.util.ArrayList<>();
            proxy.mutate("/v1/account", answer -> {
                before.add(answer.deepCopy());
                return answer;
            });
            byte[] saved;
            try (Account account = joined.account();
                    NewRecoveryKey next = account.newRecoveryKey()) {
                assertInstanceOf(SlotChange.Changed.class, next.use());
                saved = account.save(ProfileProtection.insecureInClear());
            }
            proxy.mutate("/v1/account", answer -> before.getFirst());
            NescioException.Distrust distrust = org.junit.jupiter.api.Assertions.assertThrows(
                    NescioException.Distrust.class, () -> nescio.resume(saved, ProfileProtection.insecureInClear()));
            assertEquals(Finding.ROLLBACK, distrust.finding());
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
}
