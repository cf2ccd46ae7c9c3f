package dev.nescio.keys.vectors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Makes every file of `spec/vectors`. What each holds is described in its README.
final class GenerateVectors {

    private GenerateVectors() {}

    static void write(Path folder) throws IOException {
        for (Map.Entry<String, String> file : files().entrySet()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue());
        }
    }

    /// @return the content of each file, by its name
    static Map<String, String> files() {
        List<VectorFile> all = List.of(
                SealingVectors.derive(),
                SealingVectors.associatedData(),
                SealingVectors.padding(),
                SealingVectors.envelope(),
                SealingVectors.wrap(),
                StreamVectors.stream(),
                CredentialVectors.address(),
                CredentialVectors.passwordText(),
                CredentialVectors.password(),
                CredentialVectors.argon2Parameters(),
                CredentialVectors.backupCode(),
                CredentialVectors.recoveryKey(),
                ResetVectors.resetCode(),
                ChatVectors.chatContent(),
                PairingVectors.pairingCode(),
                PairingVectors.pairing(),
                CredentialVectors.passkey(),
                AccessVectors.accessKey(),
                AccessVectors.scopeRecord(),
                ContainerVectors.merkle(),
                ContainerVectors.manifest(),
                ContainerVectors.containerList(),
                ContainerVectors.earlierKeys(),
                AccountVectors.slotDirectory(),
                AccountVectors.profile(),
                DeviceVectors.deviceList(),
                LogVectors.logEntry(),
                KeyPairVectors.keyPair(),
                KeyPairVectors.note());
        Map<String, String> files = new TreeMap<>();
        all.forEach(file -> files.put(file.kind() + ".json", file.json()));
        return files;
    }
}
