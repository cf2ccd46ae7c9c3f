package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nescio.client.AccessKeyAddition;
import dev.nescio.client.Account;
import dev.nescio.client.Nescio;
import dev.nescio.client.NescioException;
import dev.nescio.client.NewAccessKey;
import dev.nescio.client.PasskeyAddition;
import dev.nescio.client.PasskeyStart;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// H10: a server changes what a credential unwraps, whichever credential it is, to learn from what the client does
/// then.
class WrappedKeyAttacksTest {

    /// The version, the commitment at both ends, the nonce, the ciphertext, the tag.
    private static final int[] PLACES = {0, 1, 32, 33, 60, -1};

    @TempDir
    static Path folder;

    private static HostileProxy proxy;
    private static World world;
    private static final SoftPasskeys PASSKEYS = new SoftPasskeys();
    private static World.Person person;
    private static String wholeKey;
    private static String scopedKey;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        proxy = new HostileProxy(() -> world.uri());
        world = new World(folder, "--public-url", proxy.uri().toString());
        try (Nescio nescio = World.connect(proxy)) {
            World.Joined joined = World.join(nescio);
            person = joined.person();
            try (Account account = joined.account()) {
                PasskeyStart.Made made =
                        assertInstanceOf(PasskeyStart.Made.class, account.newPasskey(PASSKEYS, "Security key"));
                assertInstanceOf(PasskeyAddition.Added.class, made.passkey().use());
                wholeKey = accessKey(account, "all");
                scopedKey = accessKey(account, "chats:read");
            }
        }
    }

    private static String accessKey(Account account, String scope) {
        try (NewAccessKey key = account.accessKeys().create("script", Scope.parse(scope), Optional.empty())) {
            assertInstanceOf(AccessKeyAddition.Added.class, key.use());
            return key.text();
        }
    }

    @AfterAll
    static void stop() {
        proxy.close();
        world.close();
    }

    @AfterEach
    void behaveAgain() {
        proxy.behave();
        proxy.takeSeen();
    }

    @Test
    void h10APasswordMeetsOneErrorAndSendsTheSame() {
        assertOneErrorAndTheSameTraffic(
                "/v1/signin",
                nescio -> nescio.signIn(person.address, World.PASSWORD.toCharArray(), person.nextFactor()));
    }

    @Test
    void h10ARecoveryKeyMeetsOneErrorAndSendsTheSame() {
        assertOneErrorAndTheSameTraffic(
                "/v1/signin/key", nescio -> nescio.signInWithRecoveryKey(person.recoveryKey, false));
    }

    @Test
    void h10APasskeyMeetsOneErrorAndSendsTheSame() {
        assertOneErrorAndTheSameTraffic("/v1/signin/passkey", nescio -> nescio.signInWithPasskey(PASSKEYS, false));
    }

    @Test
    void h10AnAccessKeyOfTheWholeAccountMeetsOneErrorAndSendsTheSame() {
        assertOneErrorAndTheSameTraffic("/v1/signin/access", nescio -> nescio.signInWithAccessKey(wholeKey, false));
    }

    @Test
    void h10AScopedAccessKeyMeetsOneErrorAndSendsTheSame() {
        assertOneErrorAndTheSameTraffic("/v1/signin/access", nescio -> nescio.signInWithAccessKey(scopedKey, false));
    }

    private static void assertOneErrorAndTheSameTraffic(String path, Consumer<Nescio> signIn) {
        Set<String> errors = new HashSet<>();
        Set<List<String>> traffic = new HashSet<>();
        for (int place : PLACES) {
            proxy.mutate((request, answer) -> request.path().equals(path) ? flipped(answer, place) : answer);
            try (Nescio nescio = World.connect(proxy)) {
                proxy.takeSeen();
                NescioException.Distrust refused =
                        assertThrows(NescioException.Distrust.class, () -> signIn.accept(nescio));
                errors.add(refused.finding() + refused.getMessage());
                traffic.add(proxy.takeSeen().stream()
                        .map(request -> request.method() + request.path())
                        .toList());
            }
        }
        assertEquals(1, errors.size(), () -> "one error, whatever was changed: " + errors);
        assertEquals(1, traffic.size(), () -> "the same is sent: " + traffic);
        assertEquals("POST" + path, traffic.iterator().next().getLast(), "and nothing after the answer");
    }

    /// @return the answer with a bit changed in what this credential unwraps
    private static JsonNode flipped(JsonNode answer, int place) {
        ObjectNode holder = (ObjectNode) answer;
        if (answer.has("slots")) {
            for (JsonNode slot : answer.get("slots")) {
                if (slot.get("id").equals(answer.get("slot"))) {
                    holder = (ObjectNode) slot;
                }
            }
        }
        String field = holder.has("scopeRecord") ? "scopeRecord" : "wrappedMasterKey";
        byte[] octets = Bytes.parse(holder.get(field).asString()).toArray();
        octets[place < 0 ? octets.length + place : place] ^= 1;
        holder.put(field, Bytes.copyOf(octets).base64url());
        return answer;
    }
}
