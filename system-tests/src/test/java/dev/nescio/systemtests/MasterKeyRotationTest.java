package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import dev.nescio.client.Account;
import dev.nescio.client.Chat;
import dev.nescio.client.ChatEntry;
import dev.nescio.client.ChatReading;
import dev.nescio.client.DeviceMemory;
import dev.nescio.client.Finding;
import dev.nescio.client.MasterKeyRotation;
import dev.nescio.client.Message;
import dev.nescio.client.Nescio;
import dev.nescio.client.NescioException;
import dev.nescio.client.NewMasterKey;
import dev.nescio.client.ProfileProtection;
import dev.nescio.client.SessionEntry;
import dev.nescio.client.SessionReading;
import dev.nescio.client.SignInResult;
import dev.nescio.keys.Address;
import dev.nescio.keys.Manifest;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.Limits;
import dev.nescio.protocol.Problem;
import dev.nescio.protocol.Sync;
import dev.nescio.sealing.RejectedException;
import dev.nescio.systemtests.World.Person;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Rotation of the master key (spec, section 10.13), on an honest server and on hostile ones.
class MasterKeyRotationTest extends AgainstHostileServer {

    private static World.Joined joinedWithAChat(Nescio nescio) {
        World.Joined joined = World.join(nescio);
        joined.account().chats().create("Plans").send("hello");
        return joined;
    }

    private static NewMasterKey keepingThePassword(Account account, Person person) {
        NewMasterKey next = account.newMasterKey();
        assertTrue(next.keepPassword(World.PASSWORD.toCharArray(), person.nextFactor()));
        return next;
    }

    private static MasterKeyRotation.Rotated rotated(NewMasterKey next) {
        return assertInstanceOf(MasterKeyRotation.Rotated.class, next.use());
    }

    private static Account rotate(Account account, Person person) {
        try (NewMasterKey next = keepingThePassword(account, person)) {
            return rotated(next).account();
        }
    }

    private static byte[] inClear(Account account) {
        return account.save(ProfileProtection.insecureInClear());
    }

    private static List<String> texts(Chat chat) {
        return chat.messages().stream().map(Message::text).toList();
    }

    private static Chat titled(Account account, String title) {
        return account.chats().list().stream()
                .map(entry -> assertInstanceOf(ChatEntry.Opened.class, entry).chat())
                .filter(chat -> chat.title().equals(title))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void everythingStaysReadableAndCanBeGoneOnWith() {
        List<String> many = new ArrayList<>();
        try (Nescio laptop = Nescio.connect(world.uri());
                Nescio phone = Nescio.connect(world.uri())) {
            World.Joined joined = joinedWithAChat(laptop);
            Chat large = joined.account().chats().create("More than a page of the manifest");
            for (int i = 0; i < 70; i++) {
                many.add("message " + i);
                large.send("message " + i);
            }
            joined.account().chats().create("Empty");
            try (Account once = rotate(joined.account(), joined.person())) {
                assertEquals(many, texts(titled(once, "More than a page of the manifest")));
                titled(once, "Empty").send("not any more");
                titled(once, "Plans").send("after the first");
                once.chats().create("New").send("in a chat that knows one key");
                try (Account twice = rotate(once, joined.person());
                        Account onPhone = World.signIn(phone, joined.person())) {
                    titled(onPhone, "Plans").send("after the second");
                    for (Account each : List.of(twice, onPhone)) {
                        assertEquals(4, each.chats().list().size());
                        assertEquals(many, texts(titled(each, "More than a page of the manifest")));
                        assertEquals(List.of("not any more"), texts(titled(each, "Empty")));
                        assertEquals(
                                List.of("hello", "after the first", "after the second"), texts(titled(each, "Plans")));
                        assertEquals(List.of("in a chat that knows one key"), texts(titled(each, "New")));
                        assertEquals(joined.person().address, each.address());
                    }
                }
            }
        }
    }

    @Test
    void onlyWhatWasKeptOpensTheAccountAfterwards() {
        try (Nescio laptop = Nescio.connect(world.uri());
                Nescio phone = Nescio.connect(world.uri())) {
            World.Joined joined = joinedWithAChat(laptop);
            Account onPhone = World.signIn(phone, joined.person());
            try (NewMasterKey next = keepingThePassword(joined.account(), joined.person())) {
                String recoveryKey = next.recoveryKey();
                MasterKeyRotation.Rotated outcome = rotated(next);
                assertEquals(List.of(), outcome.dropped());
                try (Account account = outcome.account()) {
                    assertThrows(NescioException.SessionEnded.class, onPhone::checkSession);
                    assertInstanceOf(
                            SignInResult.Failed.class, phone.signInWithRecoveryKey(joined.person().recoveryKey, false));
                    try (Account recovered = assertInstanceOf(
                                    SignInResult.SignedIn.class, phone.signInWithRecoveryKey(recoveryKey, false))
                            .account()) {
                        World.assertReadsHello(recovered);
                    }
                    account.checkSession();
                    SessionReading.Complete sessions =
                            assertInstanceOf(SessionReading.Complete.class, account.sessions());
                    assertTrue(sessions.entries().stream().allMatch(SessionEntry.Known.class::isInstance));
                    assertEquals(2, sessions.entries().size(), "this one, and the one that the recovery key opened");
                    assertThrows(
                            IllegalStateException.class,
                            () -> joined.account().chats().list());
                }
            }
        }
    }

    @Test
    void aWrongPasswordIsNotKept() {
        try (Nescio nescio = Nescio.connect(world.uri())) {
            World.Joined joined = joinedWithAChat(nescio);
            try (Account account = joined.account();
                    NewMasterKey next = account.newMasterKey()) {
                assertEquals(
                        false,
                        next.keepPassword(
                                "wrong horse battery".toCharArray(),
                                joined.person().nextFactor()));
                assertThrows(IllegalStateException.class, next::use);
                World.assertReadsHello(account);
            }
        }
    }

    /// Another device writes while the containers are being prepared, between preparing and completing,
    /// and then the list changes.
    @Test
    void whatChangesMeanwhileIsRotatedAsWell() {
        try (Nescio laptop = World.connect(proxy);
                Nescio phone = Nescio.connect(world.uri())) {
            World.Joined joined = joinedWithAChat(laptop);
            try (Account onPhone = World.signIn(phone, joined.person())) {
                Chat chat = World.onlyChat(onPhone);
                AtomicInteger times = new AtomicInteger();
                proxy.takeOver((request, exchange) -> {
                    if (request.path().matches("/v1/rotations/[0-9a-f]{32}")) {
                        switch (times.incrementAndGet()) {
                            case 1 -> chat.send("written meanwhile");
                            case 2 -> onPhone.chats().create("Made meanwhile");
                            default -> {
                                // Nobody else writes now.
                            }
                        }
                    }
                    return false;
                });
                try (Account account = rotate(joined.account(), joined.person())) {
                    assertEquals(3, times.get());
                    assertEquals(List.of("hello", "written meanwhile"), texts(titled(account, "Plans")));
                    assertEquals(List.of(), texts(titled(account, "Made meanwhile")));
                }
            }
        }
    }

    /// Neither learns at first what became of it.
    @Test
    void twoDevicesRotateBesideEachOther() {
        try (Nescio laptop = World.connect(proxy);
                Nescio phone = World.connect(proxy)) {
            World.Joined joined = joinedWithAChat(laptop);
            try (Account onPhone = World.signIn(phone, joined.person());
                    NewMasterKey first = keepingThePassword(joined.account(), joined.person());
                    NewMasterKey second = keepingThePassword(onPhone, joined.person())) {
                proxy.drop(request -> request.path().matches("/v1/rotations/[0-9a-f]{32}"), false);
                assertThrows(NescioException.Unreachable.class, first::use);
                assertThrows(NescioException.Unreachable.class, second::use);
                proxy.behave();
                proxy.takeSeen();
                try (Account rotated = rotated(first).account();
                        Nescio fresh = Nescio.connect(world.uri());
                        Account anew = World.signIn(fresh, joined.person())) {
                    World.assertReadsHello(rotated);
                    World.assertReadsHello(anew);
                    assertTrue(
                            proxy.takeSeen().stream()
                                    .noneMatch(seen -> seen.path().endsWith("/containers")
                                            && seen.method().equals("PUT")),
                            "the other one has replaced nothing");
                }
                assertThrows(NescioException.SessionEnded.class, second::use);
            }
        }
    }

    /// A device that is cut off by the rotation cannot write under the old keys any more, not even into
    /// a domain that had nothing.
    @Test
    void nothingIsWrittenUnderTheOldKeysAfterwards() throws Exception {
        try (Nescio laptop = Nescio.connect(world.uri());
                Nescio phone = World.connect(proxy)) {
            World.Joined joined = World.join(laptop);
            Account onPhone = World.signIn(phone, joined.person());
            List<HostileProxy.Seen> late = new ArrayList<>();
            proxy.drop(
                    request -> {
                        boolean creates = request.method().equals("POST")
                                && request.path().equals("/v1/domains/chats/containers");
                        if (creates) {
                            late.add(request);
                        }
                        return creates;
                    },
                    false);
            assertThrows(
                    NescioException.Unreachable.class, () -> onPhone.chats().create("Too late"));
            try (Account account = rotate(joined.account(), joined.person())) {
                try (OtherClient raw = new OtherClient(world.uri(), inClear(account))) {
                    // As if it had been on its way all the time, from a session that nobody has ended.
                    assertEquals(
                            409,
                            raw.post(late.getFirst().path(), late.getFirst().body()));
                }
                assertEquals(List.of(), account.chats().list());
                account.chats().create("In time");
                assertEquals(1, account.chats().list().size());
            }
        }
    }

    @Test
    void aChatThatDoesNotOpenKeepsTheKeysAsTheyAre() {
        try (Nescio nescio = World.connect(proxy)) {
            World.Joined joined = joinedWithAChat(nescio);
            joined.account().chats().create("Other").send("hello there");
            Person person = joined.person();
            try (Account account = joined.account();
                    NewMasterKey next = keepingThePassword(account, person)) {
                Chat damaged = titled(account, "Plans");
                proxy.mutate("/v1/containers/" + damaged.id().hex(), answer -> {
                    ObjectNode item = (ObjectNode) answer.at("/items/0");
                    String sealed = item.get("sealed").asString();
                    item.put("sealed", sealed.substring(0, sealed.length() - 2) + "AA");
                    return answer;
                });
                assertEquals(new MasterKeyRotation.Unreadable(List.of(damaged.id()), List.of()), next.use());
                proxy.behave();
                assertEquals(List.of("hello"), texts(titled(account, "Plans")));
                try (Account rotated = rotated(next).account()) {
                    assertEquals(List.of("hello there"), texts(titled(rotated, "Other")));
                }
            }
        }
    }

    // ---- H8, H17 ---------------------------------------------------------------------------------------------------

    /// Whoever has the old keys, such as a thief, and the server work together: they put back the
    /// account as it was.
    @Test
    void h8TheStateBeforeIsNoticedByADeviceThatRotated() {
        List<JsonNode> before = new ArrayList<>();
        DeviceMemory memory = DeviceMemory.inMemory();
        try (Nescio nescio = Nescio.connect(proxy.uri(), memory)) {
            World.Joined joined = joinedWithAChat(nescio);
            proxy.mutate((request, answer) -> {
                if (request.path().equals("/v1/signin")) {
                    before.add(answer.deepCopy());
                }
                return answer;
            });
            World.signIn(nescio, joined.person()).close();
            proxy.behave();
            rotate(joined.account(), joined.person()).close();
            proxy.mutate("/v1/signin", answer -> answer.has("slots") ? before.getFirst() : answer);
            NescioException.Distrust noticed =
                    assertThrows(NescioException.Distrust.class, () -> World.signIn(nescio, joined.person()));
            assertEquals(Finding.ROLLBACK, noticed.finding());
        }
    }

    /// The same two write into a chat: a message under the old key of the chat, with a manifest that
    /// counts it.
    @Test
    void h4AManifestUnderAnEarlierKeyOfTheChatIsRejected() throws Exception {
        try (Nescio nescio = World.connect(proxy)) {
            World.Joined joined = joinedWithAChat(nescio);
            List<Sync.Container> before = new ArrayList<>();
            proxy.mutate("/v1/containers/", answer -> {
                before.add(Json.LENIENT.treeToValue(answer.get("container"), Sync.Container.class));
                return answer;
            });
            World.assertReadsHello(joined.account());
            proxy.behave();
            try (OtherClient thief = new OtherClient(world.uri(), inClear(joined.account()));
                    Account account = rotate(joined.account(), joined.person())) {
                proxy.mutate("/v1/containers/", answer -> {
                    ObjectNode container = (ObjectNode) answer.get("container");
                    long counter = container.at("/manifest/counter").asLong() + 1;
                    container.set("manifest", Json.LENIENT.valueToTree(forged(thief, before.getFirst(), counter)));
                    return answer;
                });
                ChatReading.Tampered reading = assertInstanceOf(
                        ChatReading.Tampered.class, World.onlyChat(account).read());
                assertEquals(Finding.REJECTED, reading.finding());
            }
        }
    }

    private static Counted forged(OtherClient thief, Sync.Container chat, long counter) {
        Bytes hash = Bytes.copyOf(new byte[32]);
        try {
            return thief.seal(chat, new Manifest(counter, 0, hash, hash, 1, hash));
        } catch (RejectedException e) {
            throw new AssertionError(e);
        }
    }

    // ---- H18 -------------------------------------------------------------------------------------------------------

    /// The server, or the network, drops each request of a rotation, before it is done or after, once or
    /// each time: the account can be signed in to and read, and the rotation gone on with.
    @Test
    void h18AfterADroppedRequestOrAnswerTheAccountReadsAsBefore() {
        for (String path : List.of(
                "/v1/account",
                "/v1/domains/.*",
                "/v1/containers/.*",
                "/v1/sessions",
                "/v1/rotations/[0-9a-f]*/containers",
                "/v1/rotations/[0-9a-f]*")) {
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
            Person person = joined.person();
            try (NewMasterKey next = keepingThePassword(joined.account(), person)) {
                AtomicInteger dropped = new AtomicInteger();
                proxy.drop(request -> request.path().matches(path) && (dropped.getAndIncrement() == 0 || always), done);
                MasterKeyRotation outcome = null;
                try {
                    outcome = next.use();
                } catch (NescioException.Unreachable e) {
                    assertTrue(always, "one lost answer is got over");
                }
                proxy.behave();
                assertTrue(dropped.get() > 0, path);
                try (Nescio fresh = Nescio.connect(world.uri());
                        Account anew = World.signIn(fresh, person)) {
                    World.assertReadsHello(anew);
                }
                // Whoever was not told tries again.
                MasterKeyRotation told = outcome == null ? next.use() : outcome;
                try (Account account = assertInstanceOf(MasterKeyRotation.Rotated.class, told)
                                .account();
                        Nescio fresh = Nescio.connect(world.uri());
                        Account anew = World.signIn(fresh, person)) {
                    World.assertReadsHello(account);
                    World.assertReadsHello(anew);
                    byte[] saved = account.save(ProfileProtection.insecureInClear());
                    try (Account resumed = nescio.resume(saved, ProfileProtection.insecureInClear())) {
                        World.assertReadsHello(resumed);
                    }
                }
            }
        }
    }

    private static final String COMPLETION = "/v1/rotations/[0-9a-f]{32}";

    /// The first answer is lost; until it is asked again the proof is older than five minutes.
    @Test
    void h18AProofThatRanOutAfterALostAnswerIsNotAskedForWhenAllIsDone() {
        for (boolean done : new boolean[] {false, true}) {
            try (Nescio nescio = World.connect(proxy)) {
                World.Joined joined = joinedWithAChat(nescio);
                try (NewMasterKey next = keepingThePassword(joined.account(), joined.person())) {
                    AtomicInteger times = new AtomicInteger();
                    proxy.drop(request -> request.path().matches(COMPLETION) && times.getAndIncrement() == 0, done);
                    proxy.takeOver((request, exchange) ->
                            request.path().matches(COMPLETION) && refused(exchange, 403, "proof-required"));
                    MasterKeyRotation outcome = next.use();
                    assertEquals(done, next.isOutcomeKnown());
                    proxy.behave();
                    if (!done) {
                        assertInstanceOf(MasterKeyRotation.ProofRequired.class, outcome);
                        assertTrue(next.keepPassword(
                                World.PASSWORD.toCharArray(), joined.person().nextFactor()));
                        outcome = next.use();
                    }
                    try (Account account = assertInstanceOf(MasterKeyRotation.Rotated.class, outcome)
                            .account()) {
                        World.assertReadsHello(account);
                    }
                }
            }
        }
    }

    private static boolean refused(HttpExchange exchange, int status, String problem) throws IOException {
        byte[] body = Json.STRICT.writeValueAsBytes(new Problem(Problem.PREFIX + problem, "", status, ""));
        exchange.getResponseHeaders().set("Content-Type", "application/problem+json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        return true;
    }

    /// As [#h18AProofThatRanOutAfterALostAnswerIsNotAskedForWhenAllIsDone], but that it is done only when the person
    /// is about to prove the password.
    @Test
    void h18APasswordIsProvenAgainWhicheverKeysAreInForce() {
        try (Nescio nescio = World.connect(proxy)) {
            World.Joined joined = joinedWithAChat(nescio);
            try (NewMasterKey next = keepingThePassword(joined.account(), joined.person())) {
                proxy.drop(request -> request.path().matches(COMPLETION), true);
                assertThrows(NescioException.Unreachable.class, next::use);
                assertFalse(next.isOutcomeKnown());
                proxy.behave();
                assertTrue(next.keepPassword(
                        World.PASSWORD.toCharArray(), joined.person().nextFactor()));
                try (Account account = rotated(next).account()) {
                    World.assertReadsHello(account);
                }
            }
        }
    }

    /// The program is killed before it has the answer: what it had stored opens the account.
    @Test
    void h18TheProfileOfAProgramThatWasKilledOpensTheAccountEitherWay() {
        ProfileProtection clear = ProfileProtection.insecureInClear();
        for (boolean done : new boolean[] {false, true}) {
            DeviceMemory memory = DeviceMemory.inMemory();
            AtomicReference<byte[]> profile = new AtomicReference<>();
            World.Joined joined;
            try (Nescio nescio = Nescio.connect(proxy.uri(), memory)) {
                joined = joinedWithAChat(nescio);
                try (NewMasterKey next = keepingThePassword(joined.account(), joined.person())) {
                    proxy.drop(request -> request.path().matches(COMPLETION), done);
                    assertThrows(NescioException.Unreachable.class, () -> next.use(clear, profile::set));
                    proxy.behave();
                    if (!done) {
                        // Nor does the program lose it that goes on, and renews its session.
                        joined.account().renew(clear, profile::set);
                    }
                }
            }
            try (Nescio nescio = Nescio.connect(proxy.uri(), memory);
                    Account resumed = nescio.resume(profile.get(), clear)) {
                assertEquals(done, resumed.isRotationFound());
                assertEquals(!done, resumed.isRotationUnanswered());
                World.assertReadsHello(resumed);
                byte[] saved = inClear(resumed);
                try (Account again = nescio.resume(saved, clear)) {
                    assertFalse(again.isRotationFound());
                    assertEquals(!done, again.isRotationUnanswered());
                }
                if (done) {
                    assertTrue(resumed.isRenewalDue(Instant.now()), "the profile still has the keys of before");
                    assertFalse(new String(saved, StandardCharsets.UTF_8).contains("nextMasterKeys"));
                }
                try (Account rotated = rotate(resumed, joined.person())) {
                    World.assertReadsHello(rotated);
                    assertFalse(rotated.isRotationUnanswered());
                }
            }
        }
    }

    /// Nothing is sent that the profile does not know of.
    @Test
    void h18NothingIsChangedWhereTheProfileCannotBeStored() {
        try (Nescio nescio = World.connect(proxy)) {
            World.Joined joined = joinedWithAChat(nescio);
            try (Account account = joined.account();
                    NewMasterKey next = keepingThePassword(account, joined.person())) {
                proxy.takeSeen();
                assertThrows(
                        IllegalStateException.class,
                        () -> next.use(ProfileProtection.insecureInClear(), saved -> {
                            throw new IllegalStateException("the disk is full");
                        }));
                assertTrue(
                        proxy.takeSeen().stream().noneMatch(seen -> seen.path().matches(COMPLETION)));
                assertTrue(next.isOutcomeKnown());
                World.assertReadsHello(account);
                assertFalse(account.isRotationUnanswered(), "nothing was sent");

                AtomicReference<byte[]> stored = new AtomicReference<>();
                proxy.drop(request -> request.path().matches(COMPLETION), false);
                assertThrows(
                        NescioException.Unreachable.class,
                        () -> next.use(ProfileProtection.insecureInClear(), stored::set));
                proxy.behave();
                assertTrue(account.isRotationUnanswered());
                assertEquals(
                        1,
                        Json.LENIENT
                                .readTree(stored.get())
                                .at("/insecureInClear/nextMasterKeys")
                                .size());
            }
        }
    }

    /// The same program begins another rotation: that finds the first one in force, and does nothing.
    @Test
    void h18AnEarlierRotationIsLookedForBeforeAnotherOneGoesOn() {
        try (Nescio nescio = World.connect(proxy)) {
            World.Joined joined = joinedWithAChat(nescio);
            String shown;
            try (NewMasterKey next = keepingThePassword(joined.account(), joined.person())) {
                shown = next.recoveryKey();
                proxy.drop(request -> request.path().matches(COMPLETION), true);
                assertThrows(NescioException.Unreachable.class, next::use);
                proxy.behave();
            }
            try (NewMasterKey again = keepingThePassword(joined.account(), joined.person())) {
                again.changePassword("another horse, another battery".toCharArray());
                assertTrue(again.isOutcomeKnown());
                proxy.takeSeen();
                try (Account found = assertInstanceOf(MasterKeyRotation.EarlierFound.class, again.use())
                                .account();
                        Account recovered = assertInstanceOf(
                                        SignInResult.SignedIn.class, nescio.signInWithRecoveryKey(shown, false))
                                .account()) {
                    assertTrue(proxy.takeSeen().stream()
                            .noneMatch(seen -> seen.path().startsWith("/v1/rotations/")));
                    assertTrue(found.isRotationFound());
                    assertFalse(found.isRotationUnanswered());
                    World.assertReadsHello(found);
                    World.assertReadsHello(recovered);
                    assertTrue(signsIn(nescio, joined.person(), World.PASSWORD), "it was not changed");
                    try (Account rotated = rotate(found, joined.person())) {
                        World.assertReadsHello(rotated);
                    }
                }
            }
        }
    }

    /// It may have brought a password that costs more than the one before.
    @Test
    void whatThePasswordCostsIsPinnedWhereARotationIsFound() {
        ProfileProtection clear = ProfileProtection.insecureInClear();
        DeviceMemory memory = DeviceMemory.inMemory();
        AtomicReference<byte[]> profile = new AtomicReference<>();
        try (Nescio nescio = World.connect(proxy);
                Nescio restarted = Nescio.connect(proxy.uri(), memory)) {
            World.Joined joined = joinedWithAChat(nescio);
            try (NewMasterKey next = keepingThePassword(joined.account(), joined.person())) {
                proxy.drop(request -> request.path().matches(COMPLETION), true);
                assertThrows(NescioException.Unreachable.class, () -> next.use(clear, profile::set));
                proxy.behave();
            }
            Bytes address = Address.parse(joined.person().address).hashed();
            try (Account resumed = restarted.resume(profile.get(), clear)) {
                assertTrue(resumed.isRotationFound());
                assertEquals(
                        Optional.of(Argon2Parameters.CURRENT),
                        memory.pinned(proxy.uri().toString(), address));
            }
        }
    }

    // ---- another password in the same step -------------------------------------------------------------------------

    @Test
    void h18AnotherPasswordAndTheKeysAreInForceTogetherOrNotAtAll() {
        String other = "another horse, another battery";
        for (boolean done : new boolean[] {false, true}) {
            ProfileProtection clear = ProfileProtection.insecureInClear();
            AtomicReference<byte[]> profile = new AtomicReference<>();
            try (Nescio nescio = World.connect(proxy);
                    Nescio fresh = Nescio.connect(world.uri())) {
                World.Joined joined = joinedWithAChat(nescio);
                Person person = joined.person();
                try (NewMasterKey next = joined.account().newMasterKey()) {
                    assertThrows(IllegalStateException.class, () -> next.changePassword(other.toCharArray()));
                    assertTrue(next.keepPassword(World.PASSWORD.toCharArray(), person.nextFactor()));
                    assertThrows(IllegalArgumentException.class, () -> next.changePassword("short".toCharArray()));
                    next.changePassword(other.toCharArray());
                    proxy.drop(request -> request.path().matches(COMPLETION), done);
                    assertThrows(NescioException.Unreachable.class, () -> next.use(clear, profile::set));
                    proxy.behave();
                    assertEquals(!done, signsIn(fresh, person, World.PASSWORD));
                    assertEquals(done, signsIn(fresh, person, other));
                    try (Account resumed = nescio.resume(profile.get(), clear)) {
                        World.assertReadsHello(resumed);
                    }
                    MasterKeyRotation.Rotated outcome = rotated(next);
                    assertEquals(List.of(), outcome.dropped());
                    try (Account account = outcome.account()) {
                        World.assertReadsHello(account);
                        assertTrue(account.hasPassword());
                    }
                }
                assertFalse(signsIn(fresh, person, World.PASSWORD));
                assertTrue(signsIn(fresh, person, other));
            }
        }
    }

    private static boolean signsIn(Nescio nescio, Person person, String password) {
        return switch (nescio.signIn(person.address, password.toCharArray(), person.nextFactor())) {
            case SignInResult.SignedIn(Account account) -> {
                try (account) {
                    World.assertReadsHello(account);
                }
                yield true;
            }
            case SignInResult.Failed() -> false;
        };
    }

    // ---- what does not open ----------------------------------------------------------------------------------------

    private static final String NOTHING = Bytes.copyOf(new byte[217]).base64url();

    /// Somebody who has a session and no key, as for a moment at an unlocked device. The server takes what nobody can
    /// open, and afterwards they are cut off.
    private static void spoil(OtherClient thief, Chat chat, long counter) throws IOException, InterruptedException {
        assertEquals(
                200,
                thief.post(
                        "/v1/containers/" + chat.id().hex() + "/commits",
                        "{\"manifest\":{\"counter\":%d,\"sealed\":\"%s\"},\"items\":[{\"id\":\"%s\",\"version\":1,\"sealed\":\"%s\"}]}"
                                .formatted(counter, NOTHING, "ab".repeat(16), NOTHING)));
    }

    private static void spoil(OtherClient thief, Domain domain, long counter, String id)
            throws IOException, InterruptedException {
        String wrapped = Bytes.copyOf(new byte[137]).base64url();
        assertEquals(
                201,
                thief.post(
                        "/v1/domains/" + domain.text() + "/containers",
                        "{\"id\":\"%s\",\"wrappedKey\":\"%s\",\"metadata\":\"%s\",\"manifest\":\"%s\",\"list\":{\"counter\":%d,\"sealed\":\"%s\"}}"
                                .formatted(id, wrapped, NOTHING, NOTHING, counter, NOTHING)));
    }

    @Test
    void whoeverIsCutOffCannotKeepTheKeysFromBeingRotated() throws Exception {
        try (Nescio nescio = Nescio.connect(world.uri())) {
            World.Joined joined = joinedWithAChat(nescio);
            Account account = joined.account();
            account.chats().create("Other").send("as ever");
            Chat spoiled = titled(account, "Plans");
            try (OtherClient thief = new OtherClient(world.uri(), inClear(account))) {
                spoil(thief, spoiled, 3);
                spoil(thief, Domain.CHATS, 3, "cd".repeat(16));
                spoil(thief, Domain.EMAILS, 1, "ef".repeat(16));
            }
            assertThrows(NescioException.Distrust.class, () -> account.chats().list());
            try (NewMasterKey next = keepingThePassword(account, joined.person())) {
                MasterKeyRotation.Unreadable shown = assertInstanceOf(MasterKeyRotation.Unreadable.class, next.use());
                assertEquals(
                        Set.of(spoiled.id(), ContainerId.parse("cd".repeat(16)), ContainerId.parse("ef".repeat(16))),
                        Set.copyOf(shown.containers()));
                assertEquals(
                        List.of(
                                new MasterKeyRotation.UnreadableList(Domain.CHATS, 3),
                                new MasterKeyRotation.UnreadableList(Domain.EMAILS, 1)),
                        shown.lists());
                assertEquals(shown, next.use(), "nobody has wanted to go on");
                next.leave(shown);
                try (Account rotated = rotated(next).account()) {
                    Chat other = titledOrRejected(rotated, "Other");
                    other.send("and on");
                    assertEquals(List.of("as ever", "and on"), texts(other));
                    rotated.chats().create("New");
                    assertEquals(4, rotated.chats().list().size());
                    assertTrue(rotated.chats().list().contains(new ChatEntry.Rejected(spoiled.id(), Finding.REJECTED)));
                    try (OtherClient reader = new OtherClient(world.uri(), inClear(rotated))) {
                        List<String> items = reader.items(spoiled.id());
                        assertEquals(1, items.size());
                        assertTrue(items.getFirst().contains("hello"));
                    }
                    // What is left like that is left so in the next rotation, too.
                    try (NewMasterKey again = keepingThePassword(rotated, joined.person())) {
                        again.leave(assertInstanceOf(MasterKeyRotation.Unreadable.class, again.use()));
                        try (Account twice = rotated(again).account()) {
                            assertEquals(List.of("as ever", "and on"), texts(titledOrRejected(twice, "Other")));
                        }
                    }
                }
            }
        }
    }

    private static Chat titledOrRejected(Account account, String title) {
        return account.chats().list().stream()
                .filter(ChatEntry.Opened.class::isInstance)
                .map(entry -> ((ChatEntry.Opened) entry).chat())
                .filter(chat -> chat.title().equals(title))
                .findFirst()
                .orElseThrow();
    }

    /// Written by somebody who had the keys, such as an access key.
    @Test
    void anItemThatOpensForNobodyIsCarriedOnAndTheChatWrittenIn() throws Exception {
        try (Nescio nescio = Nescio.connect(world.uri())) {
            World.Joined joined = joinedWithAChat(nescio);
            Chat chat = titled(joined.account(), "Plans");
            try (OtherClient writer = new OtherClient(world.uri(), inClear(joined.account()))) {
                writer.writeForNobody(chat.id());
            }
            try (NewMasterKey next = keepingThePassword(joined.account(), joined.person())) {
                MasterKeyRotation.Unreadable shown = assertInstanceOf(MasterKeyRotation.Unreadable.class, next.use());
                assertEquals(new MasterKeyRotation.Unreadable(List.of(chat.id()), List.of()), shown);
                next.leave(shown);
                try (Account rotated = rotated(next).account()) {
                    Chat after = titled(rotated, "Plans");
                    after.send("and on");
                    ChatReading.Tampered reading = assertInstanceOf(ChatReading.Tampered.class, after.read());
                    assertEquals(Finding.REJECTED, reading.finding());
                    assertEquals(
                            List.of("hello", "rejected", "and on"),
                            reading.entries().stream()
                                    .map(entry -> entry instanceof ChatReading.Entry.Opened(Message message)
                                            ? message.text()
                                            : "rejected")
                                    .toList());
                }
            }
        }
    }

    /// Nobody but the server can serve an older state: nothing is written over it, whatever the person says.
    @Test
    void h8AnOlderChatIsNeverLeft() {
        try (Nescio nescio = World.connect(proxy)) {
            World.Joined joined = joinedWithAChat(nescio);
            Chat chat = titled(joined.account(), "Plans");
            List<JsonNode> before = new ArrayList<>();
            proxy.mutate("/v1/containers/", answer -> {
                before.add(answer.deepCopy());
                return answer;
            });
            texts(chat);
            proxy.behave();
            chat.send("more");
            texts(chat);
            proxy.mutate("/v1/containers/", answer -> before.getFirst());
            try (Account account = joined.account();
                    NewMasterKey next = keepingThePassword(account, joined.person())) {
                next.leave(assertInstanceOf(MasterKeyRotation.Unreadable.class, next.use()));
                NescioException.Distrust noticed = assertThrows(NescioException.Distrust.class, next::use);
                assertEquals(Finding.ROLLBACK, noticed.finding());
                assertTrue(noticed.getMessage().contains(chat.id().hex()), noticed.getMessage());
                proxy.behave();
                assertEquals(List.of("hello", "more"), texts(titled(account, "Plans")));
            }
        }
    }

    /// A list or a manifest that this device has seen did open: the server alone can make it fail.
    @Test
    void h8WhatOpenedBeforeIsNeverLeft() {
        try (Nescio nescio = World.connect(proxy)) {
            World.Joined joined = joinedWithAChat(nescio);
            texts(titled(joined.account(), "Plans"));
            try (Account account = joined.account();
                    NewMasterKey next = keepingThePassword(account, joined.person())) {
                proxy.mutate("/v1/domains/chats/", answer -> {
                    ((ObjectNode) answer.at("/list")).put("sealed", NOTHING);
                    return answer;
                });
                assertThrows(NescioException.Distrust.class, next::use);
                proxy.mutate("/v1/containers/", answer -> {
                    ((ObjectNode) answer.at("/container/manifest")).put("sealed", NOTHING);
                    return answer;
                });
                next.leave(assertInstanceOf(MasterKeyRotation.Unreadable.class, next.use()));
                assertThrows(NescioException.Distrust.class, next::use);
                proxy.behave();
                World.assertReadsHello(account);
            }
        }
    }

    /// Nobody has sealed how long a list is that does not open, so it is believed up to a bound.
    @Test
    void aListThatDoesNotOpenFillsNoMemory() {
        try (Nescio nescio = World.connect(proxy)) {
            World.Joined joined = joinedWithAChat(nescio);
            Bytes earlierKeys = Bytes.copyOf(new byte[8 * 1024]);
            AtomicInteger pages = new AtomicInteger();
            List<JsonNode> first = new ArrayList<>();
            proxy.mutate("/v1/domains/chats/", answer -> {
                first.add(answer);
                ObjectNode page = (ObjectNode) first.getFirst().deepCopy();
                ObjectNode container = (ObjectNode) page.at("/containers/0");
                ArrayNode containers = page.putArray("containers");
                for (int i = 0; i < 1000; i++) {
                    containers.add(container
                            .deepCopy()
                            .put("id", "%032x".formatted(1000 * pages.get() + i))
                            .put("earlierKeys", earlierKeys.base64url()));
                }
                pages.incrementAndGet();
                ((ObjectNode) page.at("/list")).put("counter", 100).put("sealed", NOTHING);
                return page.put("more", true);
            });
            try (Account account = joined.account();
                    NewMasterKey next = keepingThePassword(account, joined.person())) {
                NescioException.Distrust noticed = assertThrows(NescioException.Distrust.class, next::use);
                assertEquals(Finding.BAD_ANSWER, noticed.finding());
                assertTrue(pages.get() < 20, pages::toString);
            }
        }
    }

    /// The server gives another key for a chat: what it holds would be lost with the key that it has.
    @Test
    void aChatWhoseKeyTheServerHasChangedIsNeverLeft() {
        try (Nescio nescio = World.connect(proxy)) {
            World.Joined joined = joinedWithAChat(nescio);
            titled(joined.account(), "Plans");
            proxy.mutate("/v1/domains/chats/", answer -> {
                ObjectNode container = (ObjectNode) answer.at("/containers/0");
                container.put("wrappedKey", Bytes.copyOf(new byte[137]).base64url());
                return answer;
            });
            try (Account account = joined.account();
                    NewMasterKey next = keepingThePassword(account, joined.person())) {
                next.leave(assertInstanceOf(MasterKeyRotation.Unreadable.class, next.use()));
                assertThrows(NescioException.Distrust.class, next::use);
                proxy.behave();
                World.assertReadsHello(account);
            }
        }
    }

    /// Nobody but the server counts so far, and nothing can follow.
    @Test
    void aChatWithoutAKeyThatIsCountedToTheEndIsNamedAndNotLeft() {
        try (Nescio laptop = World.connect(proxy);
                Nescio phone = World.connect(proxy)) {
            World.Joined joined = joinedWithAChat(laptop);
            try (Account account = World.signIn(phone, joined.person());
                    NewMasterKey next = keepingThePassword(account, joined.person())) {
                proxy.mutate("/v1/domains/chats/", answer -> {
                    ObjectNode container = (ObjectNode) answer.at("/containers/0");
                    container.put("wrappedKey", Bytes.copyOf(new byte[137]).base64url());
                    ((ObjectNode) container.get("manifest")).put("counter", Limits.MAX_NUMBER);
                    return answer;
                });
                MasterKeyRotation.Unreadable named = assertInstanceOf(MasterKeyRotation.Unreadable.class, next.use());
                next.leave(named);
                NescioException.Distrust noticed = assertThrows(NescioException.Distrust.class, next::use);
                assertTrue(
                        noticed.getMessage()
                                .contains(named.containers().getFirst().hex()),
                        noticed.getMessage());
                proxy.behave();
                World.assertReadsHello(joined.account());
            }
        }
    }

    // ---- large accounts, and many rotations ------------------------------------------------------------------------

    @Test
    void whatIsPreparedIsNotPreparedAgainHoweverOftenAProofIsAskedFor() {
        try (Nescio nescio = World.connect(proxy)) {
            World.Joined joined = joinedWithAChat(nescio);
            joined.account().chats().create("Other").send("as ever");
            try (NewMasterKey next = keepingThePassword(joined.account(), joined.person())) {
                AtomicInteger refusals = new AtomicInteger(3);
                AtomicInteger read = new AtomicInteger();
                proxy.takeOver((request, exchange) -> {
                    if (request.path().startsWith("/v1/containers/")) {
                        read.incrementAndGet();
                    }
                    return request.path().startsWith("/v1/rotations/")
                            && refusals.getAndDecrement() > 0
                            && refused(exchange, 403, "proof-required");
                });
                for (int i = 0; i < 3; i++) {
                    assertEquals(new MasterKeyRotation.ProofRequired(0), next.use());
                    assertTrue(next.keepPassword(
                            World.PASSWORD.toCharArray(), joined.person().nextFactor()));
                }
                refusals.set(0);
                try (Account account = rotated(next).account()) {
                    assertEquals(2, read.get(), "each chat once");
                    assertEquals(List.of("as ever"), texts(titled(account, "Other")));
                }
            }
        }
    }

    @Test
    void aChatThatNeedsAllTheKeysThatItCanHaveIsNamed() throws Exception {
        for (boolean written : new boolean[] {true, false}) {
            try (Nescio laptop = Nescio.connect(world.uri());
                    Nescio phone = World.connect(proxy)) {
                World.Joined joined = joinedWithAChat(laptop);
                Chat chat = titled(joined.account(), "Plans");
                Account onPhone = World.signIn(phone, joined.person());
                Sync.ContainerContent served;
                try (OtherClient writer = new OtherClient(world.uri(), inClear(joined.account()))) {
                    served = writer.rotatedOften(chat.id(), written);
                }
                proxy.mutate((request, answer) -> {
                    if (request.path().startsWith("/v1/domains/chats/")) {
                        ((ObjectNode) answer)
                                .putArray("containers")
                                .add(Json.LENIENT.<JsonNode>valueToTree(served.container()));
                    }
                    return request.path().startsWith("/v1/containers/")
                            ? Json.LENIENT.<JsonNode>valueToTree(served)
                            : answer;
                });
                try (NewMasterKey next = keepingThePassword(onPhone, joined.person())) {
                    MasterKeyRotation outcome = next.use();
                    proxy.behave();
                    if (written) {
                        assertEquals(new MasterKeyRotation.TooManyKeys(chat.id()), outcome);
                        World.assertReadsHello(joined.account());
                    } else {
                        // The keys that nothing is sealed under any more made room.
                        try (Account account = assertInstanceOf(MasterKeyRotation.Rotated.class, outcome)
                                .account()) {
                            World.assertReadsHello(account);
                        }
                    }
                }
            }
        }
    }
}
