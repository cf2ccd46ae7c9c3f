package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.client.AccessKeyAddition;
import dev.nescio.client.AccessKeyEntry;
import dev.nescio.client.AccessKeyRemoval;
import dev.nescio.client.AccessKeySignIn;
import dev.nescio.client.Account;
import dev.nescio.client.Chat;
import dev.nescio.client.ChatEntry;
import dev.nescio.client.Finding;
import dev.nescio.client.Nescio;
import dev.nescio.client.NescioException;
import dev.nescio.client.NewAccessKey;
import dev.nescio.client.OpenAccount;
import dev.nescio.client.ProfileProtection;
import dev.nescio.client.ScopedAccount;
import dev.nescio.client.SessionEntry;
import dev.nescio.client.SessionReading;
import dev.nescio.client.SlotChange;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.Scope;
import dev.nescio.protocol.SlotId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Access keys (spec, sections 3.12 and 10.17), on an honest server and on hostile ones.
class AccessKeyAttacksTest extends AgainstHostileServer {

    private static final String NAME = "the nightly backup";

    private Nescio nescio;
    private Account account;

    @BeforeEach
    void signUp() {
        nescio = World.connect(proxy);
        account = World.join(nescio).account();
        account.chats().create("Plans").send("hello");
    }

    @AfterEach
    void closeAccount() {
        account.close();
        nescio.close();
    }

    private record Made(SlotId id, String text) {}

    private Made made(String scope, Optional<Instant> end) {
        try (NewAccessKey key = account.accessKeys().create(NAME, Scope.parse(scope), end)) {
            assertInstanceOf(AccessKeyAddition.Added.class, key.use());
            return new Made(key.id(), key.text());
        }
    }

    private Made made(String scope) {
        return made(scope, Optional.of(Instant.now().plus(Duration.ofDays(90))));
    }

    private static OpenAccount signedIn(Nescio script, Made key) {
        return assertInstanceOf(AccessKeySignIn.SignedIn.class, script.signInWithAccessKey(key.text(), false))
                .account();
    }

    private static Finding refuses(Made key) {
        try (Nescio script = World.connect(proxy)) {
            proxy.takeSeen();
            NescioException.Distrust told =
                    assertThrows(NescioException.Distrust.class, () -> script.signInWithAccessKey(key.text(), false));
            assertEquals(1, proxy.takeSeen().size(), "nothing more is sent");
            return told.finding();
        }
    }

    private static List<String> texts(Chat chat) {
        return chat.messages().stream().map(message -> message.text()).toList();
    }

    private static Chat onlyChat(OpenAccount open) {
        return ((ChatEntry.Opened) open.chats().list().getFirst()).chat();
    }

    // ---- what it does on an honest server -------------------------------------------------------------------

    @Test
    void aScriptReadsAndWritesWhatItsKeyReaches() {
        Made key = made("chats:write");
        try (Nescio script = World.connect(proxy);
                OpenAccount open = signedIn(script, key)) {
            ScopedAccount scoped = assertInstanceOf(ScopedAccount.class, open);
            assertEquals(Scope.parse("chats:write"), scoped.scope());
            assertEquals(account.id(), scoped.id());
            assertEquals(List.of("hello"), texts(onlyChat(scoped)));
            onlyChat(scoped).send("from a script");
            scoped.chats().create("Of the script").send("hello");
            assertEquals(2, account.chats().list().size());
        }
        assertEquals(
                List.of("hello", "from a script"),
                texts(((ChatEntry.Opened) account.chats().list().getFirst()).chat()));
    }

    @Test
    void aScriptThatOnlyReadsSendsNoWrite() {
        Made key = made("chats:read");
        try (Nescio script = World.connect(proxy);
                OpenAccount open = signedIn(script, key)) {
            Chat chat = onlyChat(open);
            assertEquals(List.of("hello"), texts(chat));
            proxy.takeSeen();
            for (NescioException.Refused refused : List.of(
                    assertThrows(NescioException.Refused.class, () -> chat.send("no")),
                    assertThrows(
                            NescioException.Refused.class, () -> open.chats().create("no")))) {
                assertEquals("scope-refused", refused.problem());
            }
            assertTrue(proxy.takeSeen().stream().allMatch(seen -> seen.method().equals("GET")));
        }
    }

    @Test
    void aKeyOfOtherDomainsReadsNoChat() {
        Made key = made("apps:write,embeds:read");
        try (Nescio script = World.connect(proxy);
                OpenAccount open = signedIn(script, key)) {
            assertEquals(
                    "scope-refused",
                    assertThrows(NescioException.Refused.class, open::chats).problem());
        }
    }

    @Test
    void aSavedSessionOfAKeyIsTakenUpAgainAndRenewed() {
        for (String scope : List.of("all", "chats:read")) {
            Made key = made(scope);
            try (Nescio script = World.connect(proxy)) {
                byte[][] saved = new byte[1][];
                try (OpenAccount open = signedIn(script, key)) {
                    open.renew(ProfileProtection.insecureInClear(), profile -> saved[0] = profile);
                }
                try (OpenAccount again = script.resumeAny(saved[0], ProfileProtection.insecureInClear())) {
                    assertEquals(List.of("hello"), texts(onlyChat(again)));
                    assertEquals(scope.equals("all"), again instanceof Account);
                }
            }
        }
    }

    @Test
    void aKeyOfTheWholeAccountChangesNoWayToSignInAndIsOnNoListOfDevices() {
        Made key = made("all");
        try (Nescio script = World.connect(proxy);
                OpenAccount open = signedIn(script, key)) {
            Account whole = assertInstanceOf(Account.class, open);
            assertTrue(whole.isByAccessKey());
            assertEquals(account.address(), whole.address());
            assertEquals(List.of("hello"), texts(onlyChat(whole)));
            assertEquals(
                    "scope-refused",
                    assertThrows(
                                    NescioException.Refused.class,
                                    () -> whole.changePassword("another long password".toCharArray(), true))
                            .problem());
            // Neither by looking at the sessions does it name itself.
            whole.sessions();
            SessionEntry entry = account.sessions().entries().stream()
                    .filter(other -> other.id().equals(whole.session()))
                    .findFirst()
                    .orElseThrow();
            SessionEntry.ByAccessKey script2 = assertInstanceOf(SessionEntry.ByAccessKey.class, entry);
            assertEquals(NAME, script2.name());
            assertEquals(key.id(), script2.accessKey());
        }
    }

    @Test
    void aRevokedKeySignsNobodyInAndItsSessionsEnd() {
        Made key = made("chats:read");
        try (Nescio script = World.connect(proxy);
                OpenAccount open = signedIn(script, key)) {
            assertInstanceOf(
                    AccessKeyRemoval.Removed.class, account.accessKeys().revoke(key.id()));
            assertThrows(NescioException.SessionEnded.class, open::checkSession);
            assertInstanceOf(AccessKeySignIn.Failed.class, script.signInWithAccessKey(key.text(), false));
            assertEquals(List.of(), account.accessKeys().list());
            assertInstanceOf(
                    AccessKeyRemoval.NotThere.class, account.accessKeys().revoke(key.id()));
        }
    }

    @Test
    void theServerLearnsNeitherTheNameNorTheKey() {
        proxy.takeSeen();
        Made key = made("chats:read");
        try (Nescio script = World.connect(proxy)) {
            signedIn(script, key).close();
        }
        String secret = key.text().substring("nescio-access-1".length());
        for (HostileProxy.Seen seen : proxy.takeSeen()) {
            assertFalse(seen.body().contains(NAME) || seen.path().contains(NAME), seen.path());
            assertFalse(seen.body().contains(secret), seen.path());
        }
        AccessKeyEntry entry = account.accessKeys().list().getFirst();
        assertEquals(NAME, entry.name());
        assertEquals(Scope.parse("chats:read"), entry.scope());
        assertTrue(entry.usedOn().isPresent());
    }

    // ---- H5, H7, H17: what a hostile server says ------------------------------------------------------------

    @Test
    void h5RejectsTheScopeRecordOfAnotherKey() {
        Made narrow = made("chats:read");
        Made wide = made("chats:write,apps:write");
        List<JsonNode> answers = new ArrayList<>();
        proxy.mutate("/v1/signin/access", answer -> {
            answers.add(answer.deepCopy());
            return answer;
        });
        try (Nescio script = World.connect(proxy)) {
            signedIn(script, wide).close();
        }
        proxy.mutate("/v1/signin/access", answer -> answers.getFirst());
        assertEquals(Finding.REJECTED, refuses(narrow));
    }

    @Test
    void h7GivesNoMoreToAKeyWhoseScopeTheServerWidens() {
        Made narrow = made("chats:read");
        Made whole = made("all");
        List<JsonNode> answers = new ArrayList<>();
        proxy.mutate("/v1/signin/access", answer -> {
            answers.add(answer.deepCopy());
            return answer;
        });
        try (Nescio script = World.connect(proxy)) {
            signedIn(script, whole).close();
        }
        // As if it were one of the whole account.
        proxy.mutate("/v1/signin/access", answer -> answers.getFirst());
        assertEquals(Finding.REJECTED, refuses(narrow));
        // And the devices see that it says so.
        proxy.mutate("/v1/account", answer -> widened(answer, "chats:write"));
        assertEquals(
                Finding.SLOTS_CHANGED,
                assertThrows(
                                NescioException.Distrust.class,
                                () -> account.accessKeys().list())
                        .finding());
    }

    private static JsonNode widened(JsonNode answer, String scope) {
        answer.get("slots").forEach(slot -> {
            if (slot.path("scope").asString("").equals("chats:read")) {
                ((ObjectNode) slot).put("scope", scope);
            }
        });
        return answer;
    }

    @Test
    void h7NoticesAKeyThatTheServerProlongs() {
        made("chats:read");
        proxy.mutate("/v1/account", answer -> {
            answer.get("slots").forEach(slot -> {
                if (slot.has("scope")) {
                    ((ObjectNode) slot).remove("expiresAt");
                }
            });
            return answer;
        });
        assertEquals(
                Finding.SLOTS_CHANGED,
                assertThrows(
                                NescioException.Distrust.class,
                                () -> account.accessKeys().list())
                        .finding());
    }

    @Test
    void h7RefusesASessionThatWouldOutliveItsKey() {
        for (String scope : List.of("chats:read", "all")) {
            Made key = made(scope, Optional.of(Instant.now().plus(Duration.ofHours(3))));
            proxy.mutate("/v1/signin/access", answer -> {
                ((ObjectNode) answer).put("expiresAt", answer.get("expiresAt").asLong() + 1);
                return answer;
            });
            assertEquals(Finding.ACCESS_KEY_OUTLIVED, refuses(key));
            proxy.behave();
        }
    }

    @Test
    void h17ShowsAKeyThatTheServerRevives() {
        Made key = made("chats:read");
        List<JsonNode> before = new ArrayList<>();
        proxy.mutate("/v1/account", answer -> {
            before.add(answer.deepCopy());
            return answer;
        });
        account.accessKeys().list();
        proxy.behave();
        assertInstanceOf(AccessKeyRemoval.Removed.class, account.accessKeys().revoke(key.id()));
        // With the directory of today, and with that of yesterday.
        proxy.mutate("/v1/account", answer -> {
            ((ObjectNode) answer).set("slots", before.getFirst().get("slots"));
            return answer;
        });
        assertEquals(
                Finding.SLOTS_CHANGED,
                assertThrows(
                                NescioException.Distrust.class,
                                () -> account.accessKeys().list())
                        .finding());
        proxy.mutate("/v1/account", answer -> before.getFirst());
        assertEquals(
                Finding.ROLLBACK,
                assertThrows(
                                NescioException.Distrust.class,
                                () -> account.accessKeys().list())
                        .finding());
    }

    @Test
    void h17ARevivedKeyOfTheWholeAccountOpensNothingUnderTodaysDirectory() {
        Made key = made("all");
        List<JsonNode> signIns = new ArrayList<>();
        proxy.mutate("/v1/signin/access", answer -> {
            signIns.add(answer.deepCopy());
            return answer;
        });
        try (Nescio script = World.connect(proxy)) {
            signedIn(script, key).close();
        }
        proxy.behave();
        assertInstanceOf(AccessKeyRemoval.Removed.class, account.accessKeys().revoke(key.id()));
        List<JsonNode> today = new ArrayList<>();
        proxy.mutate("/v1/account", answer -> {
            today.add(answer.deepCopy());
            return answer;
        });
        account.accessKeys().list();
        ObjectNode revived = (ObjectNode) signIns.getFirst().deepCopy();
        revived.set("whole", today.getFirst());
        answerSignInWith(revived);
        assertEquals(Finding.SLOTS_CHANGED, refuses(key));
    }

    /// The honest server would refuse.
    private static void answerSignInWith(JsonNode answer) {
        proxy.takeOver((request, exchange) -> {
            if (!request.path().equals("/v1/signin/access")) {
                return false;
            }
            byte[] body = Json.LENIENT.writeValueAsString(answer).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            return true;
        });
    }

    @Test
    void h17ASessionOfAKeyThatNoDeviceHasMadeIsUnknown() {
        proxy.mutate("/v1/sessions", answer -> {
            ObjectNode invented = ((ArrayNode) answer.get("sessions")).addObject();
            invented.put("session", "ab".repeat(16))
                    .put("createdAt", 0)
                    .put("lastSeenAt", 0)
                    .put("expiresAt", 1)
                    .put("current", false)
                    .put("accessKey", "cd".repeat(16));
            return answer;
        });
        assertTrue(account.sessions().entries().stream()
                .anyMatch(entry -> entry instanceof SessionEntry.Unknown unknown
                        && unknown.id().hex().equals("ab".repeat(16))));
    }

    /// Whoever can spoil the directory must not be able to keep a session from being seen by that.
    @Test
    void h17ADirectoryThatFailsItsCheckHidesNoSession() {
        Made key = made("chats:read");
        try (Nescio script = World.connect(proxy);
                OpenAccount open = signedIn(script, key)) {
            assertInstanceOf(ScopedAccount.class, open);
            proxy.mutate("/v1/account", answer -> {
                ((ObjectNode) answer.get("directory")).put("sealed", "AAAA".repeat(160));
                return answer;
            });
            SessionReading.Unexplained reading = assertInstanceOf(SessionReading.Unexplained.class, account.sessions());
            assertEquals(Finding.REJECTED, reading.finding());
            assertEquals(2, reading.entries().size());
            assertEquals(
                    1,
                    reading.entries().stream()
                            .filter(SessionEntry.Unknown.class::isInstance)
                            .count());
            account.acknowledge(reading);

            CopiedToken.of(world.uri(), account.save(ProfileProtection.insecureInClear()))
                    .overwriteDevices();
            SessionReading.Tampered both = assertInstanceOf(SessionReading.Tampered.class, account.sessions());
            assertEquals(Finding.REJECTED, both.finding());
            assertEquals(Optional.of(Finding.REJECTED), both.directory());
            account.acknowledge(both);
            proxy.behave();
            SessionReading after = account.sessions();
            assertInstanceOf(SessionReading.Complete.class, after);
            assertTrue(after.entries().stream().anyMatch(SessionEntry.ByAccessKey.class::isInstance));
        }
    }

    /// Whoever has the profile key can write a list of devices; that of the server says which session a key has opened.
    @Test
    void h17ASessionOfAKeyDoesNotPassForADevice() {
        proxy.mutate("/v1/sessions", answer -> {
            ((ObjectNode) answer.at("/sessions/0")).put("accessKey", "cd".repeat(16));
            return answer;
        });
        assertTrue(account.sessions().entries().stream().noneMatch(SessionEntry.Known.class::isInstance));
    }

    @Test
    void whatAServerRefusesToAKeyIsTold() {
        Made key = made("chats:write");
        try (Nescio script = World.connect(proxy);
                OpenAccount open = signedIn(script, key)) {
            proxy.takeOver((request, exchange) -> {
                if (!request.path().startsWith("/v1/domains/")) {
                    return false;
                }
                byte[] body = "{\"type\":\"urn:nescio:problem:scope-refused\",\"title\":\"\",\"status\":403}"
                        .getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Content-Type", "application/problem+json");
                exchange.sendResponseHeaders(403, body.length);
                exchange.getResponseBody().write(body);
                return true;
            });
            assertEquals(
                    "scope-refused",
                    assertThrows(
                                    NescioException.Refused.class,
                                    () -> open.chats().list())
                            .problem());
        }
    }

    @Test
    void aLostAnswerAddsAKeyOnce() {
        try (NewAccessKey key = account.accessKeys().create(NAME, Scope.ALL, Optional.empty())) {
            proxy.drop(seen -> seen.path().equals("/v1/slots/access"), true);
            assertThrows(NescioException.Unreachable.class, key::use);
            proxy.behave();
            assertInstanceOf(AccessKeyAddition.Added.class, key.use());
        }
        assertEquals(1, account.accessKeys().list().size());
        // Other changes go on from there.
        assertInstanceOf(SlotChange.Changed.class, account.newRecoveryKey().use());
    }
}
