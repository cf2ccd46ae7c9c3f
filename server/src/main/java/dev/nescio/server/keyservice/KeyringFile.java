package dev.nescio.server.keyservice;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.InvalidField;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.server.config.OwnerOnly;
import dev.nescio.server.config.UnusableSetting;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// The file that holds the three keys: a line for each, its name and its 32 bytes as base64url, and a `check`
/// line. Lines that start with `#` are for people.
///
/// The check is SHA-256 over "nescio keyring", a zero octet and the three keys. Without it a damaged pepper
/// or decoy key would be taken for another one. It is against accidents only: whoever changes the file can
/// change it too. It tells nothing about the keys, which are 96 random octets.
final class KeyringFile {

    static final String PEPPER = "pepper";
    static final String DECOY = "decoy";
    static final String SEAL = "seal";

    private static final String CHECK = "check";
    private static final byte[] CHECKED = "nescio keyring\0".getBytes(StandardCharsets.US_ASCII);
    private static final int KEY = 32;
    private static final List<String> NAMES = List.of(PEPPER, DECOY, SEAL);

    private final Map<String, SecretBytes> keys;

    private KeyringFile(Map<String, SecretBytes> keys) {
        this.keys = keys;
    }

    SecretBytes key(String name) {
        return keys.get(name);
    }

    /// Writes a new keyring, whole or not at all, readable by its owner only from the first moment on.
    ///
    /// @param random a cryptographically strong source
    static void create(Path file, RandomGenerator random) {
        StringBuilder text = new StringBuilder("""
                # The keyring of a Nescio server. Without it nobody who has an account here can sign in again:
                # keep a copy of it, and never beside a copy of the database.
                version 1
                """);
        Map<String, SecretBytes> keys = new HashMap<>();
        for (String name : NAMES) {
            byte[] key = new byte[KEY];
            random.nextBytes(key);
            appendLine(text, name, Bytes.copyOf(key));
            keys.put(name, SecretBytes.taking(key));
        }
        appendLine(text, CHECK, check(keys));
        keys.values().forEach(SecretBytes::close);
        try {
            Path folder = file.toAbsolutePath().getParent();
            Files.createDirectories(folder);
            Path draft = Files.createTempFile(folder, file.getFileName().toString(), ".new", OwnerOnly.file(folder));
            try {
                writeDurably(draft, text.toString());
                // A link, unlike a move, never replaces a keyring that appeared in the meantime.
                Files.createLink(file, draft);
            } finally {
                Files.delete(draft);
            }
            makeDurable(folder);
        } catch (FileAlreadyExistsException e) {
            throw new UnusableSetting(
                    "Another server has just created the keyring " + file + ". Start this one again.", e);
        } catch (IOException e) {
            throw new UnusableSetting(
                    "The keyring " + file + " cannot be created (" + e.getMessage()
                            + "). Check that its folder is writable, or choose another file with --keyring.",
                    e);
        }
    }

    private static void appendLine(StringBuilder text, String name, Bytes value) {
        text.append(name).append(' ').append(value.base64url()).append('\n');
    }

    static KeyringFile read(Path file) {
        refuseOthers(file);
        Map<String, SecretBytes> keys = new HashMap<>();
        Bytes check = null;
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
                if (line.isBlank() || line.startsWith("#") || line.equals("version 1")) {
                    continue;
                }
                String[] parts = line.split(" ", 2);
                if (parts.length != 2) {
                    throw damaged(file);
                }
                Bytes value = Bytes.parse(parts[1].strip());
                if (parts[0].equals(CHECK) && check == null) {
                    check = value;
                } else if (NAMES.contains(parts[0]) && !keys.containsKey(parts[0])) {
                    keys.put(parts[0], SecretBytes.taking(value.toArray()));
                } else {
                    throw damaged(file);
                }
            }
        } catch (CharacterCodingException e) {
            throw damaged(file);
        } catch (IOException e) {
            throw new UnusableSetting("The keyring " + file + " cannot be read (" + e.getMessage() + ").", e);
        } catch (InvalidField e) {
            throw damaged(file);
        }
        if (keys.size() != NAMES.size() || keys.values().stream().anyMatch(key -> key.length() != KEY)) {
            throw damaged(file);
        }
        if (!check(keys).equals(check)) {
            throw damaged(file);
        }
        return new KeyringFile(keys);
    }

    private static Bytes check(Map<String, SecretBytes> keys) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(CHECKED);
            for (String name : NAMES) {
                keys.get(name).lend(key -> {
                    digest.update(key);
                    return null;
                });
            }
            return Bytes.copyOf(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static void refuseOthers(Path file) {
        try {
            if (OwnerOnly.isOpenToOthers(file)) {
                throw new UnusableSetting("Other users of this machine can get at the keyring " + file
                        + ". Allow only its owner:  chmod 600 " + file);
            }
        } catch (IOException e) {
            throw new UnusableSetting("The keyring " + file + " cannot be read (" + e.getMessage() + ").", e);
        }
    }

    private static UnusableSetting damaged(Path file) {
        return new UnusableSetting(
                "The file " + file + " is not a keyring, or it is damaged. Restore it from its copy.");
    }

    private static void writeDurably(Path file, String text) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private static void makeDurable(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
