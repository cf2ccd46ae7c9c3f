package dev.nescio.server.keyservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.nescio.server.config.OwnerOnly;
import dev.nescio.server.config.UnusableSetting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Hostile bytes as a keyring: it is refused in words, or has its three keys.
class ParsersFuzzTest {

    @FuzzTest(maxDuration = "30s")
    void keyring(byte[] content) throws IOException {
        Path folder = Path.of("target").toAbsolutePath();
        Path file = Files.createTempFile(folder, "keyring", null, OwnerOnly.file(folder));
        try {
            Files.write(file, content);
            KeyringFile keyring = KeyringFile.read(file);
            for (String name : List.of(KeyringFile.PEPPER, KeyringFile.DECOY, KeyringFile.SEAL)) {
                assertEquals(32, keyring.key(name).length());
            }
        } catch (UnusableSetting e) {
            assertTrue(e.getMessage().contains("keyring"), e.getMessage());
        } finally {
            Files.delete(file);
        }
    }
}
