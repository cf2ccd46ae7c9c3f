package dev.nescio.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.keys.AccessKey;
import dev.nescio.keys.AccountKeys;
import dev.nescio.keys.Credential;
import dev.nescio.keys.MasterKey;
import dev.nescio.keys.Password;
import dev.nescio.keys.ScopedKeys;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Scope;
import dev.nescio.protocol.SessionId;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.SecretBytes;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What a session looks like on a device's disk.
class SavedProfileTest {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Bytes TOKEN = Bytes.copyOf(new byte[32]);
    private static final URI SERVER = URI.create("http://localhost:8300/");

    private final Account.Session session = new Account.Session(
            SessionId.generate(RANDOM),
            new Token(TOKEN),
            Instant.ofEpochMilli(1_800_000_000_000L),
            Instant.ofEpochMilli(1_700_000_000_000L));
    private final MasterKey masterKey = MasterKey.generate(AccountId.generate(RANDOM), RANDOM);

    private byte[] save(ProfileProtection protection) {
        return SavedProfile.write(
                SERVER, new SavedProfile.Whole(session, masterKey, List.of(), false), protection, RANDOM);
    }

    private static ProfileProtection passphrase(String text) {
        return ProfileProtection.passphrase(Password.of(text.toCharArray()));
    }

    private static boolean sameKey(MasterKey one, MasterKey other) {
        try (SecretBytes first = one.insecureExport();
                SecretBytes second = other.insecureExport()) {
            return first.equals(second);
        }
    }

    @Test
    void aSealedProfileOpensWithItsPassphraseOnly() {
        byte[] saved = save(passphrase("open sesame please"));
        assertTrue(SavedSession.of(saved).sealed());
        assertEquals(SERVER, SavedSession.of(saved).server());
        SavedProfile.Whole opened =
                assertInstanceOf(SavedProfile.Whole.class, SavedProfile.open(saved, passphrase("open sesame please")));
        assertFalse(opened.byAccessKey());
        assertEquals(session.id(), opened.session().id());
        assertEquals(TOKEN, opened.session().token().use(token -> token));
        assertEquals(session.expiresAt(), opened.session().expiresAt());
        assertEquals(session.renewFrom(), opened.session().renewFrom());
        assertTrue(sameKey(masterKey, opened.masterKey()));
        assertThrows(IllegalArgumentException.class, () -> SavedProfile.open(saved, passphrase("open sesame")));
        assertThrows(
                IllegalArgumentException.class, () -> SavedProfile.open(saved, ProfileProtection.insecureInClear()));
    }

    @Test
    void masterKeysThatMayBeInForceAreKeptBesideThePresentOne() {
        List<MasterKey> next = Stream.generate(() -> MasterKey.generate(masterKey.account(), RANDOM))
                .limit(2)
                .toList();
        byte[] saved = SavedProfile.write(
                SERVER, new SavedProfile.Whole(session, masterKey, next, false), passphrase("open sesame"), RANDOM);
        SavedProfile.Whole opened =
                assertInstanceOf(SavedProfile.Whole.class, SavedProfile.open(saved, passphrase("open sesame")));
        assertTrue(sameKey(masterKey, opened.masterKey()));
        assertEquals(2, opened.next().size());
        assertTrue(sameKey(next.getFirst(), opened.next().getFirst()));
        assertTrue(sameKey(next.getLast(), opened.next().getLast()));
        String broken = new String(
                        SavedProfile.write(
                                SERVER,
                                new SavedProfile.Whole(session, masterKey, next, false),
                                ProfileProtection.insecureInClear(),
                                RANDOM),
                        StandardCharsets.UTF_8)
                .replace("\"nextMasterKeys\":[\"", "\"nextMasterKeys\":[null,\"");
        assertThrows(
                IllegalArgumentException.class,
                () -> SavedProfile.open(broken.getBytes(StandardCharsets.UTF_8), ProfileProtection.insecureInClear()));
    }

    @Test
    void whatAnAccessKeyHasOpenedComesBackAsSuch() throws RejectedException {
        byte[] whole = SavedProfile.write(
                SERVER,
                new SavedProfile.Whole(session, masterKey, List.of(), true),
                ProfileProtection.insecureInClear(),
                RANDOM);
        assertTrue(assertInstanceOf(
                        SavedProfile.Whole.class, SavedProfile.open(whole, ProfileProtection.insecureInClear()))
                .byAccessKey());
        AccountId account = masterKey.account();
        try (AccessKey key = AccessKey.generate(RANDOM);
                Credential credential = key.credential();
                AccountKeys keys = AccountKeys.generate(account, RANDOM);
                ScopedKeys scoped = credential.openScope(
                        account,
                        key.slot(),
                        credential.sealScope(key.slot(), account, Scope.parse("chats:read"), 7L, keys, RANDOM))) {
            for (ProfileProtection protection :
                    List.of(ProfileProtection.insecureInClear(), passphrase("open sesame please"))) {
                SavedProfile.Scoped opened = assertInstanceOf(
                        SavedProfile.Scoped.class,
                        SavedProfile.open(SavedProfile.write(SERVER, session, scoped, protection, RANDOM), protection));
                assertEquals(session.id(), opened.session().id());
                assertEquals(Scope.parse("chats:read"), opened.keys().scope());
                assertEquals(OptionalLong.of(7), opened.keys().expiresAt());
                assertEquals(account, opened.keys().account());
            }
        }
    }

    @Test
    void aSealedProfileHoldsNoKeyAndNoToken() {
        String saved = new String(save(passphrase("open sesame please")), StandardCharsets.UTF_8);
        try (SecretBytes key = masterKey.insecureExport()) {
            String text = key.lend(Bytes::copyOf).base64url();
            assertFalse(saved.contains(text));
            assertTrue(
                    new String(save(ProfileProtection.insecureInClear()), StandardCharsets.UTF_8).contains(text),
                    "the same search finds it in a profile in clear");
        }
        assertFalse(saved.contains(TOKEN.base64url()));
    }

    @Test
    void aProfileWithOtherParametersOrDamageIsRefused() {
        String saved = new String(save(passphrase("open sesame please")), StandardCharsets.UTF_8);
        for (String broken : new String[] {
            saved.replace("65536", "8"),
            saved.replace("65536", "99999999"),
            saved.replace("profile/1", "profile/2"),
            "{}",
            ""
        }) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> SavedProfile.open(broken.getBytes(StandardCharsets.UTF_8), passphrase("open sesame please")));
        }
    }
}
