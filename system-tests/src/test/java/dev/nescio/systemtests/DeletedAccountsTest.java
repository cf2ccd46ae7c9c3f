package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.client.Account;
import dev.nescio.client.AccountDeletion;
import dev.nescio.client.ConfirmResult;
import dev.nescio.client.Hints;
import dev.nescio.client.Nescio;
import dev.nescio.client.NescioException;
import dev.nescio.client.PendingSignUp;
import dev.nescio.client.SecondFactor;
import dev.nescio.client.SignUpResult;
import dev.nescio.protocol.AccountId;
import dev.nescio.systemtests.World.Person;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Deleting an account (spec, section 10.15), with real clients.
class DeletedAccountsTest extends AccountsThatEnd {

    @Test
    void everyDeviceIsSignedOutAndNobodySignsIn() throws InterruptedException {
        CountDownLatch revoked = new CountDownLatch(1);
        try (Nescio laptop = Nescio.connect(world.uri());
                Nescio phone = Nescio.connect(world.uri())) {
            World.Joined joined = World.join(laptop);
            joined.account().chats().create("Plans").send("hello");
            try (Account onPhone = World.signIn(phone, joined.person());
                    Hints _ = onPhone.listen(new RevocationListener(revoked))) {
                World.assertReadsHello(onPhone);
                assertInstanceOf(AccountDeletion.Deleted.class, joined.account().delete());
                assertTrue(revoked.await(1, TimeUnit.MINUTES), "the other device is told to wipe what it holds");
                assertThrows(NescioException.SessionEnded.class, onPhone::checkSession);
                assertThrows(
                        NescioException.SessionEnded.class,
                        () -> onPhone.chats().list());
            }
            assertGone(joined.person());
        }
    }

    @Test
    void theAddressSignsUpAgainAndFindsNothing() {
        try (Nescio laptop = Nescio.connect(world.uri())) {
            World.Joined joined = World.join(laptop);
            joined.account().chats().create("Plans").send("hello");
            AccountId before = joined.account().id();
            assertInstanceOf(AccountDeletion.Deleted.class, joined.account().delete());
            SignUpResult.Started started = assertInstanceOf(
                    SignUpResult.Started.class, laptop.signUp(joined.person().address, World.PASSWORD.toCharArray()));
            try (PendingSignUp pending = started.pending()) {
                SecondFactor.Totp code = new SecondFactor.Totp(World.totp(pending.totpSecret()));
                try (Account again = assertInstanceOf(ConfirmResult.Confirmed.class, pending.confirm(code, false))
                        .account()) {
                    assertNotEquals(before, again.id());
                    assertEquals(List.of(), again.chats().list());
                }
            }
        }
    }

    /// H18: a deletion whose request or answer is lost has happened or not, and whoever asks again knows.
    @Test
    void h18AfterADroppedRequestOrAnswerAnAccountIsWholeOrGone() {
        for (boolean done : new boolean[] {false, true}) {
            try (Nescio laptop = World.connect(proxy)) {
                World.Joined joined = World.join(laptop);
                Account account = joined.account();
                account.chats().create("Plans").send("hello");
                AtomicInteger dropped = new AtomicInteger();
                proxy.drop(
                        request -> request.method().equals("DELETE")
                                && request.path().equals("/v1/account")
                                && dropped.getAndIncrement() == 0,
                        done);
                assertThrows(NescioException.Unreachable.class, account::delete);
                assertEquals(1, dropped.get());
                if (done) {
                    assertThrows(NescioException.SessionEnded.class, account::delete);
                } else {
                    World.assertReadsHello(account);
                    World.signIn(laptop, joined.person()).close();
                    assertInstanceOf(AccountDeletion.Deleted.class, account.delete());
                }
                assertGone(joined.person());
                account.close();
            }
        }
    }

    // ---- the command ------------------------------------------------------------------------------------------------

    @Test
    void theCommandDeletesWhenTheAddressIsTyped() {
        Path laptop = folder.resolve("laptop");
        Path phone = folder.resolve("phone");
        Person person = world.signUp();
        signIn(laptop, person);
        signIn(phone, person);
        for (String wrong : List.of("", "yes", "somebody.else@example.org")) {
            CommandRun refused = run(laptop, Exit.FAILED, List.of(before -> wrong), "account", "delete");
            assertTrue(refused.err().contains("Nothing was deleted"), refused.toString());
        }
        run(laptop, Exit.OK, List.of(), "whoami");
        String typed = " " + person.address.toUpperCase(java.util.Locale.ROOT).replace("EXAMPLE", "example");
        CommandRun deleted = run(laptop, Exit.OK, List.of(before -> typed), "account", "delete");
        assertTrue(deleted.out().contains("The account is deleted"), deleted.out());
        run(laptop, Exit.NOT_SIGNED_IN, List.of(), "whoami");
        assertGone(person);
        CommandRun ended = run(phone, Exit.NOT_SIGNED_IN, List.of(), "chat", "list", "--json");
        assertTrue(ended.out().contains("session-ended"), ended.out());
        CommandRun wiped = run(phone, Exit.NOT_SIGNED_IN, List.of(), "whoami", "--json");
        assertFalse(wiped.out().contains(person.address), wiped.out());
    }

    @Test
    void aProgramDeletesByTheAddressOnStandardInput() {
        Path home = folder.resolve("program");
        Person person = world.signUp();
        signIn(home, person);
        CommandRun refused = run(home, Exit.FAILED, List.of(before -> "yes"), "account", "delete", "--json");
        assertEquals("cancelled", refused.last().get("problem").asString());
        CommandRun deleted = run(home, Exit.OK, List.of(before -> person.address), "account", "delete", "--json");
        assertEquals("confirm", deleted.lines().getFirst().get("step").asString());
        assertEquals(person.address, deleted.lines().getFirst().get("address").asString());
        assertTrue(deleted.last().get("ok").asBoolean());
        assertGone(person);
    }
}
