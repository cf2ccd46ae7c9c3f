package dev.nescio.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.Scope;
import dev.nescio.protocol.SlotId;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.v1.SealingKey;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Nothing that holds a secret shows it, in words, in JSON, or in an error; and closed means closed.
class SecretsTest {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final AccountId ACCOUNT = AccountId.generate(RANDOM);
    private static final ContainerId CONTAINER = ContainerId.generate(RANDOM);
    private static final SlotId SLOT = SlotId.generate(RANDOM);
    private static final byte[] SECRET = "a secret of exactly thirty-two b".getBytes(StandardCharsets.US_ASCII);
    private static final String TYPED = "a secret of exactly thirty-two b";

    private static Credential credential;
    private static DeviceKey deviceKey;

    private static SealingKey key() {
        return SealingKey.of(SecretBytes.copyOf(SECRET));
    }

    @BeforeAll
    static void deriveOnce() throws Exception {
        try (Password password = Password.of(TYPED.toCharArray())) {
            credential = Credential.ofPassword(
                    password,
                    Address.parse("ada@example.org"),
                    Bytes.copyOf(new byte[16]),
                    Argon2Parameters.CURRENT,
                    Optional.empty());
            deviceKey = DeviceKey.derive(password, Bytes.copyOf(new byte[16]), Argon2Parameters.CURRENT);
        }
    }

    private static List<AutoCloseable> secrets() {
        return List.of(
                Password.of(TYPED.toCharArray()),
                credential,
                deviceKey,
                BackupCode.generate(new Repeating()),
                RecoveryKey.generate(new Repeating()),
                AccessKey.generate(new Repeating()),
                ResetCode.generate(new Repeating()),
                scopedKeys(),
                PairingCode.generate(new Repeating()),
                PairingKey.generate(new Repeating()),
                new MasterKey(ACCOUNT, key()),
                new ChatsKey(ACCOUNT, key()),
                new AppsKey(ACCOUNT, key()),
                new EmailsKey(ACCOUNT, key()),
                new EmbedsKey(ACCOUNT, key()),
                new ProfileKey(ACCOUNT, key()),
                AccountKeyPair.generate(ACCOUNT, new Repeating()),
                new ChatKey(ACCOUNT, CONTAINER, List.of(key())),
                new CollectionKey(ACCOUNT, CONTAINER, List.of(key())),
                new MailboxKey(ACCOUNT, CONTAINER, List.of(key())),
                new EmbedKey(ACCOUNT, CONTAINER, List.of(key())),
                accountKeys());
    }

    private static AccountKeys accountKeys() {
        return new AccountKeys(
                new ChatsKey(ACCOUNT, key()),
                new AppsKey(ACCOUNT, key()),
                new EmailsKey(ACCOUNT, key()),
                new EmbedsKey(ACCOUNT, key()),
                new ProfileKey(ACCOUNT, key()));
    }

    private static ScopedKeys scopedKeys() {
        try (AccountKeys keys = accountKeys()) {
            return ScopedKeys.decode(ACCOUNT, ScopedKeys.encode(Scope.parse("chats:read,apps:write"), null, keys));
        } catch (RejectedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Hands out the bytes of [#SECRET].
    private static final class Repeating implements java.util.random.RandomGenerator {
        @Override
        public long nextLong() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void nextBytes(byte[] out) {
            System.arraycopy(SECRET, 0, out, 0, out.length);
        }
    }

    /// So that a new kind of key is not forgotten here.
    @Test
    void everyClosableTypeIsTried() throws Exception {
        Set<String> tried = new HashSet<>();
        secrets().forEach(secret -> tried.add(secret.getClass().getName()));
        Set<String> all = new HashSet<>();
        for (Class<?> type : types()) {
            if (AutoCloseable.class.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers())) {
                all.add(type.getName());
            }
        }
        assertEquals(all, tried);
    }

    private static List<Class<?>> types() throws IOException, ReflectiveOperationException {
        Path folder = Path.of(
                MasterKey.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath(),
                "dev/nescio/keys");
        try (Stream<Path> files = Files.list(folder)) {
            List<Class<?>> types = new java.util.ArrayList<>();
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".class") && !name.equals("package-info.class")) {
                    types.add(Class.forName("dev.nescio.keys." + name.replace(".class", "")));
                }
            }
            return types;
        }
    }

    @Test
    void noneIsShown() {
        for (Object secret : secrets()) {
            assertHidden(secret.toString(), secret);
            assertTrue(secret.toString().contains("[redacted]"), secret::toString);
            assertHidden(Json.LENIENT.writeValueAsString(secret), secret);
            assertHidden(Json.STRICT.writeValueAsString(secret), secret);
            assertHidden(Json.STRICT.writeValueAsString(List.of(secret)), secret);
        }
        assertFalse(new Profile("ada@example.org").toString().contains("ada"));
        assertFalse(new PairingGrant(new MasterKey(ACCOUNT, key()), 1, Bytes.copyOf(SECRET), "ada@example.org")
                .toString()
                .contains("ada"));
    }

    private static void assertHidden(String shown, Object of) {
        for (int from = 0; from + 6 <= SECRET.length; from++) {
            byte[] part = Arrays.copyOfRange(SECRET, from, from + 6);
            for (String spelling : List.of(
                    new String(part, StandardCharsets.US_ASCII),
                    Bytes.copyOf(part).hex(),
                    Base64.getEncoder().encodeToString(part),
                    Arrays.toString(part).replaceAll("[\\[\\]]", ""))) {
                assertFalse(shown.contains(spelling), () -> of.getClass().getSimpleName() + " shows " + spelling);
            }
        }
    }

    /// A class of keys has no public method that returns its bytes, and no public constructor that takes
    /// them. The one door out is named `insecureExport`, and an architecture rule says who may use it.
    @Test
    void noneHandsItsBytesOut() throws Exception {
        for (Class<?> type : types()) {
            if (!AutoCloseable.class.isAssignableFrom(type)) {
                continue;
            }
            for (java.lang.reflect.Method method : type.getMethods()) {
                boolean opens = method.getName().startsWith("open");
                assertFalse(
                        !opens && method.getReturnType() == byte[].class && method.getDeclaringClass() != Object.class,
                        method::toString);
                assertFalse(
                        method.getReturnType() == SecretBytes.class
                                && !method.getName().equals("insecureExport"),
                        method::toString);
                assertFalse(method.getReturnType() == SealingKey.class, method::toString);
            }
            if (!type.isRecord()) {
                assertEquals(0, type.getConstructors().length, type::getName);
            }
        }
    }

    @Test
    void whatAPersonTypedIsNotRepeatedInErrors() {
        for (String typed : List.of(TYPED + "\t", TYPED + "\ud800", TYPED.repeat(40))) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> Password.of(typed.toCharArray()));
            assertHidden(e + " " + e.getCause(), e);
        }
        IllegalArgumentException tooShort = assertThrows(
                IllegalArgumentException.class,
                () -> Password.of("secret123".toCharArray()).requireFitForCreation());
        assertFalse(tooShort.toString().contains("secret123"));
        IllegalArgumentException code = assertThrows(IllegalArgumentException.class, () -> BackupCode.parse(TYPED));
        assertHidden(code + " " + code.getCause(), code);
    }

    @Test
    void noneWorksOnceClosed() throws Exception {
        Bytes sealed = Bytes.copyOf(new byte[137]);
        MasterKey masterKey = new MasterKey(ACCOUNT, key());
        ChatsKey chats = new ChatsKey(ACCOUNT, key());
        ChatKey chat = new ChatKey(ACCOUNT, CONTAINER, List.of(key()));
        ProfileKey profile = new ProfileKey(ACCOUNT, key());
        AccountKeys keys = accountKeys();
        Credential closing = credential;
        for (AutoCloseable secret : List.of(masterKey, chats, chat, profile, keys)) {
            secret.close();
        }
        assertThrows(IllegalStateException.class, () -> closing.wrap(masterKey, SLOT, RANDOM));
        assertThrows(IllegalStateException.class, () -> masterKey.openDirectory(1, sealed));
        assertThrows(IllegalStateException.class, () -> masterKey.wrap(accountKeys(), RANDOM));
        assertThrows(IllegalStateException.class, () -> chats.unwrap(CONTAINER, sealed, null));
        assertThrows(IllegalStateException.class, () -> chats.openList(1, sealed));
        assertThrows(IllegalStateException.class, () -> chat.sealMetadata(1, SECRET, RANDOM));
        assertThrows(IllegalStateException.class, () -> chat.openMetadata(1, sealed));
        assertThrows(IllegalStateException.class, () -> profile.seal(1, new Profile("a"), RANDOM));
        assertThrows(IllegalStateException.class, () -> keys.apps().openList(1, sealed));
        assertThrows(IllegalStateException.class, () -> keys.emails().openList(1, sealed));
        assertThrows(IllegalStateException.class, () -> keys.embeds().openList(1, sealed));
        assertThrows(IllegalStateException.class, () -> keys.profile().seal(1, new Profile("a"), RANDOM));
    }
}
