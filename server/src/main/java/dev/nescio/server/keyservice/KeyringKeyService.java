package dev.nescio.server.keyservice;

import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.v1.AssociatedData;
import dev.nescio.sealing.v1.SealingKey;
import dev.nescio.server.config.UnusableSetting;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The key service of a server on its own: a keyring file beside, never inside, the database.
public final class KeyringKeyService implements KeyService {

    private static final String HMAC = "HmacSHA256";
    private static final int SALT = 16;

    private final SealingKey seal;
    private final RandomGenerator random;

    /// Null once closed. The JDK's HMAC cannot be wiped, so it is let go.
    private volatile Keyed keyed;

    private record Keyed(Mac pepper, Mac decoy) {}

    private KeyringKeyService(KeyringFile keyring, RandomGenerator random) {
        try (SecretBytes pepper = keyring.key(KeyringFile.PEPPER);
                SecretBytes decoy = keyring.key(KeyringFile.DECOY)) {
            this.keyed = new Keyed(mac(pepper), mac(decoy));
        }
        this.seal = SealingKey.of(keyring.key(KeyringFile.SEAL));
        this.random = random;
    }

    /// Opens the keyring, or draws a new one where there is none.
    ///
    /// @param needed whether accounts exist that depend on the keyring; a new one would lock them all out
    /// @param random a cryptographically strong source
    /// @throws UnusableSetting if it cannot be used as it is
    public static KeyringKeyService open(Path file, boolean needed, RandomGenerator random) {
        if (!Files.exists(file)) {
            if (needed) {
                throw new UnusableSetting(
                        "The keyring " + file + " is missing, and the database has accounts that depend"
                                + " on it. With a new one nobody could sign in again, so the server does not start. Restore the"
                                + " keyring from its copy, or say where it is with --keyring.");
            }
            KeyringFile.create(file, random);
        }
        return new KeyringKeyService(KeyringFile.read(file), random);
    }

    @Override
    public Bytes hmac(Purpose purpose, Bytes value) {
        Mac mac = copy(requireOpen().pepper);
        mac.update(purpose.text().getBytes(StandardCharsets.US_ASCII));
        mac.update((byte) 0);
        return Bytes.copyOf(mac.doFinal(value.toArray()));
    }

    @Override
    public Bytes decoySalt(Bytes hashedEmail) {
        return Bytes.copyOf(Arrays.copyOf(copy(requireOpen().decoy).doFinal(hashedEmail.toArray()), SALT));
    }

    @Override
    public Bytes seal(AssociatedData associatedData, Bytes content) {
        return Bytes.copyOf(seal.seal(associatedData, content.toArray(), random));
    }

    @Override
    public Bytes open(AssociatedData associatedData, Bytes envelope) throws RejectedException {
        return Bytes.copyOf(seal.open(associatedData, envelope.toArray()));
    }

    @Override
    public void close() {
        keyed = null;
        seal.close();
    }

    private Keyed requireOpen() {
        Keyed open = keyed;
        if (open == null) {
            throw new IllegalStateException("this key service was closed");
        }
        return open;
    }

    /// Keying a `Mac` costs more than using it; a clone starts keyed.
    private static Mac copy(Mac mac) {
        try {
            return (Mac) mac.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's HMAC can be cloned", e);
        }
    }

    private static Mac mac(SecretBytes key) {
        return key.lend(bytes -> {
            try {
                Mac mac = Mac.getInstance(HMAC);
                mac.init(new SecretKeySpec(bytes, HMAC));
                return mac;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every JDK has " + HMAC, e);
            }
        });
    }
}
