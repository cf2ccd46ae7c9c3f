package dev.nescio.keys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.nescio.protocol.AccountId;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.SecretBytes;
import java.nio.charset.StandardCharsets;

/// Hostile bytes for each parser here: only the documented failure escapes, and what is accepted reads
/// the same when it is written and read again. `CONTRIBUTING.md` says how to let the fuzzer look for new
/// inputs.
class ParsersFuzzTest {

    @FuzzTest(maxDuration = "30s")
    void manifest(byte[] content) {
        try {
            assertArrayEquals(
                    content, Manifest.decode(counter(content), content).encode());
        } catch (RejectedException e) {
            assertNotNull(e.reason());
        }
    }

    @FuzzTest(maxDuration = "30s")
    void containerList(byte[] content) {
        try {
            assertArrayEquals(
                    content, ContainerList.decode(counter(content), content).encode());
        } catch (RejectedException e) {
            assertNotNull(e.reason());
        }
    }

    @FuzzTest(maxDuration = "30s")
    void earlierKeys(byte[] content) {
        try {
            assertArrayEquals(content, ContainerKey.encodeEarlierKeys(ContainerKey.decodeEarlierKeys(content)));
        } catch (RejectedException e) {
            assertNotNull(e.reason());
        }
    }

    /// The counter that the record itself has, as a server would serve it.
    private static long counter(byte[] content) {
        return content.length < 9 ? 1 : java.nio.ByteBuffer.wrap(content).getLong(1);
    }

    @FuzzTest(maxDuration = "30s")
    void slotDirectory(byte[] content) throws RejectedException {
        SlotDirectory directory;
        try {
            directory = SlotDirectory.decode(2, content);
        } catch (RejectedException e) {
            assertNotNull(e.reason());
            return;
        }
        assertEquals(directory, SlotDirectory.decode(2, directory.encode()));
    }

    @FuzzTest(maxDuration = "30s")
    void deviceList(byte[] content) throws RejectedException {
        DeviceList list;
        try {
            list = DeviceList.decode(2, content);
        } catch (RejectedException e) {
            assertNotNull(e.reason());
            return;
        }
        assertEquals(list, DeviceList.decode(2, list.encode()));
    }

    @FuzzTest(maxDuration = "30s")
    void profile(byte[] content) throws RejectedException {
        Profile profile;
        try {
            profile = Profile.decode(content);
        } catch (RejectedException e) {
            assertNotNull(e.reason());
            return;
        }
        assertEquals(profile, Profile.decode(profile.encode()));
    }

    @FuzzTest(maxDuration = "30s")
    void address(byte[] typed) {
        Address address;
        try {
            address = Address.parse(new String(typed, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            assertNotNull(e.getMessage());
            return;
        }
        assertTrue(address.normalised().getBytes(StandardCharsets.UTF_8).length <= 254);
        assertEquals(address.hashed(), Address.parse(address.normalised()).hashed());
    }

    @FuzzTest(maxDuration = "30s")
    void password(byte[] typed) {
        Password password;
        try {
            password = Password.of(new String(typed, StandardCharsets.UTF_8).toCharArray());
        } catch (IllegalArgumentException e) {
            assertNotNull(e.getMessage());
            return;
        }
        byte[] utf8 = password.utf8().lend(byte[]::clone);
        assertTrue(utf8.length >= 1 && utf8.length <= 1024);
        assertEquals(
                password.utf8(),
                Password.of(new String(utf8, StandardCharsets.UTF_8).toCharArray())
                        .utf8());
    }

    @FuzzTest(maxDuration = "30s")
    void backupCode(byte[] typed) {
        try {
            String text =
                    BackupCode.parse(new String(typed, StandardCharsets.UTF_8)).text();
            assertEquals(text, BackupCode.parse(text).text());
        } catch (IllegalArgumentException e) {
            assertNotNull(e.getMessage());
        }
    }

    @FuzzTest(maxDuration = "30s")
    void recoveryKey(byte[] typed) {
        try {
            String text =
                    RecoveryKey.parse(new String(typed, StandardCharsets.UTF_8)).text();
            assertEquals(text, RecoveryKey.parse(text).text());
        } catch (IllegalArgumentException e) {
            assertNotNull(e.getMessage());
        }
    }

    @FuzzTest(maxDuration = "30s")
    void resetCode(byte[] typed) {
        try {
            String text =
                    ResetCode.parse(new String(typed, StandardCharsets.UTF_8)).text();
            assertEquals(text, ResetCode.parse(text).text());
        } catch (IllegalArgumentException e) {
            assertNotNull(e.getMessage());
        }
    }

    @FuzzTest(maxDuration = "30s")
    void accessKey(byte[] typed) {
        try {
            String text =
                    AccessKey.parse(new String(typed, StandardCharsets.UTF_8)).text();
            assertEquals(text, AccessKey.parse(text).text());
        } catch (IllegalArgumentException e) {
            assertNotNull(e.getMessage());
        }
    }

    @FuzzTest(maxDuration = "30s")
    void scopeRecord(byte[] content) throws RejectedException {
        AccountId account = AccountId.parse("00".repeat(16));
        SecretBytes exported;
        try {
            exported = ScopedKeys.decode(account, content).insecureExport();
        } catch (RejectedException e) {
            assertNotNull(e.reason());
            return;
        }
        assertEquals(exported, ScopedKeys.insecureImport(account, exported).insecureExport());
    }

    @FuzzTest(maxDuration = "30s")
    void pairingCode(byte[] typed) {
        try {
            PairingCode code = PairingCode.parse(new String(typed, StandardCharsets.UTF_8));
            assertEquals(code.text(), PairingCode.parse(code.text()).text());
            assertEquals(code.text(), PairingCode.parse(code.qr()).text());
        } catch (IllegalArgumentException e) {
            assertNotNull(e.getMessage());
        }
    }

    @FuzzTest(maxDuration = "30s")
    void pairingGrant(byte[] content) {
        try {
            PairingGrant grant = PairingGrant.decode(content, AccountId.parse("00".repeat(16)));
            assertArrayEquals(content, grant.encode());
        } catch (RejectedException e) {
            assertNotNull(e.reason());
        }
    }
}
