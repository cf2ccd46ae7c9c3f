package dev.nescio.server.keyservice;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.InvalidField;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.server.config.OwnerOnly;
import dev.nescio.server.config.UnusableSetting;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// The file that holds the three keys: a line for each, its name and its 32 bytes as base64url. Lines that
/// start with `#` are for people.
final class KeyringFile {

    static final String PEPPER = "pepper";
    static final String DECOY = "decoy";
    static final String SEAL = "seal";

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
        for (String name : NAMES) {
            byte[] key = new byte[KEY];
            random.nextBytes(key);
            text.append(name).append(' ').append(Bytes.copyOf(key).base64url()).append('\n');
        }
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

    static KeyringFile read(Path file) {
        refuseOthers(file);
        Map<String, SecretBytes> keys = new HashMap<>();
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
                if (line.isBlank() || line.startsWith("#") || line.equals("version 1")) {
                    continue;
                }
                String[] parts = line.split(" ", 2);
                if (parts.length != 2 || !NAMES.contains(parts[0]) || keys.containsKey(parts[0])) {
                    throw damaged(file);
                }
                keys.put(
                        parts[0],
                        SecretBytes.taking(Bytes.parse(parts[1].strip()).toArray()));
            }
        } catch (IOException e) {
            throw new UnusableSetting("The keyring " + file + " cannot be read (" + e.getMessage() + ").", e);
        } catch (InvalidField e) {
            throw damaged(file);
        }
        if (keys.size() != NAMES.size() || keys.values().stream().anyMatch(key -> key.length() != KEY)) {
            throw damaged(file);
        }
        return new KeyringFile(keys);
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
