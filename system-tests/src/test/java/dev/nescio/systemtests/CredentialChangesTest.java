package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.client.Account;
import dev.nescio.client.AuthenticatorChange;
import dev.nescio.client.AuthenticatorStart;
import dev.nescio.client.DeviceMemory;
import dev.nescio.client.Finding;
import dev.nescio.client.Nescio;
import dev.nescio.client.NescioException;
import dev.nescio.client.NewAuthenticator;
import dev.nescio.client.NewBackupCodes;
import dev.nescio.client.ProfileProtection;
import dev.nescio.client.SecondFactor;
import dev.nescio.client.SignInResult;
import dev.nescio.client.SlotChange;
import dev.nescio.keys.Address;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.Slots;
import dev.nescio.systemtests.World.Person;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Changes of password, authenticator and backup codes (spec, section 10.9), on an honest server and on hostile ones.
class CredentialChangesTest extends AgainstHostileServer {

    private static final String NEXT = "another horse, another battery";

    private static SignInResult signIn(Nescio nescio, Person person, String password) {
        return nescio.signIn(person.address, password.toCharArray(), person.nextFactor());
    }

    private static World.Joined joinedWithAChat(Nescio nescio) {
        World.Joined joined = World.join(nescio);
        joined.account().chats().create("Plans").send("hello");
        return joined;
    }

    private static void change(Account account, boolean endOthers) {
        assertInstanceOf(SlotChange.Changed.class, account.changePassword(NEXT.toCharArray(), endOthers));
    }

    /// On a device that has never been used: exactly one of the two opens the account, and reads everything.
    ///
    /// @return the one that does
    private static String theOneThatOpens(Person person) {
        List<String> open = new ArrayList<>();
        for (String password : List.of(World.PASSWORD, NEXT)) {
            try (Nescio fresh = Nescio.connect(world.uri())) {
                if (signIn(fresh, person, password) instanceof SignInResult.SignedIn(Account account)) {
                    World.assertReadsHello(account);
                    account.close();
                    open.add(password);
                }
            }
        }
        assertEquals(1, open.size(), "passwords that open the account");
        return open.getFirst();
    }

    @Test
    void aNewPasswordReadsEverythingAndTheOldOneNothing() {
        try (Nescio laptop = Nescio.connect(world.uri());
                Nescio phone = Nescio.connect(world.uri())) {
            World.Joined joined = joinedWithAChat(laptop);
            try (Account account = joined.account();
                    Account onPhone = World.signIn(phone, joined.person())) {
                change(account, false);
                assertEquals(NEXT, theOneThatOpens(joined.person()));
                onPhone.checkSession();
                World.assertReadsHello(onPhone);
                assertTrue(account.prove(NEXT.toCharArray(), joined.person().nextFactor()));
                assertInstanceOf(SlotChange.Changed.class, account.changePassword(World.PASSWORD.toCharArray(), true));
                assertThrows(NescioException.SessionEnded.class, onPhone::checkSession);
                assertEquals(World.PASSWORD, theOneThatOpens(joined.person()));
                World.assertReadsHello(account);
                assertThrows(IllegalArgumentException.class, () -> account.changePassword("short".toCharArray(), true));
            }
        }
    }

    /// Two devices change something of the slots at once: one of them seals its change anew.
    @Test
    void aChangeThatMeetsAnotherOneIsMadeAgain() {
        try (Nescio laptop = World.connect(proxy);
                Nescio phone = Nescio.connect(world.uri())) {
            World.Joined joined = joinedWithAChat(laptop);
            try (Account account = joined.account();
                    Account onPhone = World.signIn(phone, joined.person());
                    var key = onPhone.newRecoveryKey()) {
                AtomicInteger times = new AtomicInteger();
                proxy.takeOver((request, exchange) -> {
                    if (request.path().equals("/v1/slots/password") && times.getAndIncrement() == 0) {
                        assertInstanceOf(SlotChange.Changed.class, key.use());
                        // The other change has taken away what was proven here before.
                        assertTrue(account.prove(
                                World.PASSWORD.toCharArray(), joined.person().nextFactor()));
                    }
                    return false;
                });
                change(account, false);
                assertEquals(2, times.get());
                assertEquals(NEXT, theOneThatOpens(joined.person()));
                assertInstanceOf(SignInResult.SignedIn.class, laptop.signInWithRecoveryKey(key.text(), false));
            }
        }
    }

    @Test
    void aNewAuthenticatorTakesThePlaceOfTheOldOne() {
        try (Nescio laptop = Nescio.connect(world.uri());
                Nescio phone = Nescio.connect(world.uri())) {
            World.Joined joined = joinedWithAChat(laptop);
            try (Account account = joined.account()) {
                NewAuthenticator cancelled = started(account);
                cancelled.cancel();
                assertInstanceOf(
                        AuthenticatorChange.Gone.class, cancelled.confirm(code(cancelled)), "nothing of it is left");
                NewAuthenticator next = started(account);
                assertTrue(next.otpauthUri().contains(next.totpSecret()));
                AuthenticatorChange.WrongCode wrong =
                        assertInstanceOf(AuthenticatorChange.WrongCode.class, next.confirm(wrongCode(next)));
                assertEquals(4, wrong.triesLeft());
                assertInstanceOf(AuthenticatorChange.Changed.class, next.confirm(code(next)));
                assertInstanceOf(AuthenticatorChange.Changed.class, next.confirm(code(next)), "asked again");
                assertInstanceOf(
                        SignInResult.Failed.class,
                        phone.signIn(joined.person().address, World.PASSWORD.toCharArray(), code(next)),
                        "used by confirming");
                assertEquals(World.PASSWORD, theOneThatOpens(joined.person()), "backup codes stay");
            }
        }
    }

    private static NewAuthenticator started(Account account) {
        return assertInstanceOf(AuthenticatorStart.Started.class, account.newAuthenticator())
                .authenticator();
    }

    private static SecondFactor.Totp code(NewAuthenticator authenticator) {
        return new SecondFactor.Totp(World.totp(authenticator.totpSecret()));
    }

    private static SecondFactor.Totp wrongCode(NewAuthenticator authenticator) {
        // Far from the three that are accepted, but for one time in 300 000.
        int right = Integer.parseInt(World.totp(authenticator.totpSecret()));
        return new SecondFactor.Totp(String.format(java.util.Locale.ROOT, "%06d", (right + 500_000) % 1_000_000));
    }

    @Test
    void newBackupCodesTakeThePlaceOfTheOldOnes() {
        try (Nescio laptop = Nescio.connect(world.uri());
                Nescio phone = Nescio.connect(world.uri())) {
            World.Joined joined = joinedWithAChat(laptop);
            try (Account account = joined.account()) {
                NewBackupCodes next = account.newBackupCodes();
                assertEquals(10, next.codes().size());
                assertInstanceOf(SlotChange.Changed.class, next.use());
                assertInstanceOf(
                        SignInResult.Failed.class,
                        signIn(phone, joined.person(), World.PASSWORD),
                        "an old code opens nothing");
                SignInResult result = phone.signIn(
                        joined.person().address,
                        World.PASSWORD.toCharArray(),
                        SecondFactor.backupCode(next.codes().getFirst()));
                try (Account onPhone =
                        assertInstanceOf(SignInResult.SignedIn.class, result).account()) {
                    World.assertReadsHello(onPhone);
                }
            }
        }
    }

    // ---- H1 --------------------------------------------------------------------------------------------------------

    /// The new slot costs what this device has pinned, though the server would take less; a server that later asks for
    /// less than the new slot's is refused.
    @Test
    void h1ANewPasswordIsNeverCheaperThanWhatIsPinned() {
        Argon2Parameters dear = new Argon2Parameters(65537, 4, 1);
        DeviceMemory memory = DeviceMemory.inMemory();
        try (Nescio nescio = Nescio.connect(proxy.uri(), memory)) {
            World.Joined joined = joinedWithAChat(nescio);
            try (Account account = joined.account()) {
                memory.pin(
                        proxy.uri().toString(),
                        Address.parse(joined.person().address).hashed(),
                        dear);
                assertDoesNotThrow(() -> change(account, false));
                Slots.Password sent = sentPassword();
                assertEquals(
                        dear,
                        new Argon2Parameters(
                                sent.slot().memoryKiB(),
                                sent.slot().passes(),
                                sent.slot().lanes()));
            }
            assertInstanceOf(SignInResult.SignedIn.class, signIn(nescio, joined.person(), NEXT));
        }
    }

    /// A device that has pinned nothing goes by the directory, and pins what it has put in place.
    @Test
    void h1ANewPasswordIsPinned() {
        Argon2Parameters dear = new Argon2Parameters(65537, 4, 1);
        DeviceMemory first = DeviceMemory.inMemory();
        DeviceMemory memory = DeviceMemory.inMemory();
        try (Nescio laptop = Nescio.connect(proxy.uri(), first)) {
            World.Joined joined = joinedWithAChat(laptop);
            byte[] saved;
            try (Account account = joined.account()) {
                first.pin(
                        proxy.uri().toString(),
                        Address.parse(joined.person().address).hashed(),
                        dear);
                change(account, false);
                saved = account.save(ProfileProtection.insecureInClear());
            }
            try (Nescio phone = Nescio.connect(proxy.uri(), memory);
                    Account resumed = phone.resume(saved, ProfileProtection.insecureInClear())) {
                change(resumed, false);
                for (String lowered : List.of("memoryKiB:65536", "passes:3")) {
                    String[] parts = lowered.split(":", 2);
                    proxy.mutate("/v1/signin/lookup", answer -> {
                        ((ObjectNode) answer).put(parts[0], Integer.parseInt(parts[1]));
                        return answer;
                    });
                    proxy.takeSeen();
                    NescioException.Distrust refused =
                            assertThrows(NescioException.Distrust.class, () -> signIn(phone, joined.person(), NEXT));
                    assertEquals(Finding.PASSWORD_HASH_REFUSED, refused.finding());
                    assertEquals(1, proxy.takeSeen().size(), "nothing was sent after the lookup");
                }
            }
        }
    }

    /// A device that has pinned nothing proves the password by what the directory says of it, whatever the server looks
    /// up, and has pinned it then.
    @Test
    void h1AFreshProofGoesByTheDirectory() {
        Argon2Parameters dear = new Argon2Parameters(65537, 4, 1);
        DeviceMemory first = DeviceMemory.inMemory();
        try (Nescio laptop = Nescio.connect(proxy.uri(), first)) {
            World.Joined joined = joinedWithAChat(laptop);
            byte[] saved;
            try (Account account = joined.account()) {
                first.pin(
                        proxy.uri().toString(),
                        Address.parse(joined.person().address).hashed(),
                        dear);
                change(account, false);
                saved = account.save(ProfileProtection.insecureInClear());
            }
            try (Nescio phone = World.connect(proxy);
                    Account resumed = phone.resume(saved, ProfileProtection.insecureInClear())) {
                proxy.mutate("/v1/signin/lookup", answer -> {
                    ((ObjectNode) answer).put("memoryKiB", 65536).put("passes", 3);
                    return answer;
                });
                assertFalse(resumed.prove(
                        World.PASSWORD.toCharArray(), joined.person().nextFactor()));
                assertTrue(resumed.prove(NEXT.toCharArray(), joined.person().nextFactor()));
                assertThrows(NescioException.Distrust.class, () -> signIn(phone, joined.person(), NEXT));
            }
        }
    }

    private static Slots.Password sentPassword() {
        return proxy.takeSeen().stream()
                .filter(request -> request.path().equals("/v1/slots/password"))
                .map(request -> Json.STRICT.readValue(request.body(), Slots.Password.class))
                .toList()
                .getLast();
    }

    @Test
    void aNewSlotSharesNothingWithTheOldOne() {
        try (Nescio nescio = World.connect(proxy)) {
            World.Joined joined = joinedWithAChat(nescio);
            try (Account account = joined.account()) {
                change(account, false);
                Slots.Password first = sentPassword();
                change(account, false);
                Slots.Password second = sentPassword();
                assertNotEquals(first.slot().id(), second.slot().id());
                assertNotEquals(first.slot().salt(), second.slot().salt());
                assertNotEquals(first.slot().lookupHash(), second.slot().lookupHash());
                assertNotEquals(first.slot().wrappedMasterKey(), second.slot().wrappedMasterKey());
            }
        }
    }

    // ---- H17 -------------------------------------------------------------------------------------------------------

    /// The server brings the old password back for a device that saw the new directory: the whole answer of before, or
    /// only the slot.
    @Test
    void h17AnOldPasswordIsNotRevivedForADeviceThatSawTheNewDirectory() {
        List<JsonNode> before = new ArrayList<>();
        try (Nescio nescio = World.connect(proxy)) {
            World.Joined joined = joinedWithAChat(nescio);
            proxy.mutate((request, answer) -> {
                if (request.path().equals("/v1/signin") || request.path().equals("/v1/signin/lookup")) {
                    before.add(answer.deepCopy());
                }
                return answer;
            });
            World.signIn(nescio, joined.person()).close();
            proxy.behave();
            try (Account account = joined.account()) {
                change(account, true);
            }
            assertEquals(2, before.size());
            assertEquals(Finding.ROLLBACK, signInTo(nescio, joined.person(), before.get(0), before.get(1)));

            JsonNode now = answerNow(joined.person());
            JsonNode revived = now.deepCopy();
            ((ObjectNode) revived).set("slots", before.get(1).get("slots"));
            ((ObjectNode) revived).set("slot", before.get(1).get("slot"));
            assertEquals(Finding.SLOTS_CHANGED, signInTo(nescio, joined.person(), before.get(0), revived));

            // Beside the new one, so that both would open the account.
            JsonNode both = now.deepCopy();
            ((tools.jackson.databind.node.ArrayNode) both.get("slots"))
                    .add(before.get(1).get("slots").get(0));
            ((ObjectNode) both).set("slot", before.get(1).get("slot"));
            assertEquals(Finding.SLOTS_CHANGED, signInTo(nescio, joined.person(), before.get(0), both));
        }
    }

    /// The server says yes and keeps the old password.
    @Test
    void h17AServerThatOnlySaysThatItChangedThePasswordIsNoticed() {
        try (Nescio nescio = World.connect(proxy)) {
            World.Joined joined = joinedWithAChat(nescio);
            proxy.takeOver((request, exchange) -> {
                if (!request.path().equals("/v1/slots/password")) {
                    return false;
                }
                exchange.sendResponseHeaders(204, -1);
                return true;
            });
            byte[] saved;
            try (Account account = joined.account()) {
                change(account, true);
                saved = account.save(ProfileProtection.insecureInClear());
            }
            NescioException.Distrust resumed = assertThrows(
                    NescioException.Distrust.class, () -> nescio.resume(saved, ProfileProtection.insecureInClear()));
            assertEquals(Finding.ROLLBACK, resumed.finding());
            NescioException.Distrust signedIn =
                    assertThrows(NescioException.Distrust.class, () -> signIn(nescio, joined.person(), World.PASSWORD));
            assertEquals(Finding.ROLLBACK, signedIn.finding());
        }
    }

    /// What a device that has never been used is given now.
    private static JsonNode answerNow(Person person) {
        List<JsonNode> answers = new ArrayList<>();
        proxy.mutate("/v1/signin", answer -> {
            answers.add(answer.deepCopy());
            return answer;
        });
        try (Nescio fresh = World.connect(proxy)) {
            assertInstanceOf(SignInResult.SignedIn.class, signIn(fresh, person, NEXT))
                    .account()
                    .close();
        } finally {
            proxy.behave();
        }
        return answers.getLast();
    }

    /// Types the old password, to a server that answers with this.
    private static Finding signInTo(Nescio nescio, Person person, JsonNode lookup, JsonNode session) {
        Json.LENIENT.treeToValue(session, SignIn.SessionOpened.class);
        proxy.takeOver((request, exchange) -> {
            byte[] body = Json.LENIENT.writeValueAsBytes(request.path().endsWith("/lookup") ? lookup : session);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            return true;
        });
        try {
            return assertThrows(
                            NescioException.Distrust.class,
                            () -> nescio.signIn(
                                    person.address, World.PASSWORD.toCharArray(), SecondFactor.totp("000000")))
                    .finding();
        } finally {
            proxy.behave();
        }
    }

    // ---- H18 -------------------------------------------------------------------------------------------------------

    /// The server, or the network, drops each request of a change of the password, before it is done or after, once or
    /// each time.
    @Test
    void h18AfterADroppedRequestOrAnswerExactlyOnePasswordOpensTheAccount() {
        for (String path : List.of("/v1/account", "/v1/slots/password")) {
            for (boolean done : new boolean[] {false, true}) {
                for (boolean always : new boolean[] {false, true}) {
                    dropped(path, done, always);
                }
            }
        }
    }

    private static void dropped(String path, boolean done, boolean always) {
        try (Nescio nescio = World.connect(proxy)) {
            World.Joined joined = joinedWithAChat(nescio);
            AtomicInteger dropped = new AtomicInteger();
            proxy.drop(request -> request.path().equals(path) && (dropped.getAndIncrement() == 0 || always), done);
            boolean told;
            try (Account account = joined.account()) {
                try {
                    change(account, true);
                    told = true;
                } catch (NescioException.Unreachable e) {
                    told = false;
                }
                proxy.behave();
                assertTrue(dropped.get() > 0, path);
                String opens = theOneThatOpens(joined.person());
                if (told) {
                    assertEquals(NEXT, opens, "what the person was told is so");
                }
                if (path.equals("/v1/slots/password")) {
                    assertEquals(done || !always ? NEXT : World.PASSWORD, opens);
                }
                // Whoever was not told tries again, with the session that is still there.
                change(account, true);
                World.assertReadsHello(account);
                assertEquals(NEXT, theOneThatOpens(joined.person()));
            }
        }
    }
}
