package dev.nescio.server.keyservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.Bytes;
import dev.nescio.server.config.UnusableSetting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyringFileTest {

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void create() {
        file = folder.resolve("keyring");
        KeyringFile.create(file, new SecureRandom());
    }

    /// Nearly every damaged key is a valid key too, with which nobody could sign in.
    @Test
    void everyFlippedBitOfTheKeysAndTheirCheckIsNoticed() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        int first = new String(whole, StandardCharsets.US_ASCII).indexOf(KeyringFile.PEPPER);
        for (int at = first; at < whole.length - 1; at++) { // all but the end of the last line
            for (int bit = 0; bit < 8; bit++) {
                byte[] damaged = whole.clone();
                damaged[at] ^= (byte) (1 << bit);
                Files.write(file, damaged);
                assertDamaged("octet " + at + ", bit " + bit);
            }
        }
        Files.write(file, whole);
        KeyringFile.read(file);
    }

    @Test
    void keysThatChangedPlacesAreNoticed() throws IOException {
        String whole = Files.readString(file);
        Files.writeString(
                file,
                whole.replace(KeyringFile.PEPPER + ' ', "other ")
                        .replace(KeyringFile.DECOY + ' ', KeyringFile.PEPPER + ' ')
                        .replace("other ", KeyringFile.DECOY + ' '));
        assertDamaged("pepper for decoy");
    }

    @Test
    void aKeyringWithoutItsCheckIsRefused() throws IOException {
        String whole = Files.readString(file);
        Files.writeString(file, whole.substring(0, whole.indexOf("check ")));
        assertDamaged("no check");
    }

    @Test
    void twoChecksAreRefused() throws IOException {
        String whole = Files.readString(file);
        Files.writeString(file, whole + whole.substring(whole.indexOf("check ")));
        assertDamaged("two checks");
    }

    /// A check that was computed elsewhere: SHA-256 over the words, a zero octet and the three keys.
    @Test
    void readsTheSeedOfTheFuzzTest() throws IOException {
        try (var seed = KeyringFileTest.class.getResourceAsStream("ParsersFuzzTestInputs/keyring/whole")) {
            Files.write(file, seed.readAllBytes());
        }
        KeyringFile keyring = KeyringFile.read(file);
        assertEquals(
                "02".repeat(32),
                keyring.key(KeyringFile.SEAL).lend(key -> Bytes.copyOf(key).hex()));
    }

    private void assertDamaged(String what) {
        String message = assertThrows(UnusableSetting.class, () -> KeyringFile.read(file), what)
                .getMessage();
        assertTrue(message.contains("is not a keyring, or it is damaged"), message);
    }
}
