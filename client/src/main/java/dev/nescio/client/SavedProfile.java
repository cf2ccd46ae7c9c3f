package dev.nescio.client;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.nescio.keys.Argon2Policy;
import dev.nescio.keys.DeviceKey;
import dev.nescio.keys.MasterKey;
import dev.nescio.keys.Password;
import dev.nescio.keys.ScopedKeys;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.SessionId;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.SecretBytes;
import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;

/// A session on this device's disk: which server, which account, and, sealed, the token and the keys.
/// `docs/local-profile.md` gives the format.
final class SavedProfile {

    private static final String FORMAT = "nescio-profile/1";

    private SavedProfile() {}

    /// What was saved.
    sealed interface Saved {}

    /// Of the whole account.
    ///
    /// @param next master keys of rotations that had no answer: one of them may be in force
    /// @param byAccessKey whether an access key has opened the session
    record Whole(Account.Session session, MasterKey masterKey, List<MasterKey> next, boolean byAccessKey)
            implements Saved {

        @Override
        public String toString() {
            return "Whole[redacted]";
        }
    }

    /// Of some domains, by an access key.
    record Scoped(Account.Session session, ScopedKeys keys) implements Saved {

        @Override
        public String toString() {
            return "Scoped[redacted]";
        }
    }

    /// The file. Exactly one of `sealed` and `insecureInClear` is there.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record File(
            String format,
            String server,
            AccountId account,
            Bytes salt,
            Integer memoryKiB,
            Integer passes,
            Bytes sealed,
            Secrets insecureInClear) {}

    /// @param renewFrom absent in a profile of an earlier version: then it is renewed the next time
    /// @param server as in the file, where whoever can write the file could have put another that gets the token
    /// @param scopeRecord in place of the master key, of a session that an access key of some domains
    /// has opened
    /// @param byAccessKey absent where a person has opened the session
    /// @param nextMasterKeys of rotations that had no answer (spec, section 10.13); absent where there are
    /// none
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Secrets(
            String server,
            SessionId session,
            Bytes token,
            long expiresAt,
            Long renewFrom,
            Bytes masterKey,
            Bytes scopeRecord,
            Boolean byAccessKey,
            List<Bytes> nextMasterKeys) {

        private static final int LENGTH = 32;

        private Secrets {
            if (server == null
                    || session == null
                    || token == null
                    || token.length() != LENGTH
                    || (masterKey == null) == (scopeRecord == null)
                    || (masterKey != null && masterKey.length() != LENGTH)) {
                throw broken();
            }
            if (nextMasterKeys != null
                    && nextMasterKeys.stream().anyMatch(key -> key == null || key.length() != LENGTH)) {
                throw broken();
            }
        }

        @Override
        public String toString() {
            return "Secrets[redacted]";
        }
    }

    static byte[] write(URI server, Whole whole, ProfileProtection protection, RandomGenerator random) {
        Secrets secrets = secrets(
                server,
                whole.session(),
                export(whole.masterKey()),
                null,
                whole.byAccessKey() ? true : null,
                whole.next().isEmpty()
                        ? null
                        : whole.next().stream().map(SavedProfile::export).toList());
        return write(server, whole.masterKey().account(), secrets, protection, random);
    }

    private static Bytes export(MasterKey key) {
        try (SecretBytes exported = key.insecureExport()) {
            return exported.lend(Bytes::copyOf);
        }
    }

    static byte[] write(
            URI server,
            Account.Session session,
            ScopedKeys keys,
            ProfileProtection protection,
            RandomGenerator random) {
        try (SecretBytes exported = keys.insecureExport()) {
            Secrets secrets = secrets(server, session, null, exported.lend(Bytes::copyOf), true, null);
            return write(server, keys.account(), secrets, protection, random);
        }
    }

    private static Secrets secrets(
            URI server,
            Account.Session session,
            Bytes masterKey,
            Bytes scopeRecord,
            Boolean byAccessKey,
            List<Bytes> nextMasterKeys) {
        return new Secrets(
                server.toString(),
                session.id(),
                session.token().use(token -> token),
                session.expiresAt().toEpochMilli(),
                session.renewFrom().toEpochMilli(),
                masterKey,
                scopeRecord,
                byAccessKey,
                nextMasterKeys);
    }

    private static byte[] write(
            URI server, AccountId account, Secrets secrets, ProfileProtection protection, RandomGenerator random) {
        return switch (protection) {
            case ProfileProtection.InsecureInClear() ->
                encode(new File(FORMAT, server.toString(), account, null, null, null, null, secrets));
            case ProfileProtection.Passphrase(Password passphrase) ->
                encode(seal(server, account, secrets, passphrase, random));
        };
    }

    private static File seal(
            URI server, AccountId account, Secrets secrets, Password passphrase, RandomGenerator random) {
        Argon2Parameters cost = Argon2Parameters.CURRENT;
        byte[] salt = new byte[16];
        random.nextBytes(salt);
        byte[] content = encode(secrets);
        try (DeviceKey key = DeviceKey.derive(passphrase, Bytes.copyOf(salt), cost)) {
            return new File(
                    FORMAT,
                    server.toString(),
                    account,
                    Bytes.copyOf(salt),
                    cost.memoryKiB(),
                    cost.passes(),
                    key.sealProfile(account, content, random),
                    null);
        } catch (Argon2Policy.RefusedException e) {
            throw new IllegalStateException("our own parameters are acceptable", e);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    /// @throws IllegalArgumentException with words for the person, if the passphrase or the file is wrong
    static Saved open(byte[] saved, ProfileProtection protection) {
        File file = decode(saved);
        Secrets secrets = switch (protection) {
            case ProfileProtection.InsecureInClear() -> require(file.insecureInClear());
            case ProfileProtection.Passphrase(Password passphrase) -> unseal(file, passphrase);
        };
        if (!secrets.server().equals(file.server())) {
            throw broken();
        }
        Account.Session session = new Account.Session(
                secrets.session(),
                new Token(secrets.token()),
                Instant.ofEpochMilli(secrets.expiresAt()),
                Instant.ofEpochMilli(secrets.renewFrom() == null ? 0 : secrets.renewFrom()));
        if (secrets.masterKey() != null) {
            return new Whole(
                    session,
                    masterKey(file, secrets.masterKey()),
                    Stream.ofNullable(secrets.nextMasterKeys())
                            .flatMap(List::stream)
                            .map(key -> masterKey(file, key))
                            .toList(),
                    Boolean.TRUE.equals(secrets.byAccessKey()));
        }
        try (SecretBytes scopeRecord = SecretBytes.taking(secrets.scopeRecord().toArray())) {
            return new Scoped(session, ScopedKeys.insecureImport(file.account(), scopeRecord));
        } catch (RejectedException e) {
            throw broken();
        }
    }

    private static MasterKey masterKey(File file, Bytes key) {
        return MasterKey.insecureImport(file.account(), SecretBytes.taking(key.toArray()));
    }

    static SavedSession describe(byte[] saved) {
        File file = decode(saved);
        try {
            return new SavedSession(URI.create(file.server()), file.account(), file.sealed() != null);
        } catch (IllegalArgumentException e) {
            throw broken();
        }
    }

    private static Secrets unseal(File file, Password passphrase) {
        Bytes sealed = require(file.sealed());
        Argon2Parameters cost = new Argon2Parameters(
                require(file.memoryKiB()), require(file.passes()), Argon2Parameters.CURRENT.lanes());
        try (DeviceKey key = DeviceKey.derive(passphrase, require(file.salt()), cost)) {
            return Json.LENIENT.readValue(key.openProfile(file.account(), sealed), Secrets.class);
        } catch (RejectedException e) {
            throw new IllegalArgumentException("The passphrase of this device's profile is wrong.");
        } catch (JacksonException | Argon2Policy.RefusedException e) {
            throw broken();
        }
    }

    private static byte[] encode(Object value) {
        return Json.LENIENT.writeValueAsBytes(value);
    }

    private static File decode(byte[] saved) {
        try {
            File file = Json.LENIENT.readValue(saved, File.class);
            if (file != null && FORMAT.equals(file.format()) && file.server() != null && file.account() != null) {
                return file;
            }
        } catch (JacksonException e) {
            // The cause may repeat what the file holds.
        }
        throw broken();
    }

    private static <T> T require(T value) {
        if (value == null) {
            throw broken();
        }
        return value;
    }

    private static IllegalArgumentException broken() {
        return new IllegalArgumentException("The profile of this device cannot be read. Sign in again to replace it.");
    }
}
