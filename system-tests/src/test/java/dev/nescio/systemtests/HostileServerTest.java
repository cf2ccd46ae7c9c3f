package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import dev.nescio.client.SecondFactor;
import dev.nescio.client.SignInResult;
import dev.nescio.keys.AccountKeyPair;
import dev.nescio.keys.AccountKeys;
import dev.nescio.keys.Address;
import dev.nescio.keys.ChatKey;
import dev.nescio.keys.Credential;
import dev.nescio.keys.MasterKey;
import dev.nescio.keys.Password;
import dev.nescio.keys.Profile;
import dev.nescio.keys.RecoveryKey;
import dev.nescio.keys.SlotDirectory;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.DomainKeys;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.SlotKind;
import dev.nescio.protocol.Versioned;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.v1.AssociatedData;
import dev.nescio.sealing.v1.SealingKey;
import dev.nescio.sealing.v1.TwoKeyEnvelope;
import dev.nescio.systemtests.HostileProxy.Seen;
import dev.nescio.systemtests.World.Person;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The server is hostile (the design's table of attack classes). Each test is named by its row and does what the
/// row says; [MutationRunTest] shows that it turns red when the client's check is taken out.
class HostileServerTest extends AgainstHostileServer {

    private static final SecureRandom RANDOM = new SecureRandom();

    private static Person ada;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        try (Nescio nescio = Nescio.connect(world.uri())) {
            World.Joined joined = World.join(nescio);
            ada = joined.person();
            try (Account account = joined.account()) {
                Chat plans = account.chats().create("Plans");
                plans.send("first");
                plans.send("second");
                plans.send("third");
                account.chats().create("Recipes").send("fourth");
            }
        }
    }

    // ---- H1 --------------------------------------------------------------------------------------------------------

    @Test
    void h1RefusesWeakParametersBeforeAnythingIsSent() {
        for (String lowered : List.of("memoryKiB:65535", "memoryKiB:8", "passes:2", "lanes:4", "lanes:0")) {
            String[] change = lowered.split(":", 2);
            refusesAtLookup(DeviceMemory.inMemory(), change[0], Integer.parseInt(change[1]));
        }
    }

    /// In a thread of its own: a client that computes it does so for hours.
    @Test
    @Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void h1RefusesExhaustingParametersBeforeAnythingIsComputed() {
        refusesAtLookup(DeviceMemory.inMemory(), "memoryKiB", Integer.MAX_VALUE);
        refusesAtLookup(DeviceMemory.inMemory(), "passes", 1_000_000);
    }

    @Test
    void h1RefusesParametersBelowThosePinned() {
        DeviceMemory memory = DeviceMemory.inMemory();
        memory.pin(proxy.uri().toString(), Address.parse(ada.address).hashed(), new Argon2Parameters(131072, 3, 1));
        refusesAtLookup(memory, "memoryKiB", 131071);
    }

    private static void refusesAtLookup(DeviceMemory memory, String field, int value) {
        proxy.mutate("/v1/signin/lookup", answer -> set(answer, field, value));
        try (Nescio nescio = Nescio.connect(proxy.uri(), memory)) {
            NescioException.Distrust refused = assertThrows(
                    NescioException.Distrust.class,
                    () -> nescio.signIn(ada.address, World.PASSWORD.toCharArray(), SecondFactor.totp("000000")));
            assertEquals(Finding.PASSWORD_HASH_REFUSED, refused.finding());
        }
        assertEquals(
                List.of("/v1/signin/lookup"),
                proxy.takeSeen().stream().map(Seen::path).toList());
    }

    @Test
    void h1OneSaltForEverybodyYieldsDifferentSecrets() {
        Bytes salt = Bytes.copyOf(new byte[16]);
        proxy.mutate("/v1/signin/lookup", answer -> set(answer, "salt", salt.base64url()));
        Set<String> lookupHashes = new HashSet<>();
        for (String address : List.of("one@example.org", "two@example.org")) {
            try (Nescio nescio = World.connect(proxy)) {
                nescio.signIn(address, World.PASSWORD.toCharArray(), SecondFactor.totp("000000"));
            }
        }
        for (Seen request : proxy.takeSeen()) {
            if (request.path().equals("/v1/signin")) {
                lookupHashes.add(
                        Json.LENIENT.readTree(request.body()).get("lookupHash").asString());
            }
        }
        assertEquals(2, lookupHashes.size());
    }

    // ---- H3 --------------------------------------------------------------------------------------------------------

    @Test
    void h3RefusesAnotherPublicKeyThanThatOfTheAccount() {
        JsonNode honest = honestSignIn();
        AccountId account = AccountId.parse(honest.get("account").asString());
        try (AccountKeyPair servers = AccountKeyPair.generate(account, RANDOM)) {
            for (Bytes replaced : List.of(servers.publicKey(), Bytes.copyOf(new byte[32]))) {
                proxy.takeSeen();
                NescioException.Distrust told =
                        replayRejects(honest, with(honest, "/keyPair/publicKey", text(replaced)));
                assertEquals(Finding.PUBLIC_KEY_REPLACED, told.finding());
                assertTrue(told.getMessage().contains("replaced the account's public key"), told.getMessage());
                assertEquals(
                        List.of("/v1/signin/lookup", "/v1/signin"),
                        proxy.takeSeen().stream().map(Seen::path).toList());
                assertEquals(
                        Finding.PUBLIC_KEY_REPLACED,
                        resumingRejects(answer -> with(answer, "/keyPair/publicKey", text(replaced))));
            }
        }
    }

    @Test
    void h3ADeviceThatIsSignedInNoticesItWhenItLooksAtTheAccount() {
        try (Nescio nescio = World.connect(proxy);
                Account account = World.signIn(nescio, world.signUp());
                AccountKeyPair servers = AccountKeyPair.generate(account.id(), RANDOM)) {
            proxy.mutate(
                    "/v1/account",
                    answer -> answer.has("keyPair")
                            ? with(answer, "/keyPair/publicKey", text(servers.publicKey()))
                            : answer);
            assertEquals(Finding.PUBLIC_KEY_REPLACED, distrusted(account::passkeys));
        }
    }

    /// The private half is the server's own as well, or another account's: it was not sealed under
    /// this master key.
    @Test
    void h3RefusesAPairOfTheServersOwn() {
        JsonNode honest = honestSignIn();
        AccountId account = AccountId.parse(honest.get("account").asString());
        JsonNode eves = captureSignIn(world.signUp());
        try (MasterKey servers = MasterKey.generate(account, RANDOM);
                AccountKeyPair pair = AccountKeyPair.generate(account, RANDOM)) {
            JsonNode replaced = Json.LENIENT.valueToTree(servers.seal(pair, RANDOM));
            for (JsonNode answer : List.of(
                    with(honest, "/keyPair", replaced),
                    with(honest, "/keyPair", eves.at("/keyPair")),
                    with(honest, "/keyPair/privateKey", eves.at("/keyPair/privateKey")))) {
                assertEquals(Finding.REJECTED, replayRejects(honest, answer).finding());
            }
        }
        assertThrows(NescioException.Distrust.class, () -> replayed(without(honest, "keyPair"), Account::address));
    }

    /// Whoever knows the old master key knows the private half of the pair before: it must not come back.
    @Test
    void h3RefusesThePairFromBeforeARotation() {
        try (Nescio nescio = World.connect(proxy)) {
            List<JsonNode> before = new ArrayList<>();
            proxy.mutate("/v1/signin/key", answer -> {
                before.add(answer.deepCopy());
                return answer;
            });
            Person bob = world.signUp();
            NewMasterKey next;
            try (Account account = withRecoveryKey(nescio, bob.recoveryKey)) {
                next = account.newMasterKey();
                assertTrue(next.keepPassword(World.PASSWORD.toCharArray(), bob.nextFactor()));
                assertInstanceOf(MasterKeyRotation.Rotated.class, next.use())
                        .account()
                        .close();
            }
            proxy.mutate(
                    "/v1/signin/key",
                    answer -> with(answer, "/keyPair", before.getFirst().at("/keyPair")));
            assertEquals(
                    Finding.REJECTED,
                    assertThrows(
                                    NescioException.Distrust.class,
                                    () -> nescio.signInWithRecoveryKey(next.recoveryKey(), false))
                            .finding());
            proxy.behave();
            withRecoveryKey(nescio, next.recoveryKey()).close();
        } finally {
            proxy.behave();
        }
    }

    private static Account withRecoveryKey(Nescio nescio, String recoveryKey) {
        return assertInstanceOf(SignInResult.SignedIn.class, nescio.signInWithRecoveryKey(recoveryKey, false))
                .account();
    }

    private static JsonNode without(JsonNode answer, String member) {
        ObjectNode rest = (ObjectNode) answer.deepCopy();
        rest.remove(member);
        return rest;
    }

    // ---- H4, H5, H7, H9, H10, H17: what is served at sign-in
    // --------------------------------------------------------------

    @Test
    void h4RejectsAWrappedMasterKeyOfTheServersOwnMaking() {
        try (SealingKey servers = SealingKey.generate(RANDOM);
                SealingKey master = SealingKey.generate(RANDOM)) {
            NescioException.Distrust told = signInRejects(answer -> {
                AssociatedData place = new AssociatedData(
                        "wrapped-master-key",
                        AccountId.parse(answer.get("account").asString()),
                        null,
                        null,
                        SlotId.parse(answer.get("slot").asString()),
                        "key",
                        1);
                Bytes wrapped = Bytes.copyOf(servers.wrap(place, master, RANDOM));
                set(answer.get("slots").get(0), "wrappedMasterKey", wrapped.base64url());
                return answer;
            });
            assertEquals(Finding.REJECTED, told.finding());
        }
    }

    @Test
    void h5RejectsEverySwapOfTwoSealedValuesAtSignIn() {
        List<String> places = List.of(
                "/slots/0/wrappedMasterKey",
                "/directory/sealed",
                "/domainKeys/chats",
                "/domainKeys/apps",
                "/domainKeys/emails",
                "/domainKeys/embeds",
                "/domainKeys/profile",
                "/keyPair/privateKey",
                "/profile/sealed");
        JsonNode honest = honestSignIn();
        int pairs = 0;
        for (int one = 0; one < places.size(); one++) {
            for (int other = one + 1; other < places.size(); other++) {
                replayRejects(honest, swap(honest, places.get(one), places.get(other)));
                pairs++;
            }
        }
        assertEquals(36, pairs);
    }

    @Test
    void h5RejectsWhatBelongsToAnotherAccount() {
        Person eve = world.signUp();
        JsonNode honest = honestSignIn();
        JsonNode eves = captureSignIn(eve);
        for (String place :
                List.of("/slots", "/directory", "/domainKeys", "/profile", "/domainKeys/chats", "/keyPair")) {
            replayRejects(honest, with(honest, place, eves.at(place)));
        }
        replayRejects(honest, eves);
    }

    /// A device of eve's made an account whose profile names another address, under ada's password and salt; the
    /// server shows it to ada. All of it opens; only the address tells.
    @Test
    void h5NoticesThatTheAccountIsAnotherAddress() throws Exception {
        JsonNode honest = honestSignIn();
        JsonNode slot = honest.at("/slots/0");
        AccountId account = AccountId.generate(RANDOM);
        try (Password password = Password.of(World.PASSWORD.toCharArray());
                Credential credential = Credential.ofPassword(
                        password,
                        Address.parse(ada.address),
                        Bytes.parse(slot.get("salt").asString()),
                        Argon2Parameters.CURRENT,
                        Optional.empty());
                MasterKey masterKey = MasterKey.generate(account, RANDOM);
                AccountKeys keys = AccountKeys.generate(account, RANDOM);
                AccountKeyPair pair = AccountKeyPair.generate(account, RANDOM)) {
            SlotId id = SlotId.parse(slot.get("id").asString());
            Bytes wrapped = credential.wrap(masterKey, id, RANDOM);
            SignIn.Slot served = new SignIn.Slot(
                    id, SlotKind.PASSWORD, Bytes.parse(slot.get("salt").asString()), 65536, 3, 1, wrapped);
            Bytes directory = masterKey.seal(SlotDirectory.first(List.of(served)), RANDOM);
            Bytes profile = keys.profile().seal(1, new Profile("eve@example.org"), RANDOM);
            SignIn.SessionOpened forged = new SignIn.SessionOpened(
                    account,
                    SessionId.generate(RANDOM),
                    Bytes.copyOf(new byte[32]),
                    1_900_000_000_000L,
                    List.of(served),
                    id,
                    new Counted(1, directory),
                    masterKey.wrap(keys, RANDOM),
                    masterKey.seal(pair, RANDOM),
                    new Versioned(1, profile));
            assertEquals(
                    Finding.ADDRESS_EXCHANGED,
                    replayRejects(honest, Json.LENIENT.valueToTree(forged)).finding());
        }
    }

    @Test
    void h7AndH9RejectAnyChangedByteOrVersionOfWhatIsServedAtSignIn() {
        JsonNode honest = honestSignIn();
        for (String place : List.of(
                "/slots/0/wrappedMasterKey",
                "/directory/sealed",
                "/domainKeys/apps",
                "/domainKeys/profile",
                "/keyPair/privateKey",
                "/profile/sealed")) {
            byte[] sealed = Bytes.parse(honest.at(place).asString()).toArray();
            for (int at : new int[] {20, 40, 60, sealed.length - 1}) {
                byte[] flipped = sealed.clone();
                flipped[at] ^= 1;
                replayRejects(honest, with(honest, place, text(Bytes.copyOf(flipped))));
            }
            byte[] otherVersion = sealed.clone();
            otherVersion[0] = 2;
            replayRejects(honest, with(honest, place, text(Bytes.copyOf(otherVersion))));
        }
    }

    @Test
    void h7RejectsAnyChangedParameterOfASlot() {
        JsonNode honest = honestSignIn();
        replayRejects(
                honest,
                with(honest, "/slots/0/memoryKiB", Json.LENIENT.getNodeFactory().numberNode(70000)));
        replayRejects(
                honest,
                with(honest, "/slots/0/passes", Json.LENIENT.getNodeFactory().numberNode(4)));
        replayRejects(honest, with(honest, "/slots/0/salt", text(Bytes.copyOf(new byte[16]))));
        replayRejects(
                honest,
                with(honest, "/slots/0/id", Json.LENIENT.getNodeFactory().stringNode("ab".repeat(16))));
        replayRejects(
                honest, with(honest, "/account", Json.LENIENT.getNodeFactory().stringNode("ab".repeat(16))));
        replayRejects(
                honest,
                with(honest, "/directory/counter", Json.LENIENT.getNodeFactory().numberNode(2)));
        replayRejects(
                honest,
                with(honest, "/profile/version", Json.LENIENT.getNodeFactory().numberNode(2)));
    }

    /// By the recovery key, so that the slot that is changed is not the one that signs in: only the directory tells.
    @Test
    void h7RejectsAChangedParameterOfAnotherSlot() {
        proxy.mutate("/v1/signin/key", answer -> {
            for (JsonNode slot : answer.get("slots")) {
                if (slot.has("memoryKiB")) {
                    set(slot, "memoryKiB", 70_000);
                }
            }
            return answer;
        });
        try (Nescio nescio = World.connect(proxy)) {
            assertEquals(
                    Finding.SLOTS_CHANGED,
                    assertThrows(
                                    NescioException.Distrust.class,
                                    () -> nescio.signInWithRecoveryKey(ada.recoveryKey, false))
                            .finding());
        }
    }

    /// What is served at sign-in is that which the credential was derived with, or the device says so.
    @Test
    void h7RejectsASlotOtherThanTheOneLookedUp() {
        JsonNode honest = honestSignIn();
        byte[] body = Json.LENIENT.writeValueAsBytes(honest);
        proxy.takeOver((request, exchange) -> {
            if (!request.path().equals("/v1/signin")) {
                return false;
            }
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            return true;
        });
        proxy.mutate("/v1/signin/lookup", answer -> set(answer, "passes", 4));
        try (Nescio nescio = World.connect(proxy)) {
            assertEquals(
                    Finding.SLOTS_CHANGED,
                    distrusted(() ->
                            nescio.signIn(ada.address, World.PASSWORD.toCharArray(), SecondFactor.totp("000000"))));
        }
    }

    @Test
    void h7RejectsSlotsOfOneIdAndASlotThatIsNotThere() {
        JsonNode honest = honestSignIn();
        JsonNode twice = honest.deepCopy();
        ((ArrayNode) twice.get("slots")).add(twice.at("/slots/0").deepCopy());
        assertEquals(Finding.SLOTS_CHANGED, replayRejects(honest, twice).finding());
        JsonNode other = with(honest, "/slot", Json.LENIENT.getNodeFactory().stringNode("ab".repeat(16)));
        assertEquals(Finding.SLOTS_CHANGED, replayRejects(honest, other).finding());
    }

    @Test
    void h5RejectsAnotherAccountThanTheOneSignedUp() {
        proxy.mutate("/v1/signup/confirm", answer -> set(answer, "account", "ab".repeat(16)));
        try (Nescio nescio = World.connect(proxy)) {
            assertEquals(Finding.ADDRESS_EXCHANGED, distrusted(() -> World.join(nescio)));
        }
    }

    @Test
    void h10ShowsOneErrorAndSendsTheSameWhateverIsWrong() {
        JsonNode honest = honestSignIn();
        Set<String> messages = new HashSet<>();
        Set<List<String>> traffic = new HashSet<>();
        byte[] wrapped =
                Bytes.parse(honest.at("/slots/0/wrappedMasterKey").asString()).toArray();
        for (int at : new int[] {0, 1, 33, 57, 80, wrapped.length - 1}) {
            byte[] flipped = wrapped.clone();
            flipped[at] ^= 1;
            proxy.takeSeen();
            NescioException.Distrust refused =
                    replayRejects(honest, with(honest, "/slots/0/wrappedMasterKey", text(Bytes.copyOf(flipped))));
            messages.add(refused.finding() + refused.getMessage());
            traffic.add(proxy.takeSeen().stream()
                    .map(request -> request.method() + request.path())
                    .toList());
        }
        assertEquals(1, messages.size(), "one error, whatever was changed");
        assertEquals(Set.of(List.of("POST/v1/signin/lookup", "POST/v1/signin")), traffic, "and nothing sent after it");
    }

    /// Who holds ada's master key and another made one ciphertext that opens under both, as the key of a domain. With
    /// the commitment of ada's key it is hers; with the other's, nothing but the commitment tells.
    @Test
    void h15RejectsAnEnvelopeThatOpensUnderTwoKeys() throws Exception {
        JsonNode honest = honestSignIn();
        AssociatedData place = new AssociatedData(
                "domain-key", AccountId.parse(honest.get("account").asString()), Domain.EMBEDS, null, null, "key", 1);
        byte[] padding = new byte[32];
        padding[0] = (byte) 0x80;
        byte[] other = new byte[32];
        RANDOM.nextBytes(other);
        byte[] ofAda = TwoKeyEnvelope.of(adasMasterSecret(), other, place, padding);
        JsonNode opens = with(honest, "/domainKeys/embeds", text(Bytes.copyOf(ofAda)));
        JsonNode forOther =
                with(honest, "/domainKeys/embeds", text(Bytes.copyOf(TwoKeyEnvelope.committedTo(other, ofAda))));
        assertEquals(ada.address, replayed(opens, Account::address));
        assertEquals(Finding.REJECTED, replayRejects(honest, forOther).finding());
    }

    @Test
    void h17RejectsASlotAddedOrHidden() {
        JsonNode honest = honestSignIn();
        JsonNode added = honest.deepCopy();
        ObjectNode second = (ObjectNode) added.get("slots").get(0).deepCopy();
        second.put("id", "cd".repeat(16));
        ((ArrayNode) added.get("slots")).add(second);
        assertEquals(Finding.SLOTS_CHANGED, replayRejects(honest, added).finding());
        JsonNode hidden = with(honest, "/directory/sealed", directoryOfTwoSlots(honest));
        assertEquals(Finding.SLOTS_CHANGED, replayRejects(honest, hidden).finding());
    }

    /// A server makes a recovery key of its own and serves a slot for it, at sign-in and to a saved session.
    @Test
    void h2RejectsARecoveryKeyOfTheServers() {
        JsonNode honest = honestSignIn();
        try (RecoveryKey ofTheServer = RecoveryKey.generate(RANDOM);
                Credential credential = ofTheServer.credential();
                MasterKey another = MasterKey.generate(AccountId.generate(RANDOM), RANDOM)) {
            SignIn.Slot slot =
                    SignIn.Slot.recovery(ofTheServer.slot(), credential.wrap(another, ofTheServer.slot(), RANDOM));
            JsonNode added = honest.deepCopy();
            ((ArrayNode) added.get("slots")).add(Json.LENIENT.<JsonNode>valueToTree(slot));
            assertEquals(Finding.SLOTS_CHANGED, replayRejects(honest, added).finding());
            JsonNode exchanged = honest.deepCopy();
            ArrayNode slots = (ArrayNode) exchanged.get("slots");
            for (int i = 0; i < slots.size(); i++) {
                if (slots.get(i).get("kind").asString().equals("recovery")) {
                    slots.set(i, Json.LENIENT.<JsonNode>valueToTree(slot));
                }
            }
            assertEquals(Finding.SLOTS_CHANGED, replayRejects(honest, exchanged).finding());
            JsonNode named = Json.LENIENT.valueToTree(SignIn.Slot.recovery(ofTheServer.slot(), null));
            assertEquals(Finding.SLOTS_CHANGED, resumingRejects(answer -> {
                ((ArrayNode) answer.get("slots")).add(named);
                return answer;
            }));
        }
    }

    /// What ada's devices would have sealed if she had another credential, which the server then hides.
    private static JsonNode directoryOfTwoSlots(JsonNode honest) {
        SlotDirectory.Entry served =
                SlotDirectory.Entry.of(Json.LENIENT.treeToValue(honest.at("/slots/0"), SignIn.Slot.class));
        SlotDirectory.Entry hidden = new SlotDirectory.Entry(
                SlotId.generate(RANDOM), served.kind(), served.salt(), 65536L, 3L, 1L, served.wrappedMasterKeyHash());
        try (MasterKey masterKey = adasMasterKey()) {
            return text(
                    masterKey.seal(new SlotDirectory(1, Bytes.copyOf(new byte[32]), List.of(served, hidden)), RANDOM));
        }
    }

    // ---- H5, H7, H17: what is served to a saved session ------------------------------------------------------------

    @Test
    void h5RejectsAnotherAccountForASavedSession() {
        List<JsonNode> eves = new ArrayList<>();
        proxy.mutate("/v1/account", answer -> {
            if (answer.has("directory")) { // and not the log, whose path begins alike
                eves.add(answer.deepCopy());
            }
            return answer;
        });
        try (Nescio nescio = World.connect(proxy);
                Account account = World.signIn(nescio, world.signUp())) {
            byte[] ofEve = account.save(ProfileProtection.insecureInClear());
            nescio.resume(ofEve, ProfileProtection.insecureInClear()).close();
        }
        assertEquals(Finding.ADDRESS_EXCHANGED, resumingRejects(answer -> eves.getFirst()));
        for (String place : List.of("/directory", "/domainKeys", "/domainKeys/chats", "/keyPair", "/profile")) {
            assertEquals(
                    Finding.REJECTED,
                    resumingRejects(
                            answer -> with(answer, place, eves.getFirst().at(place))));
        }
        assertEquals(
                Finding.REJECTED, resumingRejects(answer -> swap(answer, "/domainKeys/chats", "/domainKeys/apps")));
    }

    @Test
    void h7RejectsAnythingChangedForASavedSession() {
        for (String parameter : List.of("memoryKiB", "passes", "lanes")) {
            assertEquals(
                    Finding.SLOTS_CHANGED,
                    resumingRejects(answer -> with(
                            answer,
                            "/slots/0/" + parameter,
                            Json.LENIENT.getNodeFactory().numberNode(70000))));
        }
        assertEquals(
                Finding.SLOTS_CHANGED,
                resumingRejects(answer -> with(answer, "/slots/0/salt", text(Bytes.copyOf(new byte[16])))));
        for (String sealed :
                List.of("/directory/sealed", "/domainKeys/embeds", "/keyPair/privateKey", "/profile/sealed")) {
            assertEquals(
                    Finding.REJECTED, resumingRejects(answer -> with(answer, sealed, flipped(answer.at(sealed), 60))));
        }
        assertEquals(
                Finding.REJECTED,
                resumingRejects(answer -> with(
                        answer,
                        "/directory/counter",
                        Json.LENIENT.getNodeFactory().numberNode(2))));
    }

    @Test
    void h17RejectsASlotAddedOrHiddenFromASavedSession() {
        assertEquals(Finding.SLOTS_CHANGED, resumingRejects(answer -> {
            ObjectNode second = (ObjectNode) answer.at("/slots/0").deepCopy();
            ((ArrayNode) answer.get("slots")).add(second.put("id", "cd".repeat(16)));
            return answer;
        }));
        JsonNode twoSlots = directoryOfTwoSlots(honestSignIn());
        assertEquals(Finding.SLOTS_CHANGED, resumingRejects(answer -> with(answer, "/directory/sealed", twoSlots)));
    }

    // ---- H4, H5, H7, H8, H11: containers and items
    // ------------------------------------------------------------------------

    @Test
    void h4ShowsAnInjectedMessageAsRejectedAndTheOthersStill() {
        withChat(chat -> {
            proxy.mutate("/v1/containers/", answer -> {
                try (SealingKey servers = SealingKey.generate(RANDOM)) {
                    AssociatedData place =
                            new AssociatedData("item", AccountId.generate(RANDOM), null, null, null, "content", 1);
                    byte[] made = servers.seal(place, "{\"kind\":\"message\"}".getBytes(UTF_8), RANDOM);
                    set(item(answer, 1), "sealed", Bytes.copyOf(made).base64url());
                    return answer;
                }
            });
            ChatReading.Tampered reading = assertInstanceOf(ChatReading.Tampered.class, chat.read());
            assertEquals(1, rejected(reading));
            assertEquals(3, reading.entries().size());
        });
    }

    @Test
    void h5RejectsEverySwapOfTwoItems() {
        for (int one = 0; one < 3; one++) {
            for (int other = one + 1; other < 3; other++) {
                String first = "/items/" + one + "/sealed";
                String second = "/items/" + other + "/sealed";
                tampering(answer -> swap(answer, first, second), 2);
            }
        }
        tampering(answer -> swap(answer, "/items/0/sealed", "/container/metadata/sealed"), 1);
        tampering(answer -> swap(answer, "/container/metadata/sealed", "/container/manifest/sealed"), 0);
    }

    @Test
    void h5RejectsAContainerUnderAnothersIdOrDomain() {
        try (Nescio nescio = World.connect(proxy);
                Account account = adaAgain(nescio)) {
            proxy.mutate(
                    "/v1/domains/chats",
                    answer -> swap(answer, "/containers/0/wrappedKey", "/containers/1/wrappedKey"));
            assertTrue(account.chats().list().stream().allMatch(ChatEntry.Rejected.class::isInstance));
            proxy.mutate(
                    "/v1/domains/chats",
                    answer -> swap(answer, "/containers/0/metadata/sealed", "/containers/1/metadata/sealed"));
            assertTrue(account.chats().list().stream().allMatch(ChatEntry.Rejected.class::isInstance));
            proxy.mutate(
                    "/v1/domains/chats",
                    answer -> with(
                            answer,
                            "/containers/0/domain",
                            Json.LENIENT.getNodeFactory().stringNode("apps")));
            assertInstanceOf(ChatEntry.Rejected.class, account.chats().list().getFirst());
            assertInstanceOf(ChatEntry.Opened.class, account.chats().list().getLast(), "one bad chat hides no other");
        }
    }

    @Test
    void h7NoticesAnyChangedFieldOfAContainer() {
        for (String field : List.of("/container/manifest/counter", "/container/metadata/version", "/items/0/version")) {
            tampering(
                    answer -> with(answer, field, Json.LENIENT.getNodeFactory().numberNode(7)), -1);
        }
        tampering(
                answer -> with(
                        answer,
                        "/items/0/position",
                        Json.LENIENT.getNodeFactory().numberNode(9)),
                0);
        for (int factor : new int[] {0, 2}) {
            tampering(
                    answer -> {
                        for (JsonNode item : answer.get("items")) {
                            set(item, "position", factor * item.get("position").asInt());
                        }
                        return answer;
                    },
                    -1);
        }
        tampering(
                answer -> with(
                        answer,
                        "/container/domain",
                        Json.LENIENT.getNodeFactory().stringNode("apps")),
                -1);
        tampering(
                answer -> {
                    ((ArrayNode) answer.get("items")).add(item(answer, 0).deepCopy());
                    return answer;
                },
                -1);
        tampering(
                answer -> with(
                        answer, "/items/0/id", Json.LENIENT.getNodeFactory().stringNode("ab".repeat(16))),
                1);
        for (String sealed : List.of("/container/manifest/sealed", "/container/metadata/sealed", "/items/2/sealed")) {
            for (int at : new int[] {0, 60}) { // the version, and the ciphertext
                tampering(answer -> with(answer, sealed, flipped(answer.at(sealed), at)), -1);
            }
        }
    }

    @Test
    void h8NoticesADroppedReplayedOrReorderedMessage() {
        for (int dropped = 0; dropped < 3; dropped++) {
            int at = dropped;
            tampering(
                    answer -> {
                        ((ArrayNode) answer.get("items")).remove(at);
                        return answer;
                    },
                    0);
        }
        tampering(answer -> swap(answer, "/items/0/position", "/items/1/position"), 0);
        tampering(answer -> set(answer, "items", Json.LENIENT.createArrayNode()), 0);
    }

    /// A device that held the chat's key sealed two metadata of one version; the server serves the one that the
    /// manifest does not name.
    @Test
    void h8NoticesAnotherMetadataOfTheSameVersion() throws RejectedException {
        JsonNode listed = honestList();
        JsonNode first = listed.at("/containers/0");
        JsonNode domainKeys = honestSignIn().get("domainKeys");
        try (MasterKey masterKey = adasMasterKey();
                AccountKeys keys = masterKey.unwrap(Json.LENIENT.treeToValue(domainKeys, DomainKeys.class));
                ChatKey key = keys.chats()
                        .unwrap(
                                ContainerId.parse(first.get("id").asString()),
                                Bytes.parse(first.get("wrappedKey").asString()),
                                null)) {
            JsonNode other = text(key.sealMetadata(1, "{\"title\":\"Elsewhere\"}".getBytes(UTF_8), RANDOM));
            tampering(answer -> with(answer, "/container/metadata/sealed", other), 0);
        }
    }

    /// The server keeps one device apart: it takes what that device writes, and shows the others another history.
    @Test
    void h8NoticesAFork() {
        Person bob = world.signUp();
        try (Nescio laptop = Nescio.connect(world.uri());
                Nescio phone = World.connect(proxy);
                Account onLaptop = World.signIn(laptop, bob);
                Account onPhone = World.signIn(phone, bob)) {
            Chat chat = onLaptop.chats().create("History");
            Chat same = World.onlyChat(onPhone);
            proxy.takeOver((request, exchange) -> {
                if (!request.path().endsWith("/commits")) {
                    return false;
                }
                byte[] body = "{\"sequence\":2}".getBytes(UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
                return true;
            });
            same.send("of the phone's history");
            proxy.behave();
            chat.send("of the laptop's history");
            assertEquals(Finding.FORK, finding(same), "one counter, two manifests");
            chat.send("and on");
            assertEquals(Finding.FORK, finding(same), "the next counter on top of the other manifest");
        }
    }

    private static Finding finding(Chat chat) {
        return assertInstanceOf(ChatReading.Tampered.class, chat.read()).finding();
    }

    @Test
    void h8NoticesARollback() {
        Person bob = world.signUp();
        DeviceMemory memory = DeviceMemory.inMemory();
        List<JsonNode> history = new ArrayList<>();
        try (Nescio nescio = Nescio.connect(proxy.uri(), memory);
                Account account = World.signIn(nescio, bob)) {
            Chat chat = account.chats().create("History");
            chat.send("one");
            proxy.mutate("/v1/containers/", answer -> {
                history.add(answer.deepCopy());
                return answer;
            });
            assertEquals(1, World.onlyChat(account).messages().size());
            proxy.behave();
            chat.send("two");
            proxy.mutate("/v1/containers/", answer -> history.getFirst());
            ChatReading old = World.onlyChat(account).read();
            assertEquals(
                    Finding.ROLLBACK,
                    assertInstanceOf(ChatReading.Tampered.class, old).finding());
        }
    }

    @Test
    void h8NoticesAnOlderListOfChatsAndAMissingList() {
        Person bob = world.signUp();
        List<JsonNode> history = new ArrayList<>();
        try (Nescio nescio = World.connect(proxy);
                Account account = World.signIn(nescio, bob)) {
            account.chats().create("One");
            proxy.mutate("/v1/domains/chats", answer -> {
                history.add(answer.deepCopy());
                return answer;
            });
            assertEquals(1, account.chats().list().size());
            proxy.behave();
            account.chats().create("Two");
            proxy.mutate("/v1/domains/chats", answer -> history.getFirst());
            assertEquals(Finding.ROLLBACK, distrusted(() -> account.chats().list()));
            proxy.mutate(
                    "/v1/domains/chats",
                    answer -> Json.LENIENT.readTree("{\"list\":null,\"containers\":[],\"more\":false}"));
            assertEquals(Finding.ROLLBACK, distrusted(() -> account.chats().list()));
        }
    }

    /// Two chats were renamed, and the server shows both as they were, in the list alone: what is sent to one would
    /// land in the other.
    @Test
    void h8NoticesAnOlderChatInTheList() throws Exception {
        Person bob = world.signUp();
        List<JsonNode> history = new ArrayList<>();
        try (Nescio nescio = World.connect(proxy);
                Account account = World.signIn(nescio, bob)) {
            Chat work = account.chats().create("Work");
            account.chats().create("Friends");
            proxy.mutate("/v1/domains/chats", answer -> {
                history.add(answer.deepCopy());
                return answer;
            });
            assertEquals(List.of("Work", "Friends"), titles(account));
            proxy.behave();
            rename(account, work, "Ex-employer");
            assertEquals(List.of("Ex-employer", "Friends"), titles(account));
            proxy.mutate("/v1/domains/chats", answer -> history.getFirst());
            List<ChatEntry> entries = account.chats().list();
            assertEquals(new ChatEntry.Rejected(work.id(), Finding.ROLLBACK), entries.getFirst());
            assertInstanceOf(ChatEntry.Opened.class, entries.getLast(), "one bad chat hides no other");
            assertEquals(Finding.ROLLBACK, distrusted(() -> account.chats().find(work.id())));
        }
    }

    /// What a device has seen in the list alone, it has seen.
    @Test
    void h8NoticesAChatOlderThanTheOneInTheList() throws Exception {
        Person bob = world.signUp();
        List<JsonNode> history = new ArrayList<>();
        try (Nescio nescio = World.connect(proxy);
                Account account = World.signIn(nescio, bob);
                Nescio onPhone = World.connect(proxy)) {
            Chat work = account.chats().create("Work");
            proxy.mutate("/v1/containers/", answer -> {
                history.add(answer.deepCopy());
                return answer;
            });
            work.read();
            proxy.behave();
            rename(account, work, "Ex-employer");
            try (Account same = World.signIn(onPhone, bob)) {
                Chat listed = World.onlyChat(same);
                proxy.mutate("/v1/containers/", answer -> history.getFirst());
                assertEquals(Finding.ROLLBACK, finding(listed));
            }
        }
    }

    /// A new device cannot notice that the list is old. It notices that the chat has another title by now.
    @Test
    void h8SendsNothingToAChatThatWasListedUnderAnotherTitle() throws Exception {
        Person bob = world.signUp();
        List<JsonNode> history = new ArrayList<>();
        try (Nescio nescio = World.connect(proxy);
                Account account = World.signIn(nescio, bob);
                Nescio onPhone = World.connect(proxy)) {
            Chat work = account.chats().create("Work");
            proxy.mutate("/v1/domains/chats", answer -> {
                history.add(answer.deepCopy());
                return answer;
            });
            titles(account);
            proxy.behave();
            rename(account, work, "Ex-employer");
            try (Account same = World.signIn(onPhone, bob)) {
                proxy.mutate("/v1/domains/chats", answer -> history.getFirst());
                Chat chosen = World.onlyChat(same);
                assertEquals("Work", chosen.title());
                assertThrows(NescioException.TitleChanged.class, () -> chosen.send("secret"));
                assertEquals("Ex-employer", chosen.title());
                assertTrue(work.messages().isEmpty(), "and nothing was sent");
                chosen.send("for the other one");
                assertEquals(1, work.messages().size());
            }
        }
    }

    @Test
    void h8NoticesAnotherMetadataInTheList() throws Exception {
        Person bob = world.signUp();
        List<JsonNode> history = new ArrayList<>();
        try (Nescio nescio = World.connect(proxy);
                Account account = World.signIn(nescio, bob)) {
            Chat work = account.chats().create("Work");
            proxy.mutate("/v1/domains/chats", answer -> {
                history.add(answer.deepCopy());
                return answer;
            });
            titles(account);
            rename(account, work, "Ex-employer");
            proxy.mutate(
                    "/v1/domains/chats",
                    answer -> with(
                            answer,
                            "/containers/0/metadata",
                            history.getFirst().at("/containers/0/metadata").deepCopy()));
            assertEquals(
                    List.of(new ChatEntry.Rejected(work.id(), Finding.INCOMPLETE)),
                    account.chats().list());
        }
    }

    private static List<String> titles(Account account) {
        return account.chats().list().stream()
                .map(entry ->
                        assertInstanceOf(ChatEntry.Opened.class, entry).chat().title())
                .toList();
    }

    private static void rename(Account account, Chat chat, String title) throws Exception {
        byte[] session = account.save(ProfileProtection.insecureInClear());
        try (OtherClient other = new OtherClient(world.uri(), session)) {
            other.describe(chat.id(), "{\"title\":\"" + title + "\"}");
        }
    }

    @Test
    void h11RejectsAChatThatAppearsDisappearsOrMoves() {
        try (Nescio nescio = World.connect(proxy);
                Account account = adaAgain(nescio)) {
            List<UnaryOperator<JsonNode>> changes = List.of(
                    answer -> {
                        ObjectNode invented =
                                (ObjectNode) answer.get("containers").get(0).deepCopy();
                        invented.put("id", "ab".repeat(16));
                        ((ArrayNode) answer.get("containers")).add(invented);
                        return answer;
                    },
                    answer -> {
                        ((ArrayNode) answer.get("containers")).remove(0);
                        return answer;
                    },
                    answer -> swap(answer, "/containers/0", "/containers/1"));
            for (UnaryOperator<JsonNode> change : changes) {
                proxy.mutate("/v1/domains/chats", change);
                assertEquals(
                        Finding.INCOMPLETE, distrusted(() -> account.chats().list()));
            }
        }
    }

    // ---- H20 -------------------------------------------------------------------------------------------------------

    @Test
    void h20FailsClearlyOnMalformedHugeAndEndlessAnswers() {
        byte[] deep = ("{\"list\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}").getBytes(UTF_8);
        List<byte[]> bodies = List.of(
                "".getBytes(UTF_8),
                "null".getBytes(UTF_8),
                "[]".getBytes(UTF_8),
                "{".getBytes(UTF_8),
                "<html>".getBytes(UTF_8),
                "{\"containers\":7,\"more\":false}".getBytes(UTF_8),
                "{\"containers\":[null],\"more\":false}".getBytes(UTF_8),
                ("{\"containers\":[],\"more\":" + "9".repeat(100_000) + "}").getBytes(UTF_8),
                "{\"list\":null,\"containers\":[],\"containers\":[],\"more\":false}".getBytes(UTF_8),
                "{\"list\":null,\"containers\":[],\"more\":true}".getBytes(UTF_8),
                new byte[] {(byte) 0xff, (byte) 0xfe, 0, 0},
                deep);
        try (Nescio nescio = World.connect(proxy);
                Account account = adaAgain(nescio)) {
            for (byte[] body : bodies) {
                proxy.takeOver((request, exchange) -> {
                    exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
                    exchange.getResponseBody().write(body);
                    return true;
                });
                assertEquals(
                        Finding.BAD_ANSWER, distrusted(() -> account.chats().list()), "of " + body.length);
            }
            AtomicBoolean readItAll = new AtomicBoolean();
            proxy.takeOver((request, exchange) -> {
                exchange.sendResponseHeaders(200, 0);
                byte[] some = new byte[1 << 16];
                try {
                    for (long sent = 0; sent < 1L << 28; sent += some.length) {
                        exchange.getResponseBody().write(some);
                    }
                    readItAll.set(true);
                } catch (IOException e) {
                    // The client has hung up, as it should.
                }
                return true;
            });
            assertEquals(Finding.BAD_ANSWER, distrusted(() -> account.chats().list()), "endless");
            assertFalse(readItAll.get(), "a quarter of a gigabyte was read");
            proxy.behave();
            assertEquals(2, account.chats().list().size(), "and is of use again when the server is");
        }
    }

    // ---- how -------------------------------------------------------------------------------------------------------

    private static final Charset UTF_8 = StandardCharsets.UTF_8;

    private static Finding distrusted(Runnable call) {
        return assertThrows(NescioException.Distrust.class, call::run).finding();
    }

    /// Reads ada's first chat through the proxy, which changes the answer, on a device that saw nothing before.
    ///
    /// @param rejected how many messages must show as rejected, or −1 for any number
    private static void tampering(UnaryOperator<JsonNode> change, int rejected) {
        withChat(chat -> {
            proxy.mutate("/v1/containers/", change);
            ChatReading.Tampered reading = assertInstanceOf(ChatReading.Tampered.class, chat.read());
            if (rejected >= 0) {
                assertEquals(rejected, rejected(reading));
            }
            assertThrows(NescioException.Distrust.class, chat::messages);
            assertThrows(NescioException.Distrust.class, () -> chat.send("on top of it"));
            proxy.behave();
            assertEquals(
                    List.of("first", "second", "third"),
                    chat.messages().stream().map(Message::text).toList());
        });
    }

    private static void withChat(Consumer<Chat> use) {
        proxy.behave();
        try (Nescio nescio = World.connect(proxy);
                Account account = adaAgain(nescio)) {
            ChatEntry entry = account.chats().list().getFirst();
            use.accept(assertInstanceOf(ChatEntry.Opened.class, entry).chat());
        }
    }

    private static byte[] saved;

    /// Signing in costs a backup code; a saved session does not, and a fresh memory makes it a new device's.
    private static Account adaAgain(Nescio nescio) {
        if (saved == null) {
            try (Account account = World.signIn(nescio, ada)) {
                saved = account.save(ProfileProtection.insecureInClear());
            }
        }
        return nescio.resume(saved, ProfileProtection.insecureInClear());
    }

    private static byte[] adasMasterSecret() {
        try (Nescio nescio = World.connect(proxy)) {
            adaAgain(nescio).close();
        }
        JsonNode profile = Json.LENIENT.readTree(saved);
        return Bytes.parse(profile.at("/insecureInClear/masterKey").asString()).toArray();
    }

    private static MasterKey adasMasterKey() {
        SecretBytes secret = SecretBytes.taking(adasMasterSecret());
        JsonNode profile = Json.LENIENT.readTree(saved);
        return MasterKey.insecureImport(AccountId.parse(profile.get("account").asString()), secret);
    }

    private static JsonNode honestList() {
        List<JsonNode> lists = new ArrayList<>();
        try (Nescio nescio = World.connect(proxy);
                Account account = adaAgain(nescio)) {
            proxy.mutate("/v1/domains/chats", answer -> {
                lists.add(answer.deepCopy());
                return answer;
            });
            assertEquals(2, account.chats().list().size());
        }
        return lists.getFirst();
    }

    /// Takes ada's saved session up on a device that saw nothing before. Nothing may be sent after the refusal.
    private static Finding resumingRejects(UnaryOperator<JsonNode> change) {
        adasMasterKey().close();
        try (Nescio nescio = World.connect(proxy)) {
            proxy.mutate("/v1/account", change);
            proxy.takeSeen();
            Finding finding = distrusted(() -> adaAgain(nescio));
            assertEquals(
                    List.of("/v1/account"),
                    proxy.takeSeen().stream().map(Seen::path).toList());
            return finding;
        } finally {
            proxy.behave();
        }
    }

    private static long rejected(ChatReading.Tampered reading) {
        return reading.entries().stream()
                .filter(ChatReading.Entry.Rejected.class::isInstance)
                .count();
    }

    private static JsonNode honest;

    /// The honest answer to ada's signing in.
    private static JsonNode honestSignIn() {
        if (honest == null) {
            honest = captureSignIn(ada);
        }
        return honest;
    }

    private static JsonNode captureSignIn(Person person) {
        List<JsonNode> answers = new ArrayList<>();
        proxy.mutate((request, answer) -> {
            if (request.path().equals("/v1/signin")) {
                answers.add(answer.deepCopy());
            }
            return answer;
        });
        try (Nescio nescio = World.connect(proxy);
                Account account = World.signIn(nescio, person)) {
            assertEquals(person.address, account.address());
        }
        proxy.behave();
        return answers.getLast();
    }

    private static NescioException.Distrust signInRejects(UnaryOperator<JsonNode> change) {
        JsonNode honest = honestSignIn();
        return replayRejects(honest, change.apply(honest.deepCopy()));
    }

    /// Signs ada in against a server that answers with this, whatever the code. It must differ from the honest
    /// answer, or the test would prove nothing.
    private static NescioException.Distrust replayRejects(JsonNode honest, JsonNode answer) {
        assertNotEquals(honest, answer);
        return assertThrows(NescioException.Distrust.class, () -> replayed(answer, Account::address));
    }

    /// Signs ada in against a server that answers with this, whatever the code.
    private static <T> T replayed(JsonNode answer, Function<Account, T> use) {
        byte[] body = Json.LENIENT.writeValueAsBytes(answer);
        proxy.mutateAndHideDevices("/v1/signin", same -> same);
        proxy.takeOver((request, exchange) -> {
            if (!request.path().equals("/v1/signin")) {
                return false;
            }
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            return true;
        });
        try (Nescio nescio = World.connect(proxy)) {
            SignInResult result = nescio.signIn(ada.address, World.PASSWORD.toCharArray(), SecondFactor.totp("000000"));
            try (Account account =
                    assertInstanceOf(SignInResult.SignedIn.class, result).account()) {
                return use.apply(account);
            }
        } finally {
            proxy.behave();
        }
    }

    private static JsonNode item(JsonNode answer, int index) {
        return answer.get("items").get(index);
    }

    private static JsonNode set(JsonNode object, String field, int value) {
        return set(object, field, Json.LENIENT.getNodeFactory().numberNode(value));
    }

    private static JsonNode set(JsonNode object, String field, String value) {
        return set(object, field, Json.LENIENT.getNodeFactory().stringNode(value));
    }

    private static JsonNode set(JsonNode object, String field, JsonNode value) {
        ((ObjectNode) object).set(field, value);
        return object;
    }

    private static JsonNode text(Bytes bytes) {
        return Json.LENIENT.getNodeFactory().stringNode(bytes.base64url());
    }

    private static JsonNode flipped(JsonNode sealed, int at) {
        byte[] octets = Bytes.parse(sealed.asString()).toArray();
        octets[at] ^= 1;
        return text(Bytes.copyOf(octets));
    }

    /// A copy with one place replaced.
    private static JsonNode with(JsonNode original, String place, JsonNode value) {
        JsonNode copy = original.deepCopy();
        int slash = place.lastIndexOf('/');
        JsonNode parent = copy.at(place.substring(0, slash));
        String last = place.substring(slash + 1);
        if (parent instanceof ArrayNode array) {
            array.set(Integer.parseInt(last), value);
        } else {
            ((ObjectNode) parent).set(last, value);
        }
        return copy;
    }

    private static JsonNode swap(JsonNode original, String one, String other) {
        return with(
                with(original, one, original.at(other).deepCopy()),
                other,
                original.at(one).deepCopy());
    }
}
